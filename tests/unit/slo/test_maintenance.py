"""Maintenance: the time that does not count."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from autonomic.domain.windows import Maintenance
from autonomic.slo.maintenance import stretches

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def recurring(schedule: str, duration: str, zone: str = "UTC") -> Maintenance:
    return Maintenance(schedule=schedule, duration=duration, time_zone=zone)


def single(start: str, end: str) -> Maintenance:
    return Maintenance(start=utc(start), end=utc(end))


def of_a_day(day: str, *maintenance: Maintenance) -> list[str]:
    """The stretches of a UTC day, as `01:00-02:00`."""
    found = stretches(maintenance, utc(day), utc(day) + DAY)
    return [f"{first:%H:%M}-{last:%H:%M}" for first, last in found]


def test_a_schedule_gives_a_stretch_each_time_it_comes_back() -> None:
    found = stretches((recurring("0 2 * * 6", "2h"),), utc("2025-06-01"), utc("2025-06-29"))
    # Saturdays of June 2025: 7, 14, 21, 28.
    assert found == tuple(
        (utc(f"2025-06-{day}T02:00"), utc(f"2025-06-{day}T04:00")) for day in ("07", "14", "21", "28")
    )


def test_a_single_stretch_is_clipped_to_what_is_asked() -> None:
    item = single("2025-06-01T22:00", "2025-06-03T02:00")
    assert of_a_day("2025-06-02", item) == ["00:00-00:00"]
    assert of_a_day("2025-06-03", item) == ["00:00-02:00"]
    assert of_a_day("2025-06-04", item) == []


def test_a_stretch_that_began_before_still_counts() -> None:
    assert of_a_day("2025-06-07", recurring("0 0 1 * *", "6d12h")) == ["00:00-12:00"]


def test_a_stretch_reaches_into_the_next_day_on_every_day_of_a_quarter() -> None:
    item = recurring("0 12 * * *", "20h")
    days = [(utc("2025-06-01") + number * DAY).date().isoformat() for number in range(90)]
    assert {tuple(of_a_day(day, item)) for day in days} == {("00:00-08:00", "12:00-00:00")}


def test_stretches_that_overlap_or_touch_are_one() -> None:
    items = (
        recurring("0 2 * * *", "1h"),
        recurring("30 2 * * *", "1h"),
        single("2025-06-02T03:30", "2025-06-02T04:00"),
    )
    assert of_a_day("2025-06-02", *items) == ["02:00-04:00"]


def test_a_stretch_grows_to_the_whole_minutes_around_it() -> None:
    assert of_a_day("2025-06-02", single("2025-06-02T02:00:59", "2025-06-02T02:01:01")) == ["02:00-02:02"]
    assert of_a_day("2025-06-02", recurring("0 2 * * *", "500ms")) == ["02:00-02:01"]


def test_no_maintenance_and_an_empty_time_give_nothing() -> None:
    assert stretches((), utc("2025-06-01"), utc("2025-06-02")) == ()
    assert stretches((recurring("0 * * * *", "1h"),), utc("2025-06-01"), utc("2025-06-01")) == ()


@pytest.mark.parametrize(
    ("day", "schedule", "zone", "expected"),
    [
        # 02:00 to 03:00 is skipped at 01:00 UTC: 02:30 begins when the gap ends.
        ("2025-03-30", "30 2 * * *", "Europe/Berlin", ["01:00-01:10"]),
        ("2025-03-29", "30 2 * * *", "Europe/Berlin", ["01:30-01:40"]),
        ("2025-03-31", "30 2 * * *", "Europe/Berlin", ["00:30-00:40"]),
        # 02:00 to 03:00 comes at 00:00 and at 01:00 UTC: 02:30 begins once, with the first.
        ("2025-10-26", "30 2 * * *", "Europe/Berlin", ["00:30-00:40"]),
        # Half an hour from 02:00 is skipped at 15:30 UTC; half an hour from 01:30 comes at 14:30 and at 15:00.
        ("2025-10-04", "15 2 * * *", "Australia/Lord_Howe", ["15:30-15:40"]),
        ("2025-04-05", "45 1 * * *", "Australia/Lord_Howe", ["14:45-14:55"]),
        ("2025-04-05", "0 2 * * *", "Australia/Lord_Howe", ["15:30-15:40"]),
    ],
)
def test_a_fixed_hour_begins_once_however_the_clock_jumps(
    day: str, schedule: str, zone: str, expected: list[str]
) -> None:
    assert of_a_day(day, recurring(schedule, "10m", zone)) == expected


@pytest.mark.parametrize("day", ["2025-03-30", "2025-10-26"])
def test_every_hour_follows_the_clock_through_both_jumps(day: str) -> None:
    found = of_a_day(day, recurring("30 * * * *", "10m", "Europe/Berlin"))
    assert found == [f"{hour:02}:30-{hour:02}:40" for hour in range(24)]


def test_every_hour_begins_in_no_gap() -> None:
    # On Lord Howe 02:00 is skipped at 15:30 UTC on 2025-10-04, so there is none between 01:00 and 03:00.
    found = of_a_day("2025-10-04", recurring("0 * * * *", "10m", "Australia/Lord_Howe"))
    assert found[14:17] == ["14:30-14:40", "16:00-16:10", "17:00-17:10"]
    assert len(found) == 23


@given(
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    weekday=st.integers(0, 6),
    length=st.integers(1, 10_000),
    begins=st.integers(0, 60 * 1440),
    lasts=st.integers(1, 3 * 1440),
)
def test_a_minute_counts_unless_an_occurrence_reaches_it(
    minute: int, hour: int, weekday: int, length: int, begins: int, lasts: int
) -> None:
    start = utc("2024-12-01") + begins * MINUTE
    item = recurring(f"{minute} {hour} * * {weekday}", f"{length}m")
    found = stretches((item,), start, start + lasts * MINUTE)
    covered = {at for at in range(lasts) if any(first <= start + at * MINUTE < last for first, last in found)}
    # Brute force: every minute of the weeks before is looked at, by what cron's fields say (0 is Sunday).
    starts = [
        offset
        for offset in range(-length + 1, lasts)
        if (at := start + offset * MINUTE).minute == minute and at.hour == hour and at.isoweekday() % 7 == weekday
    ]
    assert covered == {at for at in range(lasts) if any(first <= at < first + length for first in starts)}


@given(st.integers(1, 60 * 1440), st.integers(1, 60 * 1440))
def test_splitting_the_time_adds_up(first: int, second: int) -> None:
    items = (recurring("15 */3 * * *", "100m", "America/Santiago"), recurring("0 1 * * 0", "20h", "Europe/Berlin"))
    start = utc("2025-03-01")
    middle, end = start + first * MINUTE, start + (first + second) * MINUTE
    lengths = [sum((last - first for first, last in stretches(items, *span)), timedelta()) for span in
               ((start, middle), (middle, end), (start, end))]  # fmt: skip
    assert lengths[0] + lengths[1] == lengths[2]


def test_the_busiest_schedule_over_a_year_becomes_one_stretch() -> None:
    start, end = utc("2024-01-01"), utc("2025-01-01")
    assert stretches((recurring("0 * * * *", "7d"),), start, end) == ((start, end),)


@pytest.mark.parametrize("schedule", ["* * * * *", "*/30 * * * *", "0,30 0-12 * * *"])
def test_a_schedule_that_comes_back_all_day_is_refused_with_the_way_out(schedule: str) -> None:
    with pytest.raises(ValidationError, match="comes back more than 24 times a day: let it begin less often"):
        recurring(schedule, "1m")


def test_a_schedule_with_seconds_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"write five cron fields.*seconds are not for maintenance"):
        recurring("30 0 2 * * 6", "1m")
