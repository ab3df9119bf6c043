"""Periods of the calendar: days that are longer or shorter than others, and what is longer than a day."""

from datetime import datetime, timedelta
from typing import Any

from tests.golden.case import Case, case, failed, figures, run, tasks, tiers


def minutes(name: str, words: str, where: tuple[str, str], span: tuple[str, str], counts: tuple[int, int, str]) -> Case:
    """A sample with ten tasks every minute."""
    return _period(name, words, where, span, counts, 60, 10)


def fives(name: str, words: str, where: tuple[str, str], span: tuple[str, str], counts: tuple[int, int, str]) -> Case:
    """A sample with fifty tasks every five minutes."""
    return _period(name, words, where, span, counts, 300, 50)


def hours(name: str, words: str, where: tuple[str, str], span: tuple[str, str], counts: tuple[int, int, str]) -> Case:
    """A sample with ten tasks every hour."""
    return _period(name, words, where, span, counts, 3600, 10, lookback="3h")


def _period(
    name: str,
    words: str,
    where: tuple[str, str],
    span: tuple[str, str],
    counts: tuple[int, int, str],
    every: int,
    add: int,
    **more: Any,
) -> Case:
    """`span` is when the period begins and when it is judged; `counts` are samples in it, failures, and what remains.

    The failures lie in the period's first sample; the one before it, which is another period's, holds 500 more.
    """
    first = datetime.fromisoformat(span[0])
    since, before, after = ((first + timedelta(seconds=moved)).isoformat() for moved in (-3 * 86_400, -every, every))
    samples, bad, left = counts
    return case(
        name,
        words,
        tasks(add, since=since, every=every),
        failed(run(before, 0, every), run(span[0], 500, every), run(after, bad, every), since=since, every=every),
        expected=figures(bad, samples * add, left),
        at=span[1],
        rolling=None,
        calendar=where,
        target="90",
        minEvents=1,
        alerting=tiers(("1h", "5m", "5", "Breach")),
        **more,
    )


