"""The ways to measure: several series, good instead of bad, histograms, gauges."""

from typing import Any

from tests.golden.case import (
    CODES,
    ONE_TIER,
    Step,
    Track,
    case,
    failed,
    figures,
    put,
    run,
    tasks,
    track,
)

DAY: dict[str, Any] = {"rolling": "1d", "alerting": ONE_TIER}


def bucket(le: str, *steps: Step, **labels: str) -> Track:
    """One bucket of a histogram."""
    return track("@task_seconds_bucket", {"le": le, **labels}, *steps)


def histogram(le: str, *fast: Step, **labels: str) -> list[Track]:
    """Ten tasks a minute for two days; those of the bucket `le` by the steps."""
    everything = (put("-2d"), run("0", 10))
    count = track("@task_seconds_count", labels, *everything)
    return [count, bucket("+Inf", *everything, **labels), bucket(le, put("-2d"), *fast, **labels)]


def latency(threshold: str, **more: Any) -> dict[str, Any]:
    """An indicator over the histogram."""
    return {"latency": {"histogram": "@task_seconds", "threshold": threshold, **more}}


def gauge(op: str, value: str, aggregate: str = "Max") -> dict[str, Any]:
    """An objective's fields for a gauge, looked at once a minute."""
    return {
        "indicator": {"threshold": {"selector": "@depth", "op": op, "value": value, "aggregate": aggregate}},
        "budgeting": "Timeslices",
        "minEvents": 10,
        "target": "95",
        "rolling": "6h",
        "alerting": ONE_TIER,
    }


COUNTERS = (
    case(
        "Several series are summed",
        "three instances of 10, 20 and 30 a minute: 1,440 x 60 = 86,400; 1 % is 864; failed 100 + 300 + 32 = 432 in"
        " two of them; remaining 1/2",
        *(tasks(add, since="-2d", instance=name) for name, add in (("a", 10), ("b", 20), ("c", 30))),
        failed(run("-12h", 0), run("-10h20m", 1), since="-2d", instance="a"),
        failed(run("-9h", 0), run("-8h50m", 30), run("-8h34m", 2), since="-2d", instance="b"),
        expected=figures(432, 86_400, "0.5"),
        steady=True,
        **DAY,
    ),
    case(
        "One of several series begins again, and the others do not suffer",
        "a: 14,400; b begins again after 12 h with 10 in its first sample: 14,400; all 28,800; 1 % is 288; failed 72;"
        " remaining 0.75",
        tasks(since="-2d", instance="a"),
        track("@tasks_total", {"instance": "b"}, put("-2d"), run("-12h", 10), put("-11h59m", 10), run("0", 10)),
        failed(run("-8h", 0), run("-6h48m", 1), since="-2d", instance="a"),
        expected=figures(72, 28_800, "0.75"),
        steady=True,
        **DAY,
    ),
    case(
        "Good events say as much as bad ones",
        "all 14,400; good 1,404 min x 10 + 36 x 9 = 14,364; bad is the rest, 36; remaining 1 - 36/144 = 0.75",
        tasks(since="-2d"),
        track("@served_total", {}, put("-2d"), run("-12h", 10), run("-11h24m", 9), run("0", 10)),
        expected=figures(36, 14_400, "0.75"),
        indicator={"ratio": {"good": "@served_total", "total": "@tasks_total"}},
        steady=True,
        **DAY,
    ),
    case(
        "One counter by code: the bad are part of all",
        "code 200: 1,368 min x 10 + 72 x 9 = 14,328; code 500: 72; all 14,400; remaining 1 - 72/144 = 1/2",
        track("@requests_total", {"code": "200"}, put("-2d"), run("-12h", 10), run("-10h48m", 9), run("0", 10)),
        track("@requests_total", {"code": "500"}, put("-2d"), run("-12h", 0), run("-10h48m", 1), run("0", 0)),
        expected=figures(72, 14_400, "0.5"),
        indicator=CODES,
        steady=True,
        **DAY,
    ),
    case(
        "A matcher keeps others' events out",
        "app a: 14,400, 36 failed; app b fails all the time and is another's; remaining 1 - 36/144 = 0.75",
        tasks(since="-2d", app="a"),
        tasks(since="-2d", app="b"),
        failed(run("-12h", 0), run("-11h24m", 1), since="-2d", app="a"),
        track("@failed_total", {"app": "b"}, put("-2d"), run("0", 10)),
        expected=figures(36, 14_400, "0.75"),
        indicator={"ratio": {"bad": '@failed_total{app="a"}', "total": '@tasks_total{app="a"}'}},
        steady=True,
        **DAY,
    ),
    case(
        "Fractions of events are counted as recorded",
        "a counter of seconds: 1,440 x 0.5 = 720; 1 % is 7.2; bad 72 x 0.0625 = 4.5; remaining 1 - 4.5/7.2 = 0.375",
        tasks(0.5, since="-2d"),
        failed(run("-12h", 0), run("-10h48m", 0.0625), since="-2d"),
        expected=figures("4.5", 720, "0.375"),
        steady=True,
        **DAY,
    ),
)

