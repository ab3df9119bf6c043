"""What works alone, put together."""

from typing import Any

from tests.golden.case import ONE_TIER, RATIO, Track, case, failed, figures, objective, put, run, tasks, tiers, track

DAY: dict[str, Any] = {"rolling": "1d", "alerting": ONE_TIER}
TARGET: dict[str, Any] = {"job": "@api", "instance": "a:1"}
MINUTES: dict[str, Any] = {"budgeting": "Timeslices", "slices": {"length": "1m", "target": "90"}, "minEvents": 10}
LATENCY = {"latency": {"histogram": "@task_seconds", "threshold": "500ms"}}


def histogram(tenant: str, slow: int) -> list[Track]:
    """Ten tasks a minute for two days, of which one a minute was slow in so many minutes."""
    counted = [put("-2d"), run("0", 10)]
    fast = [put("-2d"), run("-12h", 10), run(f"-{720 - slow}m", 9), run("0", 10)]
    return [
        track("@task_seconds_count", {"tenant": tenant}, *counted),
        track("@task_seconds_bucket", {"tenant": tenant, "le": "+Inf"}, *counted),
        track("@task_seconds_bucket", {"tenant": tenant, "le": "0.5"}, *fast),
    ]


def depth(tenant: str, minutes: int) -> Track:
    """A gauge at 10 that stood at 200 for so many minutes."""
    last, after = f"-{180 - minutes}m", f"-{179 - minutes}m"
    return track(
        "@depth",
        {"tenant": tenant},
        *(put("-7h", 10), run("-3h", 0), put("-2h59m", 200), run(last, 0), put(after, 10), run("0", 0)),
    )


GAUGE: dict[str, Any] = {
    "indicator": {"threshold": {"selector": "@depth", "op": "LE", "value": "100", "aggregate": "Max"}},
    "budgeting": "Timeslices",
    "minEvents": 10,
    "target": "95",
    "rolling": "6h",
    "alerting": ONE_TIER,
}