DAYS = (
    minutes(
        "A day of UTC at noon",
        "00:00 to 12:00 is 720 min x 10 = 7,200; 10 % is 720; failed 180; remaining 0.75",
        ("Day", "UTC"),
        ("2025-06-16T00:00Z", "2025-06-16T12:00Z"),
        (720, 180, "0.75"),
    ),
    minutes(
        "A day that clocks make an hour shorter, at its last minute",
        "Berlin, 30 March 2025: 23 h; to 23:59 it is 22 h 59 min = 1,379 min x 10 = 13,790; 10 % is 1,379 = 7 x 197;"
        " failed 197; remaining 6/7",
        ("Day", "Europe/Berlin"),
        ("2025-03-29T23:00Z", "2025-03-30T21:59Z"),
        (1379, 197, "6/7"),
    ),
    minutes(
        "A day that clocks make an hour longer, at its last minute",
        "Berlin, 26 October 2025: 25 h; to 23:59 it is 24 h 59 min = 1,499 min x 10 = 14,990; 10 % is 1,499; failed"
        " 499; remaining 1 - 499/1,499 = 1,000/1,499",
        ("Day", "Europe/Berlin"),
        ("2025-10-25T22:00Z", "2025-10-26T22:59Z"),
        (1499, 499, "1000/1499"),
    ),
    minutes(
        "The second two o'clock of a long day",
        "Berlin, 26 October 2025, 02:30 for the second time (UTC+1): 00:00 (UTC+2) was 3 h 30 min = 210 min ago; 2,100;"
        " 10 % is 210; failed 42; remaining 0.8",
        ("Day", "Europe/Berlin"),
        ("2025-10-25T22:00Z", "2025-10-26T01:30Z"),
        (210, 42, "0.8"),
    ),
    minutes(
        "A day in New York when summer time begins",
        "9 March 2025: 05:00 UTC to 18:00 UTC (14:00 there) is 13 h = 780 min, not 14; 7,800; failed 195; remaining 0.75",
        ("Day", "America/New_York"),
        ("2025-03-09T05:00Z", "2025-03-09T18:00Z"),
        (780, 195, "0.75"),
    ),
    minutes(
        "A leap day",
        "29 February 2024, 18:00 UTC: 1,080 min x 10 = 10,800; failed 270 of 1,080; remaining 0.75",
        ("Day", "UTC"),
        ("2024-02-29T00:00Z", "2024-02-29T18:00Z"),
        (1080, 270, "0.75"),
    ),
    minutes(
        "A zone at half an hour",
        "Kolkata is UTC+5:30: 16 June begins at 18:30 UTC; at noon there, 06:30 UTC, 720 min; failed 180 of 720; 0.75",
        ("Day", "Asia/Kolkata"),
        ("2025-06-15T18:30Z", "2025-06-16T06:30Z"),
        (720, 180, "0.75"),
    ),
    minutes(
        "A zone at three quarters of an hour",
        "Kathmandu is UTC+5:45: 16 June begins at 18:15 UTC; at noon there, 06:15 UTC, 720 min; failed 360: 1/2",
        ("Day", "Asia/Kathmandu"),
        ("2025-06-15T18:15Z", "2025-06-16T06:15Z"),
        (720, 360, "0.5"),
    ),
    minutes(
        "A day that clocks make half an hour shorter",
        "Lord Howe, 5 October 2025: UTC+10:30 to UTC+11, 23 h 30 min; to 23:59 it is 1,409 min; 14,090; 10 % is 1,409;"
        " failed 409; remaining 1 - 409/1,409 = 1,000/1,409",
        ("Day", "Australia/Lord_Howe"),
        ("2025-10-04T13:30Z", "2025-10-05T12:59Z"),
        (1409, 409, "1000/1409"),
    ),
    minutes(
        "A day without midnight, in Santiago",
        "7 September 2025 begins at 01:00 (UTC-3) = 04:00 UTC; at noon, 15:00 UTC, 11 h = 660 min; failed 165 of 660; 0.75",
        ("Day", "America/Santiago"),
        ("2025-09-07T04:00Z", "2025-09-07T15:00Z"),
        (660, 165, "0.75"),
    ),
    minutes(
        "A day without midnight, in Cairo",
        "25 April 2025 begins at 01:00 (UTC+3) = 22:00 UTC; at noon, 09:00 UTC, 11 h = 660 min; failed 330 of 660: 1/2",
        ("Day", "Africa/Cairo"),
        ("2025-04-24T22:00Z", "2025-04-25T09:00Z"),
        (660, 330, "0.5"),
    ),
    minutes(
        "A day with two midnights ahead, in Beirut",
        "25 October 2025: at midnight clocks go back to 23:00 of the same day; at 23:30 for the second time (UTC+2),"
        " 21:30 UTC, 24 h 30 min = 1,470 min have passed since 21:00 UTC; failed 294 of 1,470; remaining 0.8",
        ("Day", "Asia/Beirut"),
        ("2025-10-24T21:00Z", "2025-10-25T21:30Z"),
        (1470, 294, "0.8"),
    ),
    minutes(
        "The day after the day that never was",
        "Apia left out 30 December 2011: the 31st begins at 10:00 UTC of the 30th; at 20:00 there (UTC+14), 06:00 UTC,"
        " 20 h = 1,200 min; failed 300 of 1,200; remaining 0.75",
        ("Day", "Pacific/Apia"),
        ("2011-12-30T10:00Z", "2011-12-31T06:00Z"),
        (1200, 300, "0.75"),
    ),
)

