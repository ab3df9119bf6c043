"""Budgets of slices of time: good slices, and means of slices' ratios."""

from typing import Any

from tests.golden.case import ONE_TIER, case, failed, figures, jump, put, run, tasks, tiers, track

MINUTES: dict[str, Any] = {"budgeting": "Timeslices", "slices": {"length": "1m", "target": "90"}, "minEvents": 10}
FIVE_MINUTES: dict[str, Any] = {"budgeting": "Timeslices", "slices": {"length": "5m", "target": "80"}, "minEvents": 10}
MEANS: dict[str, Any] = {"budgeting": "RatioTimeslices", "slices": {"length": "1m"}, "minEvents": 10}
DAY: dict[str, Any] = {"rolling": "1d", "target": "95", "alerting": ONE_TIER}

NIGHT_AND_DAY = (
    track("@tasks_total", {}, put("-2d"), run("-12h", 1), run("0", 100)),
    failed(run("-20h", 0), run("-19h24m", 1), since="-2d"),
)
"""One task a minute for twelve hours, 36 of them failed, and then a hundred a minute."""

SLICES = (
    case(
        "14 d at 95 % is 1,008 bad minutes",
        "14 x 1,440 = 20,160 slices; 5 % is 1,008; in 16 h 48 min = 1,008 slices 5 of 10 tasks failed, where 1 may:"
        " remaining 0: Exhausted",
        tasks(since="-15d"),
        failed(run("-10d", 0), run("-9d7h12m", 5), since="-15d"),
        expected=figures(1008, 20_160, 0, "Exhausted"),
        rolling="14d",
        target="95",
        alerting=ONE_TIER,
        **MINUTES,
    ),
    case(
        "1,007 bad minutes of 1,008 leave one",
        "20,160 slices; 5 % is 1,008; 1,007 are bad; remaining 1 - 1,007/1,008 = 1/1,008",
        tasks(since="-15d"),
        failed(run("-10d", 0), run("-9d7h13m", 5), since="-15d"),
        expected=figures(1007, 20_160, "1/1008"),
        rolling="14d",
        target="95",
        alerting=ONE_TIER,
        **MINUTES,
    ),
    case(
        "7 d at 99.95 % is 5 m 2.4 s: five bad minutes leave 2.4 s",
        "7 x 1,440 = 10,080 slices; 0.05 % is 5.04 = 5 min 2.4 s; 5 are bad; remaining 1 - 5/5.04 = 1/126",
        tasks(),
        failed(run("-4d", 0), run("-3d23h55m", 5)),
        expected=figures(5, 10_080, "1/126"),
        target="99.95",
        **MINUTES,
    ),
    case(
        "7 d at 99.95 % is 5 m 2.4 s: six bad minutes are too many",
        "10,080 slices; 0.05 % is 5.04; 6 are bad; remaining 1 - 6/5.04 = -4/21: Exhausted",
        tasks(),
        failed(run("-4d", 0), run("-3d23h54m", 5)),
        expected=figures(6, 10_080, "-4/21", "Exhausted"),
        target="99.95",
        **MINUTES,
    ),
    case(
        "A slice exactly at its target is good",
        "1,440 slices; 5 % is 72; for 2 h 1 of 10 failed, exactly the 90 % wanted: good; for 36 min 2 of 10: bad;"
        " remaining 1 - 36/72 = 1/2",
        tasks(since="-2d"),
        failed(run("-12h", 0), run("-10h", 1), run("-9h24m", 2), since="-2d"),
        expected=figures(36, 1_440, "0.5"),
        **MINUTES,
        **DAY,
    ),
    case(
        "A slice without events counts neither way",
        "traffic in the last 12 h alone: 720 slices; 5 % is 36; 9 are bad; remaining 1 - 9/36 = 0.75",
        track("@tasks_total", {}, put("-2d"), run("-12h", 0), run("0", 10)),
        failed(run("-8h", 0), run("-7h51m", 5), since="-2d"),
        expected=figures(9, 720, "0.75"),
        **MINUTES,
        **DAY,
    ),
    case(
        "A slice of five minutes is judged as a whole",
        "288 slices of 50 tasks; 12.5 % is 36; in 36 of them one minute failed wholly: 10 of 50, exactly the 80 % wanted:"
        " good; in 9 of them 15 of 50: bad; remaining 1 - 9/36 = 0.75",
        tasks(since="-2d"),
        failed(
            run("-18h", 0),
            *[step for n in range(36) for step in (run(f"-{1079 - 5 * n}m", 10), run(f"-{1075 - 5 * n}m", 0))],
            *[step for n in range(9) for step in (run(f"-{899 - 5 * n}m", 15), run(f"-{895 - 5 * n}m", 0))],
            since="-2d",
        ),
        expected=figures(9, 288, "0.75"),
        **{**DAY, "target": "87.5", "alerting": tiers(("1h", "5m", "5", "Breach"))},
        **FIVE_MINUTES,
    ),
    case(
        "A bad minute counts once, however much failed in it",
        "1,440 slices; 5 % is 72; a minute with 100,000 tasks that all failed, and 8 with 5 of 10: 9 bad slices;"
        " remaining 1 - 9/72 = 0.875",
        track("@tasks_total", {}, put("-2d"), run("-10h", 10), jump("-9h59m", 100_000), run("0", 10)),
        failed(run("-10h", 0), jump("-9h59m", 100_000), run("-8h", 0), run("-7h52m", 5), since="-2d"),
        expected=figures(9, 1_440, "0.875"),
        **MINUTES,
        **DAY,
    ),
    case(
        "Bad slices burn as bad events do",
        "1,440 slices; 5 % is 72; the last 36 min are bad; remaining 1/2; hour: (36/60)/0.05 = 12 > 10; 5 min:"
        " (5/5)/0.05 = 20 > 10: Breach",
        tasks(since="-2d"),
        track("@failed_total", {}, put("-2d"), run("-36m", 0), run("0", 5)),
        expected=figures(36, 1_440, "0.5", "Breach", burns={"1h": 12, "5m": 20}, fires={"1h": True}),
        **MINUTES,
        **DAY,
    ),
    case(
        "Too few slices are not enough, though they hold many events",
        "9 min with traffic are 9 slices where 10 are needed, though 90,000 tasks were counted",
        track("@tasks_total", {}, put("-2d"), run("-9m", 0), run("0", 10_000)),
        failed(since="-2d"),
        expected=figures(0, 0, 1, unknown="TooFewEvents"),
        **MINUTES,
        **DAY,
    ),
)

