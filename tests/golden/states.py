"""What is known and what is not: little history, little traffic, no data."""

from typing import Any

from tests.golden.case import ONE_TIER, case, failed, figures, jump, nan, put, run, tasks, track, unknown

DAY: dict[str, Any] = {"rolling": "1d", "alerting": ONE_TIER}

CASES = (
    case(
        "A contract younger than its period is judged by the history that there is",
        "3 d of 28: 3 x 1,440 x 10 = 43,200; 0.5 % is 216; failed 54 x 1; remaining 1 - 54/216 = 0.75",
        tasks(since="-3d"),
        failed(run("-2d", 0), run("-1d23h6m", 1), since="-3d"),
        expected=figures(54, 43_200, "0.75", young=True),
        rolling="28d",
        target="99.5",
        steady=True,
    ),
    case(
        "A series 90 minutes old fires no tier of six hours",
        "90 min x 10 = 900; 30 % is 270; failed 90 x 2 = 180; remaining 1/3; every window burns (2/10)/0.3 = 2/3, above"
        " 0.5, but 6 h of history there are not, and 1 h fires Warning alone",
        tasks(since="-90m"),
        track("@failed_total", {}, put("-90m"), run("0", 2)),
        expected=figures(180, 900, "1/3", "Warning", young=True, burns={"1h": "2/3"}, fires={"1h": True, "6h": None}),
        target="70",
        alerting={
            "windows": [
                {"long": "1h", "short": "5m", "factor": "0.5", "level": "Warning"},
                {"long": "6h", "short": "30m", "factor": "0.5", "level": "Breach"},
            ]
        },
    ),
    case(
        "Exactly as much history as the tier is long is enough",
        "6 h x 60 x 10 = 3,600; 30 % is 1,080; failed 360 x 2 = 720; remaining 1/3; 6 h and 30 min burn 2/3 > 0.5: Breach",
        tasks(since="-6h"),
        track("@failed_total", {}, put("-6h"), run("0", 2)),
        expected=figures(
            720, 3_600, "1/3", "Breach", young=True, burns={"6h": "2/3", "30m": "2/3"}, fires={"6h": True}
        ),
        target="70",
        alerting={"windows": [{"long": "6h", "short": "30m", "factor": "0.5", "level": "Breach"}]},
    ),
    case(
        "No traffic is not known",
        "the counter is scraped and stays at 5,000: 0 tasks in the period, and 1 is needed",
        track("@tasks_total", {}, put("-2d", 5000), run("0", 0)),
        failed(since="-2d"),
        expected=unknown("TooFewEvents"),
        minEvents=1,
        **DAY,
    ),
    case(
        "Too few events are not known",
        "99 tasks in the period, and 100 are needed",
        track("@tasks_total", {}, put("-2d"), run("-99m", 0), run("0", 1)),
        failed(since="-2d"),
        expected=unknown("TooFewEvents"),
        **DAY,
    ),
    case(
        "Exactly as many events as are needed are enough",
        "100 tasks, 100 needed; 1 % is 1; none failed",
        track("@tasks_total", {}, put("-2d"), run("-100m", 0), run("0", 1)),
        failed(since="-2d"),
        expected=figures(0, 100, 1),
        **DAY,
    ),
    case(
        "An indicator without any series is not known",
        "no series of all tasks was ever recorded",
        failed(since="-2d"),
        expected=unknown("NoData"),
        **DAY,
    ),
    case(
        "Traffic whose samples ended twenty minutes ago is not known",
        "20 min without a sample are more than the look-back of 5 min, whatever was there before",
        track("@tasks_total", {}, put("-2d"), run("-20m", 10)),
        failed(since="-2d"),
        expected=unknown("Stale"),
        **DAY,
    ),
    case(
        "Traffic that was scraped four minutes ago is known",
        "1,436 min x 10 = 14,360; 1 % is 143.6; failed 36; remaining 1 - 36/143.6 = 269/359",
        track("@tasks_total", {}, put("-2d"), run("-4m", 10)),
        failed(run("-12h", 0), run("-11h24m", 1), since="-2d"),
        expected=figures(36, 14_360, "269/359"),
        **DAY,
    ),
    case(
        "A quiet hour leaves the budget known and its alerts unknown",
        "22 h x 60 x 10 = 13,200, then 2 h scraped without a task; 1 % is 132; failed 33; remaining 0.75; the hour holds"
        " no event, so its tier is not known and fires nothing",
        track("@tasks_total", {}, put("-2d"), run("-2h", 10), run("0", 0)),
        failed(run("-12h", 0), run("-11h27m", 1), since="-2d"),
        expected=figures(33, 13_200, "0.75", fires={"1h": None}),
        **DAY,
    ),
    case(
        "A NaN in the counter of all is no sample either",
        "14,400, one sample NaN, over which the count goes on: +20 in the minute after it; failed 72; remaining 1/2",
        track("@tasks_total", {}, put("-2d"), run("-10h1m", 10), nan("-10h"), jump("-9h59m", 20), run("0", 10)),
        failed(run("-12h", 0), run("-10h48m", 1), since="-2d"),
        expected=figures(72, 14_400, "0.5"),
        **DAY,
    ),
)
