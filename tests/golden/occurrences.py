"""Rolling periods, counted by events: lengths, edges, and where the last event goes."""

from datetime import timedelta
from typing import Any

from tests.golden.case import ONE_TIER, case, failed, figures, jump, put, run, tasks, tiers, track

HOURLY: dict[str, Any] = {"lookback": "3h"}
"""For what is scraped once an hour: a look-back to which that is no gap."""

LENGTHS = (
    case(
        "A budget of 28 days is spent exactly",
        "28 d x 1,440 min x 10 tasks = 403,200; 0.5 % of them is 2,016; failed: 33 h 36 min x 60 x 1 = 2,016;"
        " remaining 1 - 2,016/2,016 = 0, and nothing left is Exhausted",
        tasks(since="-29d"),
        failed(run("-20d", 0), run("-18d14h24m", 1), since="-29d"),
        expected=figures(2016, 403_200, 0, "Exhausted", burns={"1h": 0, "3d": 0}),
        rolling="28d",
        target="99.5",
        steady=True,
    ),
    case(
        "One failure fewer than the budget leaves one part of 2,016",
        "28 d x 288 x 50 = 403,200; 0.5 % is 2,016; failed 403 x 5 = 2,015; remaining 1 - 2,015/2,016 = 1/2,016",
        tasks(50, since="-29d", every=300),
        failed(run("-20d", 0, 300), run("-18d14h25m", 5, 300), since="-29d", every=300),
        expected=figures(2015, 403_200, "1/2016"),
        rolling="28d",
        target="99.5",
        steady=True,
    ),
    case(
        "One failure more than the budget is overspent",
        "28 d x 288 x 50 = 403,200; 0.5 % is 2,016; failed 403 x 5 + 2 = 2,017; remaining 1 - 2,017/2,016 = -1/2,016",
        tasks(50, since="-29d", every=300),
        failed(run("-20d", 0, 300), run("-18d14h25m", 5, 300), run("-18d14h20m", 2, 300), since="-29d", every=300),
        expected=figures(2017, 403_200, "-1/2016", "Exhausted"),
        rolling="28d",
        target="99.5",
        steady=True,
    ),
    case(
        "One hour as a rolling period",
        "60 min x 10 = 600; 10 % is 60; failed 15 min x 2 = 30; remaining 1 - 30/60 = 1/2;"
        " the last half hour holds no failure",
        tasks(since="-2h"),
        failed(run("-50m", 0), run("-35m", 2), since="-2h"),
        expected=figures(30, 600, "0.5", burns={"1h": "0.5", "30m": 0}),
        rolling="1h",
        target="90",
        alerting=tiers(("1h", "30m", "2", "Breach")),
        steady=True,
    ),
    case(
        "Seven days at 99.9 %",
        "7 d x 1,440 x 10 = 100,800 tasks; 0.1 % is 100.8; failed 63 min x 1 = 63; remaining 1 - 63/100.8 = 0.375",
        tasks(),
        failed(run("-4d", 0), run("-3d22h57m", 1)),
        expected=figures(63, 100_800, "0.375", burns={"3d": 0}),
        target="99.9",
        steady=True,
    ),
    case(
        "Fourteen days at 99 %",
        "14 d x 288 x 25 = 100,800; 1 % is 1,008; failed 21 h x 12 x 1 = 252; remaining 1 - 252/1,008 = 0.75",
        tasks(25, since="-15d", every=300),
        failed(run("-10d", 0, 300), run("-9d3h", 1, 300), since="-15d", every=300),
        expected=figures(252, 100_800, "0.75"),
        rolling="14d",
        steady=True,
    ),
    case(
        "Thirty days at 99.9 %, scraped once an hour",
        "30 d x 24 x 600 = 432,000; 0.1 % is 432; failed 54 h x 6 = 324; remaining 1 - 324/432 = 0.25",
        tasks(600, since="-31d", every=3600),
        failed(run("-12d", 0, 3600), run("-9d18h", 6, 3600), since="-31d", every=3600),
        expected=figures(324, 432_000, "0.25", burns={"1h": 0, "3d": 0}),
        rolling="30d",
        target="99.9",
        steady=True,
        **HOURLY,
    ),
    case(
        "Ninety days at 99.5 %, scraped once an hour",
        "90 d x 24 x 100 = 216,000; 0.5 % is 1,080; failed 180 h x 3 = 540; remaining 1 - 540/1,080 = 1/2",
        tasks(100, since="-91d", every=3600),
        failed(run("-40d", 0, 3600), run("-32d12h", 3, 3600), since="-91d", every=3600),
        expected=figures(540, 216_000, "0.5", burns={"1h": 0, "3d": 0}),
        rolling="90d",
        target="99.5",
        steady=True,
        **HOURLY,
    ),
    case(
        "A year as a rolling period, scraped once an hour",
        "365 d x 24 x 10 = 87,600; 0.5 % is 438; failed 73 h x 3 = 219; remaining 1 - 219/438 = 1/2",
        tasks(10, since="-366d", every=3600),
        failed(run("-100d", 0, 3600), run("-96d23h", 3, 3600), since="-366d", every=3600),
        expected=figures(219, 87_600, "0.5"),
        rolling="365d",
        target="99.5",
        steady=True,
        **HOURLY,
    ),
)