METHODS = (
    case(
        "The same night and day by events",
        "720 x 1 + 720 x 100 = 72,720 tasks; 5 % is 3,636; 36 failed at night; remaining 1 - 36/3,636 = 100/101",
        *NIGHT_AND_DAY,
        expected=figures(36, 72_720, "100/101"),
        **DAY,
    ),
    case(
        "The same night and day by slices",
        "1,440 slices; 5 % is 72; 36 are bad; remaining 1 - 36/72 = 1/2",
        *NIGHT_AND_DAY,
        expected=figures(36, 1_440, "0.5"),
        **MINUTES,
        **DAY,
    ),
    case(
        "The same night and day by the mean of the slices' ratios",
        "36 slices with a ratio of 1 and 1,404 with 0: their mean is 36/1,440 = 2.5 % of the 5 % allowed; remaining 1/2",
        *NIGHT_AND_DAY,
        expected=figures(36, 1_440, "0.5"),
        **MEANS,
        **DAY,
    ),
    case(
        "Ratios of a third add up",
        "1,440 slices of 3 tasks, 1 of them failed in 108: 108 x 1/3 = 36; 36/1,440 = 2.5 % of 5 %; remaining 1/2",
        tasks(3, since="-2d"),
        failed(run("-12h", 0), run("-10h12m", 1), since="-2d"),
        expected=figures(36, 1_440, "0.5"),
        **MEANS,
        **DAY,
    ),
    case(
        "Ratios of sevenths and of elevenths add up",
        "1,440 slices: first 7 a minute with 1 failed in 49 (49/7 = 7), then 11 a minute with 1 failed in 121 (121/11 ="
        " 11): 18 of 72; remaining 0.75",
        track("@tasks_total", {}, put("-2d"), run("-12h", 7), run("0", 11)),
        failed(run("-20h", 0), run("-19h11m", 1), run("-10h", 0), run("-7h59m", 1), since="-2d"),
        expected=figures(18, 1_440, "0.75"),
        **MEANS,
        **DAY,
    ),
    case(
        "The mean of five minutes' ratios",
        "288 slices of 50; one minute of 10 failed in 36 of them: 36 x 10/50 = 7.2; 7.2/288 = 2.5 % of 5 %; remaining 1/2",
        tasks(since="-2d"),
        failed(
            run("-18h", 0),
            *[step for n in range(36) for step in (run(f"-{1079 - 5 * n}m", 10), run(f"-{1075 - 5 * n}m", 0))],
            since="-2d",
        ),
        expected=figures("7.2", 288, "0.5"),
        **DAY,
        **{**MEANS, "slices": {"length": "5m"}},
    ),
    case(
        "Means leave out the slices without events",
        "traffic in the last 12 h alone: 720 slices; 9 of them with a ratio of 1/2: 4.5; 4.5/720 = 0.625 % of 5 %;"
        " remaining 0.875",
        track("@tasks_total", {}, put("-2d"), run("-12h", 0), run("0", 10)),
        failed(run("-8h", 0), run("-7h51m", 5), since="-2d"),
        expected=figures("4.5", 720, "0.875"),
        **MEANS,
        **DAY,
    ),
)

CASES = SLICES + METHODS
