"""Alert tiers: where exactly they begin to fire, and which of them speaks."""

from typing import Any

from tests.golden.case import ONE_TIER, case, failed, figures, put, run, tasks, tiers, track

DAY: dict[str, Any] = {"rolling": "1d", "alerting": ONE_TIER}
TWO_TIERS: dict[str, Any] = {
    "rolling": "1d",
    "alerting": tiers(("1h", "5m", "10", "Breach"), ("6h", "30m", "1", "Warning")),
}

CASES = (
    case(
        "A tier exactly at its factor does not fire",
        "the last hour: 60 of 600 failed, (60/600)/0.01 = 10, and 5 min: (5/50)/0.01 = 10; the factor is 10: not above it;"
        " 14,400 tasks, remaining 1 - 60/144 = 7/12",
        tasks(since="-2d"),
        track("@failed_total", {}, put("-2d"), run("-1h", 0), run("0", 1)),
        expected=figures(60, 14_400, "7/12", burns={"1h": 10, "5m": 10}, fires={"1h": False}),
        steady=True,
        **DAY,
    ),
    case(
        "One event more fires",
        "the last hour: 61 of 600, (61/600)/0.01 = 61/6 > 10; 5 min: 6 of 50: 12 > 10: Breach; remaining 1 - 61/144",
        tasks(since="-2d"),
        track("@failed_total", {}, put("-2d"), run("-1h", 0), run("-1m", 1), run("0", 2)),
        expected=figures(61, 14_400, "83/144", "Breach", burns={"1h": "61/6", "5m": 12}, fires={"1h": True}),
        **DAY,
    ),
    case(
        "A long window alone does not fire: it is over",
        "100 failed from 50 to 30 min ago: hour: (100/600)/0.01 = 50/3 > 10; 5 min: none; remaining 1 - 100/144 = 11/36",
        tasks(since="-2d"),
        failed(run("-50m", 0), run("-30m", 5), since="-2d"),
        expected=figures(100, 14_400, "11/36", burns={"1h": "50/3", "5m": 0}, fires={"1h": False}),
        **DAY,
    ),
    case(
        "A short window alone does not fire: it has not mattered yet",
        "50 failed in the last 5 min: 5 min: (50/50)/0.01 = 100; hour: (50/600)/0.01 = 25/3 < 10; remaining 1 - 50/144",
        tasks(since="-2d"),
        track("@failed_total", {}, put("-2d"), run("-5m", 0), run("0", 10)),
        expected=figures(50, 14_400, "47/72", burns={"1h": "25/3", "5m": 100}, fires={"1h": False}),
        **DAY,
    ),
    case(
        "The slow tier warns where the fast one is silent",
        "the last 6 h: 1 in 50 failed: (72/3,600)/0.01 = 2 > 1, 30 min: (6/300)/0.01 = 2; hour: 2 < 10: Warning;"
        " remaining 1 - 72/144 = 1/2",
        tasks(50, since="-2d", every=300),
        track("@failed_total", {}, put("-2d"), run("-6h", 0, 300), run("0", 1, 300)),
        expected=figures(
            72, 14_400, "0.5", "Warning", burns={"6h": 2, "30m": 2, "1h": 2, "5m": 2}, fires={"1h": False, "6h": True}
        ),
        **TWO_TIERS,
    ),
    case(
        "Where both tiers fire the worse one speaks",
        "the last hour: 2 of 10 failed, 120: (120/600)/0.01 = 20 > 10; 6 h: (120/3,600)/0.01 = 10/3 > 1: Breach, not"
        " Warning; remaining 1 - 120/144 = 1/6",
        tasks(since="-2d"),
        track("@failed_total", {}, put("-2d"), run("-1h", 0), run("0", 2)),
        expected=figures(120, 14_400, "1/6", "Breach", burns={"1h": 20, "6h": "10/3"}, fires={"1h": True, "6h": True}),
        **TWO_TIERS,
    ),
    case(
        "An exhausted budget is worse than any tier",
        "the last hour: 3 of 10 failed, 180 of a budget of 144: remaining -1/4; hour: 30 > 10, and Exhausted is worse",
        tasks(since="-2d"),
        track("@failed_total", {}, put("-2d"), run("-1h", 0), run("0", 3)),
        expected=figures(180, 14_400, "-0.25", "Exhausted", burns={"1h": 30}, fires={"1h": True}),
        **DAY,
    ),
    case(
        "The workbook's fast tier over 28 days: 13.44 is not above 13.44",
        "2 % of 28 d in 1 h is 0.02 x 672 = 13.44; hour: 12 x 420 of 12 x 3,125 failed: 0.1344/0.01 = 13.44; day:"
        " 13.44/24 = 0.56; all 28 x 288 x 3,125 = 25,200,000; 1 % is 252,000; remaining 1 - 5,040/252,000 = 0.98",
        tasks(3125, since="-29d", every=300),
        track("@failed_total", {}, put("-29d"), run("-1h", 0, 300), run("0", 420, 300)),
        expected=figures(
            5040, 25_200_000, "0.98", burns={"1h": "13.44", "6h": "2.24", "1d": "0.56"}, fires={"1h": False}
        ),
        rolling="28d",
        steady=True,
    ),
    case(
        "The workbook's fast tier over 28 days: one failure in 37,500 more fires",
        "hour: 5,041 of 37,500: 13.44267 > 13.44; 5 min: 421 of 3,125: 13.472 > 13.44: Breach",
        tasks(3125, since="-29d", every=300),
        track("@failed_total", {}, put("-29d"), run("-1h", 0, 300), run("-5m", 420, 300), run("0", 421, 300)),
        expected=figures(
            5041, 25_200_000, "246959/252000", "Breach", burns={"1h": "5041/375"}, fires={"1h": True, "6h": False}
        ),
        rolling="28d",
    ),
    case(
        "The workbook's fast tier over 30 days is at 14.4",
        "hour: 12 x 144 of 12 x 10,000: 0.0144/0.001 = 14.4, not above 14.4; all 30 x 288 x 10,000 = 86,400,000; 0.1 % is"
        " 86,400; remaining 1 - 1,728/86,400 = 0.98",
        tasks(10_000, since="-31d", every=300),
        track("@failed_total", {}, put("-31d"), run("-1h", 0, 300), run("0", 144, 300)),
        expected=figures(1728, 86_400_000, "0.98", burns={"1h": "14.4", "6h": "2.4"}, fires={"1h": False}),
        rolling="30d",
        target="99.9",
        steady=True,
    ),
    case(
        "Seven days have shares of their own: 12.5 % in 6 h is 3.5, and 3.5 is not above it",
        "0.125 x 168/6 = 3.5; 6 h: 72 x 7 of 72 x 200: 0.035/0.01 = 3.5; hour: 3.5 < 13.44; day: 0.875 < 1.4; all"
        " 7 x 288 x 200 = 403,200; remaining 1 - 504/4,032 = 0.875",
        tasks(200, every=300),
        track("@failed_total", {}, put("-8d"), run("-6h", 0, 300), run("0", 7, 300)),
        expected=figures(504, 403_200, "0.875", burns={"6h": "3.5", "30m": "3.5", "1d": "0.875"}, fires={"6h": False}),
        steady=True,
    ),
    case(
        "Seven days have shares of their own: one failure more in 6 h fires Breach",
        "6 h: 505 of 14,400: 3.5069 > 3.5; 30 min: 43 of 1,200: 3.583 > 3.5: Breach; remaining 1 - 505/4,032",
        tasks(200, every=300),
        track("@failed_total", {}, put("-8d"), run("-6h", 0, 300), run("-5m", 7, 300), run("0", 8, 300)),
        expected=figures(505, 403_200, "3527/4032", "Breach", burns={"6h": "505/144"}, fires={"1h": False, "6h": True}),
    ),
    case(
        "No tier of the workbook fires on what a budget survives",
        "0.1 x 672/72 = 0.9333 would be the slowest tier's factor over 28 d; it is held at 1: 3 d at 19 of 2,000, 0.95,"
        " stays silent; failed 864 samples x 19 = 16,416; all 28 x 288 x 2,000 = 16,128,000;"
        " remaining 1 - 16,416/161,280 = 503/560",
        tasks(2000, since="-29d", every=300),
        track("@failed_total", {}, put("-29d"), run("-3d", 0, 300), run("0", 19, 300)),
        expected=figures(16_416, 16_128_000, "503/560", burns={"3d": "0.95", "6h": "0.95"}, fires={"3d": False}),
        rolling="28d",
        steady=True,
    ),
    case(
        "Windows shrink with a period under seven days, and the shares stay",
        "1 d: 1 h x 1/7 is 9 min, 5 min x 1/7 is 1 min; 0.08 x 1,440/9 = 12.8; 9 min: 9 x 16 of 9 x 125 failed:"
        " 0.128/0.01 = 12.8, not above; all 1,440 x 125 = 180,000; remaining 1 - 144/1,800 = 0.92",
        tasks(125, since="-2d"),
        track("@failed_total", {}, put("-2d"), run("-9m", 0), run("0", 16)),
        expected=figures(144, 180_000, "0.92", burns={"9m": "12.8", "1m": "12.8"}, fires={"9m": False}),
        rolling="1d",
        steady=True,
    ),
)