EDGES = (
    case(
        "What failed before the period began has left it",
        "7 d x 1,440 x 10 = 100,800; the 500 failures lie in the minute that ends where the period begins: 0 in it",
        tasks(),
        failed(run("-7d1m", 0), jump("-7d", 500)),
        expected=figures(0, 100_800, 1),
        steady=True,
    ),
    case(
        "What failed in the period's first minute is in it",
        "7 d x 1,440 x 10 = 100,800; 1 % is 1,008; the 504 failures lie in the first minute;"
        " remaining 1 - 504/1,008 = 1/2",
        tasks(),
        failed(run("-7d", 0), jump("-6d23h59m", 504)),
        expected=figures(504, 100_800, "0.5"),
    ),
    case(
        "What failed in the last minute is in every window",
        "100,800 tasks, budget 1,008; 63 failed in the last minute; remaining 1 - 63/1,008 = 15/16; hour: (63/600)/0.01"
        " = 10.5, below 13.44; 6 h: (63/3,600)/0.01 = 1.75, below 3.5; day: (63/14,400)/0.01 = 0.4375; 5 min:"
        " (63/50)/0.01 = 126",
        tasks(),
        track("@failed_total", {}, put("-8d"), run("-1m", 0), jump("0", 63)),
        expected=figures(63, 100_800, "15/16", burns={"1h": "10.5", "6h": "1.75", "1d": "0.4375", "5m": 126}),
    ),
    case(
        "What lies between the sample before the period and the first one in it belongs to the period",
        "samples at second 30 of each minute, 10 more in each: 7 d x 1,440 = 10,080 samples in the period, the first"
        " of which closes a step that began before it; 10,080 x 10 = 100,800; failed 84 in that first step:"
        " remaining 1 - 84/1,008 = 11/12",
        track("@tasks_total", {}, put("-8d30s"), run("0", 10)),
        track("@failed_total", {}, put("-8d30s"), run("-7d30s", 0), run("-6d23h59m30s", 84), run("0", 0)),
        expected=figures(84, 100_800, "11/12"),
    ),
    case(
        "Samples at odd seconds are counted to the last event",
        "a sample every 47 s since two days ago: floor(172,800/47) - floor(86,400/47) = 3,676 - 1,838 = 1,838 in the"
        " last day; 1,838 x 10 = 18,380; 10 % is 1,838; failed 1,838 x 1; remaining 1 - 1,838/1,838 = 0",
        track("@tasks_total", {}, put("-2d"), run("0", 10, 47)),
        track("@failed_total", {}, put("-2d"), run("0", 1, 47)),
        expected=figures(1838, 18_380, 0, "Exhausted", burns={"1h": 1}),
        rolling="1d",
        target="90",
        alerting=tiers(("1h", "5m", "5", "Breach")),
        steady=True,
    ),
    case(
        "Scraped every 15 seconds",
        "1 d x 5,760 samples x 3 = 17,280; 1 % is 172.8; failed 36 samples x 3 = 108; remaining 1 - 108/172.8 = 0.375",
        tasks(3, since="-2d", every=15),
        failed(run("-12h", 0, 15), run("-11h51m", 3, 15), since="-2d", every=15),
        expected=figures(108, 17_280, "0.375"),
        rolling="1d",
        alerting=ONE_TIER,
        steady=True,
    ),
    case(
        "Asked 42 seconds late, of data that come 30 seconds late, the last closed minute is judged",
        "asked at 12:00:42, 30 s for what is on its way is 12:00:12: the last closed minute ends at 12:00;"
        " 100,800 tasks, 252 failed; remaining 1 - 252/1,008 = 0.75",
        tasks(),
        failed(run("-5d", 0), run("-4d19h48m", 1)),
        expected=figures(252, 100_800, "0.75"),
        late=timedelta(seconds=42),
        delay=timedelta(seconds=30),
    ),
    case(
        "A resolution of 30 seconds judges half minutes",
        "judged at 12:00:30; 1 d x 2,880 x 5 = 14,400; 1 % is 144; failed 36 x 1; remaining 1 - 36/144 = 0.75",
        track("@tasks_total", {}, put("-2d"), run("0", 5, 30)),
        track("@failed_total", {}, put("-2d"), run("-12h", 0, 30), run("-11h42m", 1, 30), run("0", 0, 30)),
        expected=figures(36, 14_400, "0.75"),
        at="2025-06-16T12:00:30Z",
        rolling="1d",
        alerting={**ONE_TIER, "resolution": "30s"},
        steady=True,
    ),
)

CASES = LENGTHS + EDGES
