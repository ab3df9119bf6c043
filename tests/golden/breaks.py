"""Maintenance: time that does not count."""

from typing import Any

from tests.golden.case import ONE_TIER, case, failed, figures, run, tasks

DAY: dict[str, Any] = {"rolling": "1d", "alerting": ONE_TIER}

CASES = (
    case(
        "What fails in a stretch of maintenance does not count, and neither does what goes well",
        "24 h - 2 h = 22 h x 600 = 13,200; 1 % is 132; 1,200 failed in the two hours, 33 otherwise; remaining 0.75",
        tasks(since="-2d"),
        failed(run("-14h", 0), run("-12h", 10), run("-11h27m", 1), since="-2d"),
        expected=figures(33, 13_200, "0.75"),
        maintenance=({"start": "2025-06-15T22:00:00Z", "end": "2025-06-16T00:00:00Z"},),
        **DAY,
    ),
    case(
        "Two stretches that overlap are taken away once",
        "22:00 to 00:00 and 23:00 to 01:00 are 3 h: 21 h x 600 = 12,600; 1 % is 126; 63 failed outside; remaining 1/2",
        tasks(since="-2d"),
        failed(run("-14h", 0), run("-11h", 10), run("-9h57m", 1), since="-2d"),
        expected=figures(63, 12_600, "0.5"),
        maintenance=(
            {"start": "2025-06-15T22:00:00Z", "end": "2025-06-16T00:00:00Z"},
            {"start": "2025-06-15T23:00:00Z", "end": "2025-06-16T01:00:00Z"},
        ),
        **DAY,
    ),
    case(
        "A stretch that began before the period takes away what lies in it",
        "the period begins at noon; maintenance from 10:00 to 14:00 takes 2 h of it: 22 h x 600 = 13,200; 1 % is 132;"
        " 2,400 failed in the four hours, 66 later; remaining 1/2",
        tasks(since="-2d"),
        failed(run("-26h", 0), run("-22h", 10), run("-12h", 0), run("-10h54m", 1), since="-2d"),
        expected=figures(66, 13_200, "0.5"),
        maintenance=({"start": "2025-06-15T10:00:00Z", "end": "2025-06-15T14:00:00Z"},),
        **DAY,
    ),
    case(
        "Every Saturday from two to six does not count",
        "7 d - 4 h = 164 h x 600 = 98,400; 1 % is 984; Saturday, 14 June: 2,400 failed in the four hours, 246 after them;"
        " remaining 0.75",
        tasks(),
        failed(run("2025-06-14T02:00Z", 0), run("2025-06-14T06:00Z", 10), run("2025-06-14T10:06Z", 1)),
        expected=figures(246, 98_400, "0.75"),
        maintenance=({"schedule": "0 2 * * 6", "duration": "4h"},),
    ),
    case(
        "Every night at four in Berlin moves by an hour when clocks do",
        "to 2 April 2025, 12:00 UTC: at 03:00 UTC on 27, 28 and 29 March, at 02:00 UTC on the four days after: 7 h;"
        " 168 - 7 = 161 h x 600 = 96,600; 1 % is 966; 600 failed in each of those hours, 483 otherwise; remaining 1/2",
        tasks(since="2025-03-25T00:00Z"),
        failed(
            *[
                step
                for day, hour in (("03-27", 3), ("03-28", 3), ("03-29", 3), ("03-30", 2), ("03-31", 2), ("04-01", 2))
                for step in (run(f"2025-{day}T0{hour}:00Z", 0), run(f"2025-{day}T0{hour + 1}:00Z", 10))
            ],
            run("2025-04-01T06:00Z", 0),
            run("2025-04-01T08:41Z", 3),
            run("2025-04-02T02:00Z", 0),
            run("2025-04-02T03:00Z", 10),
            since="2025-03-25T00:00Z",
        ),
        expected=figures(483, 96_600, "0.5"),
        at="2025-04-02T12:00:00Z",
        maintenance=({"schedule": "0 4 * * *", "duration": "1h", "timeZone": "Europe/Berlin"},),
    ),
    case(
        "A calendar's day without its maintenance",
        "Monday, 16 June, noon: 12 h - 3 h = 9 h x 600 = 5,400; 1 % is 54; 1,800 failed in the three hours, 27 later; 1/2",
        tasks(since="-2d"),
        failed(run("2025-06-16T01:00Z", 0), run("2025-06-16T04:00Z", 10), run("2025-06-16T04:27Z", 1), since="-2d"),
        expected=figures(27, 5_400, "0.5"),
        maintenance=({"schedule": "0 1 * * 1-5", "duration": "3h"},),
        rolling=None,
        calendar=("Day", "UTC"),
        alerting=ONE_TIER,
    ),
    case(
        "Slices of maintenance count neither way",
        "1,440 - 120 = 1,320 slices; 5 % is 66; 120 bad in the two hours, 33 otherwise; remaining 1/2",
        tasks(since="-2d"),
        failed(run("-14h", 0), run("-12h", 10), run("-11h27m", 5), since="-2d"),
        expected=figures(33, 1_320, "0.5"),
        maintenance=({"start": "2025-06-15T22:00:00Z", "end": "2025-06-16T00:00:00Z"},),
        **{**DAY, "target": "95"},
        budgeting="Timeslices",
        slices={"length": "1m", "target": "90"},
        minEvents=10,
    ),
)