LONGER = (
    fives(
        "A week that clocks make an hour shorter, at its last samples",
        "Berlin, 24 to 30 March 2025: 167 h x 12 - 1 = 2,003 samples x 50 = 100,150; 10 % is 10,015; failed 2,003; 0.8",
        ("Week", "Europe/Berlin"),
        ("2025-03-23T23:00Z", "2025-03-30T21:59Z"),
        (2003, 2003, "0.8"),
    ),
    fives(
        "A week across the new year begins on its Monday",
        "Thursday, 1 January 2026 is in the week of Monday, 29 December: 3 d 12 h = 84 h x 12 = 1,008 samples; failed"
        " 1,008 of 5,040; remaining 0.8",
        ("Week", "UTC"),
        ("2025-12-29T00:00Z", "2026-01-01T12:00Z"),
        (1008, 1008, "0.8"),
    ),
    fives(
        "March in Berlin has 743 hours",
        "743 x 12 - 1 = 8,915 samples x 50 = 445,750; 10 % is 44,575; failed 8,915; remaining 0.8",
        ("Month", "Europe/Berlin"),
        ("2025-02-28T23:00Z", "2025-03-31T21:59Z"),
        (8915, 8915, "0.8"),
    ),
    fives(
        "October in Berlin has 745 hours",
        "745 x 12 - 1 = 8,939 samples x 50 = 446,950; 10 % is 44,695; failed 8,939; remaining 0.8",
        ("Month", "Europe/Berlin"),
        ("2025-09-30T22:00Z", "2025-10-31T22:59Z"),
        (8939, 8939, "0.8"),
    ),
    fives(
        "February of a leap year has 29 days",
        "29 x 288 - 1 = 8,351 samples x 50 = 417,550; 10 % is 41,755; failed 8,351; remaining 0.8",
        ("Month", "UTC"),
        ("2024-02-01T00:00Z", "2024-02-29T23:55Z"),
        (8351, 8351, "0.8"),
    ),
    fives(
        "February of another year has 28",
        "28 x 288 - 1 = 8,063 samples x 50 = 403,150; 10 % is 40,315; failed 8,063; remaining 0.8",
        ("Month", "UTC"),
        ("2025-02-01T00:00Z", "2025-02-28T23:55Z"),
        (8063, 8063, "0.8"),
    ),
    hours(
        "A month that lost a day",
        "Apia, December 2011 without the 30th, judged at 23:00 of the 31st: 30 d x 24 - 1 = 719 samples; 7,190; 10 % is"
        " 719; failed 219; remaining 1 - 219/719 = 500/719",
        ("Month", "Pacific/Apia"),
        ("2011-12-01T10:00Z", "2011-12-31T09:00Z"),
        (719, 219, "500/719"),
    ),
    hours(
        "A quarter with a leap day and the beginning of summer time",
        "New York, January to March 2024: 91 d x 24 - 1 = 2,183 h, judged at 23:00 of its last day: 2,182 samples;"
        " 21,820; 10 % is 2,182; failed 1,091; remaining 1/2",
        ("Quarter", "America/New_York"),
        ("2024-01-01T05:00Z", "2024-04-01T03:00Z"),
        (2182, 1091, "0.5"),
    ),
    hours(
        "A leap year",
        "2024: 366 d x 24 - 1 = 8,783 samples; 87,830; 10 % is 8,783; failed 783; remaining 1 - 783/8,783 = 8,000/8,783",
        ("Year", "UTC"),
        ("2024-01-01T00:00Z", "2024-12-31T23:00Z"),
        (8783, 783, "8000/8783"),
    ),
    hours(
        "A year in a zone with summer time has all its hours",
        "Berlin, 2023, judged at 23:00 of 31 December: 365 d x 24 - 1 = 8,759 samples; 10 % is 8,759; failed 759;"
        " remaining 1 - 759/8,759 = 8,000/8,759",
        ("Year", "Europe/Berlin"),
        ("2022-12-31T23:00Z", "2023-12-31T22:00Z"),
        (8759, 759, "8000/8759"),
    ),
)

CASES = DAYS + LONGER