CASES = (
    case(
        "A histogram by tenant",
        "acme: 36 of 14,400 slow, remaining 1 - 36/144 = 0.75; beta: 108, remaining 1/4",
        histogram("acme", 36),
        histogram("beta", 108),
        expected={
            "availability/tenant=acme": figures(36, 14_400, "0.75"),
            "availability/tenant=beta": figures(108, 14_400, "0.25"),
        },
        indicator=LATENCY,
        groupBy=["tenant"],
        steady=True,
        **DAY,
    ),
    case(
        "A tenant's day of the calendar without its maintenance",
        "Monday, noon in UTC, without 01:00 to 03:00: 10 h x 600 = 6,000 each; 1 % is 60; in the two hours all of acme's"
        " failed; after them 15 of acme's: 0.75, and 30 of beta's: 1/2",
        tasks(since="-2d", tenant="acme"),
        tasks(since="-2d", tenant="beta"),
        failed(
            run("2025-06-16T01:00Z", 0),
            run("2025-06-16T03:00Z", 10),
            run("2025-06-16T03:15Z", 1),
            since="-2d",
            tenant="acme",
        ),
        failed(run("2025-06-16T04:00Z", 0), run("2025-06-16T04:30Z", 1), since="-2d", tenant="beta"),
        expected={
            "availability/tenant=acme": figures(15, 6_000, "0.75"),
            "availability/tenant=beta": figures(30, 6_000, "0.5"),
        },
        groupBy=["tenant"],
        maintenance=({"schedule": "0 1 * * *", "duration": "2h"},),
        rolling=None,
        calendar=("Day", "UTC"),
        alerting=ONE_TIER,
    ),
    case(
        "A tenant's error series that appears counts in full for that tenant alone",
        "both have 14,400 of one scraped target; acme's error series appears with 72: 1/2; beta never had one: untouched",
        track("up", TARGET, put("-2d", 1), run("0", 0)),
        tasks(since="-2d", tenant="acme", **TARGET),
        tasks(since="-2d", tenant="beta", **TARGET),
        track("@failed_total", {**TARGET, "tenant": "acme"}, put("-10h", 72), run("0", 0)),
        expected={
            "availability/tenant=acme": figures(72, 14_400, "0.5"),
            "availability/tenant=beta": figures(0, 14_400, 1),
        },
        groupBy=["tenant"],
        **DAY,
    ),
    case(
        "The mean of slices' ratios over a day of 23 hours",
        "Berlin, 30 March 2025, 20:00 (UTC+2): 19 h = 1,140 slices; 114 with a ratio of 1/2: 57; 57/1,140 = 5 % of the"
        " 10 % allowed; remaining 1/2",
        tasks(since="2025-03-28T00:00Z"),
        failed(run("2025-03-30T00:00Z", 0), run("2025-03-30T01:54Z", 5), since="2025-03-28T00:00Z"),
        expected=figures(57, 1_140, "0.5"),
        at="2025-03-30T18:00Z",
        rolling=None,
        calendar=("Day", "Europe/Berlin"),
        target="90",
        budgeting="RatioTimeslices",
        slices={"length": "1m"},
        minEvents=10,
        alerting=tiers(("1h", "5m", "5", "Breach")),
    ),
    case(
        "Slices of five minutes without a weekly maintenance",
        "7 d x 288 = 2,016 slices, less 4 h = 48 on Saturday: 1,968; 5 % is 98.4; those 48 were all bad; of the others 41"
        " (3 h 25 min); remaining 1 - 41/98.4 = 7/12",
        tasks(50, every=300),
        failed(
            run("2025-06-14T02:00Z", 0, 300),
            run("2025-06-14T06:00Z", 50, 300),
            run("2025-06-14T09:25Z", 25, 300),
            every=300,
        ),
        expected=figures(41, 1_968, "7/12"),
        maintenance=({"schedule": "0 2 * * 6", "duration": "4h"},),
        target="95",
        budgeting="Timeslices",
        slices={"length": "5m", "target": "90"},
        minEvents=10,
        alerting=ONE_TIER,
    ),
    case(
        "A restart inside a slice loses nothing of it",
        "1,440 slices; 5 % is 72; in one slice all counters begin again: 10 tasks, 5 failed: bad; 17 others are bad; 18;"
        " remaining 0.75",
        track("@tasks_total", {}, put("-2d"), run("-10h1m", 10), put("-10h", 10), run("0", 10)),
        track(
            "@failed_total",
            {},
            *(put("-2d", 100), run("-12h", 0), run("-11h43m", 5), run("-10h1m", 0), put("-10h", 5), run("0", 0)),
        ),
        expected=figures(18, 1_440, "0.75"),
        target="95",
        **MINUTES,
        **DAY,
    ),
    case(
        "An error series that appears in a slice is in its ratio",
        "1,440 slices; its first value of 5 beside 10 tasks is a ratio of 1/2, as are 71 after it: 36; 36/1,440 = 2.5 % of"
        " 5 %; remaining 1/2",
        track("up", TARGET, put("-2d", 1), run("0", 0)),
        tasks(since="-2d", **TARGET),
        track("@failed_total", TARGET, put("-10h", 5), run("-8h49m", 5), run("0", 0)),
        expected=figures(36, 1_440, "0.5"),
        target="95",
        budgeting="RatioTimeslices",
        slices={"length": "1m"},
        minEvents=10,
        **DAY,
    ),
    case(
        "Good and all begin again at once",
        "all 14,400: the first sample after the restart 12 h ago holds 10; good 14,400 - 72: 9 a minute for 72 min after"
        " it; bad is the rest, 72; remaining 1/2",
        track("@tasks_total", {}, put("-2d"), run("-12h", 10), put("-11h59m", 10), run("0", 10)),
        track("@served_total", {}, put("-2d"), run("-12h", 10), put("-11h59m", 9), run("-10h48m", 9), run("0", 10)),
        expected=figures(72, 14_400, "0.5"),
        indicator={"ratio": {"good": "@served_total", "total": "@tasks_total"}},
        steady=True,
        **DAY,
    ),
    case(
        "Two promises about the same tasks",
        "36 failed: of 14,400 in a day 1 % is 144: 0.75; of 100,800 in seven days 0.1 % is 100.8, and 27 more failed two"
        " days ago: 63, remaining 1 - 63/100.8 = 0.375",
        tasks(),
        failed(run("-2d", 0), run("-1d23h33m", 1), run("-12h", 0), run("-11h24m", 1)),
        expected={"daily": figures(36, 14_400, "0.75"), "weekly": figures(63, 100_800, "0.375")},
        objectives=(
            objective("daily", indicator=RATIO, **DAY),
            objective("weekly", indicator=RATIO, target="99.9", alerting=ONE_TIER),
        ),
        steady=True,
    ),
    case(
        "Slices scraped every four minutes, with a look-back to match",
        "1 d in slices of 30 min: 48; 12.5 % is 6; in 3 of them a third failed; remaining 1/2",
        tasks(40, since="-2d", every=240),
        track(
            "@failed_total",
            {},
            *(put("-2d"), run("-12h", 0, 240), run("-10h32m", 15, 240), run("0", 0, 240)),
        ),
        expected=figures(3, 48, "0.5"),
        target="87.5",
        budgeting="Timeslices",
        slices={"length": "30m", "target": "90"},
        minEvents=10,
        lookback="10m",
        rolling="1d",
        alerting=tiers(("2h", "30m", "5", "Breach")),
    ),
    case(
        "A gauge by tenant",
        "360 looks each; 5 % is 18; acme's queue was too long in 9: 1/2; beta's in 6: 2/3",
        depth("acme", 9),
        depth("beta", 6),
        expected={
            "availability/tenant=acme": figures(9, 360, "0.5"),
            "availability/tenant=beta": figures(6, 360, "2/3"),
        },
        groupBy=["tenant"],
        **GAUGE,
    ),
)
