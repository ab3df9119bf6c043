"""Series that appear late: whether their first value counts."""

from typing import Any

from tests.golden.case import CODES, ONE_TIER, Step, Track, case, failed, figures, gone, jump, put, run, tasks, track

DAY: dict[str, Any] = {"rolling": "1d", "alerting": ONE_TIER}
TARGET: dict[str, Any] = {"job": "@api", "instance": "a:1"}


def requests(code: str, *steps: Step, **labels: str) -> Track:
    """Requests that ended with that code."""
    return track("@requests_total", {"code": code, **labels}, *steps)


def up(*steps: Step, **labels: str) -> Track:
    """Whether the target was scraped."""
    return track("up", {**TARGET, **labels}, *steps)


CASES = (
    case(
        "A new error series beside a target that was already scraped counts its first value",
        "code 500 appears with 50 and goes on to 72: 72; code 200: 72 min x 9 + 1,368 x 10 = 14,328; all 14,400;"
        " remaining 1 - 72/144 = 1/2",
        up(put("-2d", 1), run("0", 0)),
        requests("200", put("-2d"), run("-20h", 10), run("-18h48m", 9), run("0", 10), **TARGET),
        requests("500", put("-10h", 50), run("-9h38m", 1), run("0", 0), **TARGET),
        expected=figures(72, 14_400, "0.5"),
        indicator=CODES,
        **DAY,
    ),
    case(
        "A new error series without a scraped target beside it begins with a baseline",
        "code 500 appears with 50, which may be old, and goes on to 86: 36; code 200: 36 min x 9 + 1,404 x 10 = 14,364;"
        " all 14,400; remaining 1 - 36/144 = 0.75",
        requests("200", put("-2d"), run("-20h", 10), run("-19h24m", 9), run("0", 10), **TARGET),
        requests("500", put("-10h", 50), run("-9h24m", 1), run("0", 0), **TARGET),
        expected=figures(36, 14_400, "0.75"),
        indicator=CODES,
        **DAY,
    ),
    case(
        "A target that appears with its counters begins with a baseline",
        "a: 14,400, 6 failed; b is first scraped 10 h ago with 5,000 and 400 from before, baselines, then 600 min x 4 ="
        " 2,400, 36 failed; all 16,800; 1 % is 168; remaining 1 - 42/168 = 0.75",
        up(put("-2d", 1), run("0", 0)),
        up(put("-10h", 1), run("0", 0), instance="b:1"),
        tasks(since="-2d", **TARGET),
        failed(run("-5h", 0), run("-4h54m", 1), since="-2d", **TARGET),
        track("@tasks_total", {**TARGET, "instance": "b:1"}, put("-10h", 5000), run("0", 4)),
        track("@failed_total", {**TARGET, "instance": "b:1"}, put("-10h", 400), run("-9h24m", 1), run("0", 0)),
        expected=figures(42, 16_800, "0.75"),
        **DAY,
    ),
    case(
        "Another target's being scraped is no reason to count a first value",
        "instance a is scraped all the time; instance b's error series appears with 90 where b itself was never scraped:"
        " a baseline; then +36; remaining 1 - 36/144 = 0.75",
        up(put("-2d", 1), run("0", 0)),
        tasks(since="-2d", **TARGET),
        track("@failed_total", {**TARGET, "instance": "b:1"}, put("-10h", 90), jump("-9h59m", 36), run("0", 0)),
        expected=figures(36, 14_400, "0.75"),
        **DAY,
    ),
    case(
        "An error series that never appeared is zero errors",
        "14,400 tasks, and no series of failed ones: 0 failed, the budget is untouched",
        tasks(since="-2d"),
        expected=figures(0, 14_400, 1, burns={"1h": 0, "5m": 0}),
        steady=True,
        **DAY,
    ),
    case(
        "An error series born in the period's first minute counts in full",
        "it appears with 72 at the first minute's end, beside a target scraped before; remaining 1 - 72/144 = 1/2",
        up(put("-2d", 1), run("0", 0)),
        tasks(since="-2d", **TARGET),
        track("@failed_total", TARGET, put("-23h59m", 72), run("0", 0)),
        expected=figures(72, 14_400, "0.5"),
        **DAY,
    ),
    case(
        "An error series born in the minute before the period counts in none of it",
        "it appears with 72 where the period begins; in the period it adds nothing; remaining 1",
        up(put("-2d", 1), run("0", 0)),
        tasks(since="-2d", **TARGET),
        track("@failed_total", TARGET, put("-1d", 72), run("0", 0)),
        expected=figures(0, 14_400, 1),
        **DAY,
    ),
    case(
        "A series that its target drops and brings back from zero counts once",
        "failed: 100 before; dropped for three minutes; back with 20, lower than before: +20; then 16 more: 36 of 144;"
        " remaining 0.75",
        up(put("-2d", 1), run("0", 0)),
        tasks(since="-2d", **TARGET),
        track(
            "@failed_total",
            TARGET,
            *(put("-2d", 100), run("-10h", 0), gone("-9h59m"), put("-9h57m", 20), run("-9h41m", 1), run("0", 0)),
        ),
        expected=figures(36, 14_400, "0.75"),
        **DAY,
    ),
    case(
        "An error series that appears a moment ago is in every window",
        "it appears with 72 in the last minute, beside a scraped target: budget 144, remaining 1/2;"
        " hour: (72/600)/0.01 = 12 > 10; 5 min: (72/50)/0.01 = 144 > 10: Breach",
        up(put("-2d", 1), run("0", 0)),
        tasks(since="-2d", **TARGET),
        track("@failed_total", TARGET, put("0", 72)),
        expected=figures(72, 14_400, "0.5", "Breach", burns={"1h": 12, "5m": 144}),
        **DAY,
    ),
    case(
        "A series that comes back after more than a day is new",
        "7 d x 14,400 = 100,800; 1 % is 1,008; failed: 100 until it was last seen, 30 h later 150 beside a scraped target:"
        " new, so 150, and not 50 as well; remaining 1 - 150/1,008 = 143/168",
        up(put("-8d", 1), run("0", 0)),
        tasks(**TARGET),
        track("@failed_total", TARGET, put("-8d", 100), run("-4d", 0), put("-2d18h", 150), run("0", 0)),
        expected=figures(150, 100_800, "143/168"),
        alerting=ONE_TIER,
    ),
)
