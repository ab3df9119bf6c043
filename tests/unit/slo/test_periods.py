"""Periods of budgets: where they begin and end, in every place and season."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.windows import CalendarWindow, Window
from autonomic.slo.periods import period_end, period_start

Unit = Literal["Day", "Week", "Month", "Quarter", "Year"]

HOUR = timedelta(hours=1)
ODD_ZONES = [
    "Africa/Cairo",
    "America/Asuncion",
    "America/Havana",
    "America/Santiago",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Chatham",
]
ZONES = st.sampled_from(ODD_ZONES) | st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
UNITS = st.sampled_from(["Day", "Week", "Month", "Quarter", "Year"])
INSTANTS = st.datetimes(datetime(1975, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def calendar(unit: Unit, zone: str = "UTC") -> Window:
    return Window(calendar=CalendarWindow(unit=unit, time_zone=zone))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@given(UNITS, ZONES, INSTANTS)
def test_a_period_contains_its_instant_and_meets_the_next_without_a_gap(unit: Unit, zone: str, at: datetime) -> None:
    window = calendar(unit, zone)
    start, end = period_start(window, at), period_end(window, at)
    assert start <= at < end
    assert period_start(window, start) == start
    assert period_end(window, start) == end
    assert period_start(window, end) == end
    assert period_end(window, end - timedelta(microseconds=1)) == end


@given(UNITS, ZONES, INSTANTS)
def test_a_period_begins_at_the_first_instant_of_its_first_day_there(unit: Unit, zone: str, at: datetime) -> None:
    start = period_start(calendar(unit, zone), at)
    here, before = (moment.astimezone(ZoneInfo(zone)).date() for moment in (start, start - timedelta(seconds=1)))
    number = NUMBERS[unit]
    assert number(before.isoformat()) < number(here.isoformat())


def week_of(day: str) -> str:
    year, week, _ = datetime.fromisoformat(day).isocalendar()
    return f"{year}-{week:02}"


def quarter_of(day: str) -> str:
    return f"{day[:4]}-{(int(day[5:7]) + 2) // 3}"


NUMBERS: dict[str, Callable[[str], str]] = {
    "Day": str,
    "Week": week_of,
    "Month": lambda day: day[:7],
    "Quarter": quarter_of,
    "Year": lambda day: day[:4],
}
"""What grows from one period to the next, out of an ISO date."""


@given(INSTANTS)
def test_a_rolling_window_begins_its_length_before_the_instant_and_ends_at_it(at: datetime) -> None:
    window = Window(rolling="28d")
    assert at - period_start(window, at) == 28 * 24 * HOUR
    assert period_end(window, at) == at


def test_instants_of_another_zone_give_utc() -> None:
    at = datetime(2025, 7, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    for window in (Window(rolling="1d"), calendar("Month")):
        assert period_start(window, at).tzinfo is UTC
        assert period_end(window, at).tzinfo is UTC
    assert period_start(calendar("Month"), at) == utc("2025-06-01T00:00")


@pytest.mark.parametrize(
    ("unit", "zone", "at", "start", "hours"),
    [
        # 31 x 24 - 1: the clock skips an hour on the 30th.
        ("Month", "Europe/Berlin", "2025-03-15T12:00", "2025-02-28T23:00", 743),
        # 31 x 24 + 1: an hour comes twice on the 26th.
        ("Month", "Europe/Berlin", "2025-10-31T22:59", "2025-09-30T22:00", 745),
        # 31 x 24: no change of the clock.
        ("Month", "Europe/Berlin", "2025-07-15T12:00", "2025-06-30T22:00", 744),
        # 29 x 24 in a leap year, 28 x 24 in others; 2100 is none.
        ("Month", "UTC", "2024-02-29T23:59", "2024-02-01T00:00", 696),
        ("Month", "UTC", "2025-02-28T23:59", "2025-02-01T00:00", 672),
        ("Month", "UTC", "2100-02-28T23:59", "2100-02-01T00:00", 672),
        # (31 + 28 + 31) x 24 - 1; (30 + 31 + 30) x 24; (31 + 31 + 30) x 24; (31 + 30 + 31) x 24 + 1.
        ("Quarter", "Europe/Berlin", "2025-03-31T21:59", "2024-12-31T23:00", 2159),
        ("Quarter", "Europe/Berlin", "2025-05-01T00:00", "2025-03-31T22:00", 2184),
        ("Quarter", "Europe/Berlin", "2025-08-01T00:00", "2025-06-30T22:00", 2208),
        ("Quarter", "Europe/Berlin", "2025-11-01T00:00", "2025-09-30T22:00", 2209),
        # (31 + 29 + 31) x 24 in a leap year.
        ("Quarter", "UTC", "2024-03-31T00:00", "2024-01-01T00:00", 2184),
        # 365 x 24: what spring takes, autumn gives; 366 x 24 in a leap year.
        ("Year", "Europe/Berlin", "2025-06-01T00:00", "2024-12-31T23:00", 8760),
        ("Year", "UTC", "2024-12-31T23:59", "2024-01-01T00:00", 8784),
        # 7 x 24 across the new year, from Monday; 7 x 24 - 1 and + 1 where the clock changes.
        ("Week", "UTC", "2025-01-01T00:00", "2024-12-30T00:00", 168),
        ("Week", "UTC", "2021-01-03T23:59", "2020-12-28T00:00", 168),
        ("Week", "Europe/Berlin", "2025-03-29T00:00", "2025-03-23T23:00", 167),
        ("Week", "Europe/Berlin", "2025-10-26T22:59", "2025-10-19T22:00", 169),
        # 24 - 1 and 24 + 1, and half of it on Lord Howe.
        ("Day", "Europe/Berlin", "2025-03-30T12:00", "2025-03-29T23:00", 23),
        ("Day", "Europe/Berlin", "2025-10-26T12:00", "2025-10-25T22:00", 25),
        ("Day", "Australia/Lord_Howe", "2025-10-05T00:00", "2025-10-04T13:30", 23.5),
        ("Day", "Australia/Lord_Howe", "2025-04-06T00:00", "2025-04-05T13:00", 24.5),
        # Days that begin at a half and at a quarter past of UTC's hours.
        ("Day", "Asia/Kolkata", "2025-01-01T18:29", "2024-12-31T18:30", 24),
        ("Day", "Asia/Kathmandu", "2025-01-01T18:14", "2024-12-31T18:15", 24),
        ("Day", "Pacific/Chatham", "2025-07-01T00:00", "2025-06-30T11:15", 24),
        # No midnight: the day begins at one o'clock, the same instant, and has 23 hours.
        ("Day", "America/Santiago", "2024-09-08T12:00", "2024-09-08T04:00", 23),
        ("Day", "Africa/Cairo", "2024-04-26T12:00", "2024-04-25T22:00", 23),
        ("Day", "Asia/Beirut", "2024-03-31T12:00", "2024-03-30T22:00", 23),
        ("Day", "America/Asuncion", "2024-10-06T12:00", "2024-10-06T04:00", 23),
        # A gap from 23:30 to 00:30 takes half an hour of the evening and half of the day after.
        ("Day", "America/Toronto", "1919-03-31T12:00", "1919-03-31T04:30", 23.5),
        ("Day", "America/Toronto", "1919-03-31T04:29", "1919-03-30T05:00", 23.5),
        # Midnight comes twice: the day begins with the first.
        ("Day", "America/Havana", "2024-11-03T04:30", "2024-11-03T04:00", 25),
        # Set back from 00:01 to 23:01 of the day before: the day that began has begun.
        ("Day", "America/St_Johns", "2010-11-07T02:45", "2010-11-07T02:30", 25),
        # The day after the 29th is the 31st: 2011-12-30 was never there, so its week has 6 days, its month 30.
        ("Day", "Pacific/Apia", "2011-12-30T09:59", "2011-12-29T10:00", 24),
        ("Day", "Pacific/Apia", "2011-12-30T10:00", "2011-12-30T10:00", 24),
        ("Week", "Pacific/Apia", "2011-12-30T10:00", "2011-12-26T10:00", 144),
        ("Month", "Pacific/Apia", "2011-12-30T10:00", "2011-12-01T10:00", 720),
    ],
)
def test_a_known_edge_has_its_known_hours(unit: Unit, zone: str, at: str, start: str, hours: float) -> None:
    window = calendar(unit, zone)
    assert period_start(window, utc(at)) == utc(start)
    assert (period_end(window, utc(at)) - utc(start)) / HOUR == hours