HISTOGRAMS = (
    case(
        "Tasks of at most half a second, from a histogram",
        "all 14,400; in the bucket le=0.5: 14,400 - 36 = 14,364; slow 36; remaining 1 - 36/144 = 0.75",
        histogram("0.5", run("-12h", 10), run("-11h24m", 9), run("0", 10)),
        expected=figures(36, 14_400, "0.75"),
        indicator=latency("500ms"),
        steady=True,
        **DAY,
    ),
    case(
        "A border that is written 1.0 is the threshold of 1 s",
        "le=1.0 and 1 s are one number; slow 72 of 14,400; remaining 1/2",
        histogram("1.0", run("-12h", 10), run("-10h48m", 9), run("0", 10)),
        expected=figures(72, 14_400, "0.5"),
        indicator=latency("1s"),
        steady=True,
        **DAY,
    ),
    case(
        "A border that is written 1 is the threshold of 1 s as well",
        "le=1 and 1 s are one number; slow 72 of 14,400; remaining 1/2",
        histogram("1", run("-12h", 10), run("-10h48m", 9), run("0", 10)),
        expected=figures(72, 14_400, "0.5"),
        indicator=latency("1s"),
        steady=True,
        **DAY,
    ),
    case(
        "A histogram of milliseconds, of one application",
        "app a: le=250 holds all but 36 of 14,400; app b is slow and another's; remaining 1 - 36/144 = 0.75",
        histogram("250", run("-12h", 10), run("-11h24m", 9), run("0", 10), app="a"),
        histogram("250", run("0", 0), app="b"),
        expected=figures(36, 14_400, "0.75"),
        indicator=latency("250ms", unit="Milliseconds", selector='{app="a"}'),
        steady=True,
        **DAY,
    ),
    case(
        "When every task is slow the budget is spent a hundred times",
        "all 14,400 are slow: remaining 1 - 14,400/144 = -99; every window burns 1/0.01 = 100 > 10, and Exhausted is worse",
        histogram("0.5", run("0", 0)),
        expected=figures(14_400, 14_400, -99, "Exhausted", burns={"1h": 100, "5m": 100}, fires={"1h": True}),
        indicator=latency("500ms"),
        steady=True,
        **DAY,
    ),
)

GAUGES = (
    case(
        "A queue that is longer than its bound for nine minutes",
        "6 h x 60 = 360 looks; 5 % is 18; the depth is 101 > 100 at 9 of them; remaining 1 - 9/18 = 1/2",
        track(
            "@depth",
            {},
            put("-7h", 100),
            run("-3h", 0),
            run("-2h59m", 1),
            run("-2h51m", 0),
            run("-2h50m", -1),
            run("0", 0),
        ),
        expected=figures(9, 360, "0.5"),
        **gauge("LE", "100"),
    ),
    case(
        "The longest of several queues decides under Max",
        "360 looks; queue b is at 50, queue a at 200 in 6 of them: bad 6; remaining 1 - 6/18 = 2/3",
        track(
            "@depth",
            {"q": "a"},
            put("-7h", 10),
            run("-3h", 0),
            put("-2h59m", 200),
            run("-2h54m", 0),
            put("-2h53m", 10),
            run("0", 0),
        ),
        track("@depth", {"q": "b"}, put("-7h", 50), run("0", 0)),
        expected=figures(6, 360, "2/3"),
        **gauge("LT", "200"),
    ),
    case(
        "Several gauges are averaged under Avg",
        "360 looks; a is 10 and b 50, then a is 200 in 6 of them: (200 + 50)/2 = 125 is not below 125: bad 6;"
        " remaining 1 - 6/18 = 2/3",
        track(
            "@depth",
            {"q": "a"},
            put("-7h", 10),
            run("-3h", 0),
            put("-2h59m", 200),
            run("-2h54m", 0),
            put("-2h53m", 10),
            run("0", 0),
        ),
        track("@depth", {"q": "b"}, put("-7h", 50), run("0", 0)),
        expected=figures(6, 360, "2/3"),
        **gauge("LT", "125", "Avg"),
    ),
    case(
        "The least of several gauges decides under Min",
        "360 looks; workers of a and b are 3 and 5, those of a 1 in 18 of them, below 2: bad 18; remaining 0: Exhausted",
        track(
            "@depth",
            {"q": "a"},
            put("-7h", 3),
            run("-3h", 0),
            put("-2h59m", 1),
            run("-2h42m", 0),
            put("-2h41m", 3),
            run("0", 0),
        ),
        track("@depth", {"q": "b"}, put("-7h", 5), run("0", 0)),
        expected=figures(18, 360, 0, "Exhausted"),
        **gauge("GE", "2", "Min"),
    ),
    case(
        "A look without a value counts neither way",
        "no sample for 35 min: the value is seen for 4 more looks (the look-back of 5 min leaves out its own end), then"
        " not for 30; 360 - 30 = 330; 5 % is 16.5; bad 11 before; remaining 1 - 11/16.5 = 1/3",
        track(
            "@depth",
            {},
            put("-7h", 1),
            run("-5h", 0),
            put("-4h59m", 200),
            run("-4h49m", 0),
            put("-4h48m", 1),
            run("-2h", 0),
            put("-1h25m", 1),
            run("0", 0),
        ),
        expected=figures(11, 330, "1/3"),
        **gauge("LE", "100"),
    ),
)

CASES = COUNTERS + HISTOGRAMS + GAUGES
