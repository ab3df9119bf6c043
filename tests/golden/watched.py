"""What happens in the last few minutes, while an engine watches minute by minute: a fresh one must say the same."""

from typing import Any

from tests.golden.case import ONE_TIER, Track, case, failed, figures, gone, jump, nan, put, run, tasks, track

DAY: dict[str, Any] = {"rolling": "1d", "alerting": ONE_TIER}
TARGET: dict[str, Any] = {"job": "@api", "instance": "a:1"}


def up() -> Track:
    """The target was scraped all the time."""
    return track("up", TARGET, put("-2d", 1), run("0", 0))


CASES = (
    case(
        "A counter begins again under the engine's eyes",
        "14,400 tasks; failed: 100 for a day, 36 four minutes ago: begun again, +36; remaining 1 - 36/144 = 0.75;"
        " hour: (36/600)/0.01 = 6 < 10",
        tasks(since="-2d"),
        failed(put("-1d12h", 100), run("-5m", 0), put("-4m", 36), since="-2d"),
        expected=figures(36, 14_400, "0.75", burns={"1h": 6}),
        **DAY,
    ),
    case(
        "All counters begin again under the engine's eyes",
        "all: 1,436 min x 10, then 10 in the first sample after the restart and 3 x 10: 14,400; failed: 36 before it, 0"
        " after it; remaining 0.75",
        track("@tasks_total", {}, put("-2d"), run("-4m", 10), put("-3m", 10), run("0", 10)),
        track(
            "@failed_total", {}, put("-2d"), run("-12h", 0), run("-11h24m", 1), run("-4m", 0), put("-3m"), run("0", 0)
        ),
        expected=figures(36, 14_400, "0.75", burns={"1h": 0}),
        **DAY,
    ),
    case(
        "An error series appears under the engine's eyes",
        "it appears with 30 three minutes ago beside a scraped target, and goes on to 36; remaining 0.75; hour: 6 < 10",
        up(),
        tasks(since="-2d", **TARGET),
        track("@failed_total", TARGET, put("-3m", 30), run("0", 2)),
        expected=figures(36, 14_400, "0.75", burns={"1h": 6}),
        **DAY,
    ),
    case(
        "An error series appears under the engine's eyes without a scraped target",
        "it appears with 30 three minutes ago: a baseline; 36 since then; remaining 0.75; hour: 6 < 10",
        tasks(since="-2d"),
        track("@failed_total", {}, put("-3m", 30), run("0", 12)),
        expected=figures(36, 14_400, "0.75", burns={"1h": 6}),
        **DAY,
    ),
    case(
        "A series is dropped under the engine's eyes and comes back from zero",
        "failed: 100 for a day, dropped 5 min ago, back 3 min ago with 36: begun again, +36, once; remaining 0.75",
        up(),
        tasks(since="-2d", **TARGET),
        track("@failed_total", TARGET, put("-2d", 100), run("-6m", 0), gone("-5m"), put("-3m", 36), run("0", 0)),
        expected=figures(36, 14_400, "0.75", burns={"1h": 6}),
        **DAY,
    ),
    case(
        "A sample that is no number comes under the engine's eyes",
        "failed: 0, NaN four minutes ago, 36 a minute later: +36 over the NaN; remaining 0.75; hour: 6 < 10",
        tasks(since="-2d"),
        failed(run("-5m", 0), nan("-4m"), jump("-3m", 36), since="-2d"),
        expected=figures(36, 14_400, "0.75", burns={"1h": 6}),
        **DAY,
    ),
    case(
        "A gap shorter than the look-back ends under the engine's eyes",
        "failed: no sample from 6 to 2 min ago, and 36 more then; remaining 0.75; hour: 6 < 10",
        tasks(since="-2d"),
        failed(run("-6m", 0), jump("-2m", 36), since="-2d"),
        expected=figures(36, 14_400, "0.75", burns={"1h": 6}),
        **DAY,
    ),
    case(
        "A gap longer than the look-back ends under the engine's eyes",
        "failed: +36 at night; no sample from 25 to 3 min ago, and +20 then: 56; remaining 1 - 56/144 = 11/18",
        tasks(since="-2d"),
        failed(run("-15h", 0), jump("-14h59m", 36), run("-25m", 0), jump("-3m", 20), since="-2d"),
        expected=figures(56, 14_400, "11/18"),
        **DAY,
    ),
    case(
        "Errors leave the period under the engine's eyes",
        "all 14,400; 50 failed 24 h 3 min ago and have left; 72 failed 23 h 58 min ago and have not; remaining 1/2",
        tasks(since="-2d"),
        failed(run("-1d4m", 0), jump("-1d3m", 50), run("-23h59m", 0), jump("-23h58m", 72), since="-2d"),
        expected=figures(72, 14_400, "0.5"),
        **DAY,
    ),
    case(
        "A day of the calendar begins under the engine's eyes",
        "Berlin, 00:03 of 17 June (22:03 UTC): 3 min x 10 = 30; 10 % is 3; 1 failed; remaining 2/3. The day before, 600"
        " of 14,400 failed at noon",
        tasks(since="2025-06-14T00:00Z"),
        failed(
            run("2025-06-16T10:00Z", 0),
            run("2025-06-16T11:00Z", 10),
            run("2025-06-16T22:01Z", 0),
            run("2025-06-16T22:02Z", 1),
            since="2025-06-14T00:00Z",
        ),
        expected=figures(1, 30, "2/3"),
        at="2025-06-16T22:03Z",
        rolling=None,
        calendar=("Day", "Europe/Berlin"),
        target="90",
        minEvents=1,
        alerting={"windows": [{"long": "1h", "short": "5m", "factor": "5", "level": "Breach"}]},
    ),
    case(
        "Maintenance begins and ends under the engine's eyes",
        "from 11:55 to 11:58: 1,437 min x 10 = 14,370; 1 % is 143.7; 30 failed in the three minutes; 36 at night;"
        " remaining 1 - 36/143.7 = 359/479",
        tasks(since="-2d"),
        failed(run("-15h", 0), jump("-14h59m", 36), run("-5m", 0), run("-2m", 10), since="-2d"),
        expected=figures(36, 14_370, "359/479"),
        maintenance=({"start": "2025-06-16T11:55:00Z", "end": "2025-06-16T11:58:00Z"},),
        **DAY,
    ),
    case(
        "Bad slices come under the engine's eyes",
        "1,440 slices; 5 % is 72; 12 bad at night, 6 in the last 6 min: 18; remaining 0.75; hour: (6/60)/0.05 = 2 < 10",
        tasks(since="-2d"),
        track("@failed_total", {}, put("-2d"), run("-12h", 0), run("-11h48m", 5), run("-6m", 0), run("0", 5)),
        expected=figures(18, 1_440, "0.75", burns={"1h": 2, "5m": 20}),
        **{**DAY, "target": "95"},
        budgeting="Timeslices",
        slices={"length": "1m", "target": "90"},
        minEvents=10,
    ),
)
