"""Hours of the week in which there was nothing to do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from autonomic.cost.idle import question, rests
from autonomic.domain.errors import Invalid
from autonomic.domain.idling import Rest
from autonomic.domain.readings import Matrix, Series, Unknown

NOW = datetime(2026, 11, 23, 10, 20, tzinfo=UTC)  # a Monday
UTC_ZONE = ZoneInfo("UTC")


def hourly(busy: Callable[[datetime], bool], weeks: int = 4, lost: int = 0) -> Matrix:
    """Ten requests in each hour that is busy, by when it began; the first hours may be lost."""
    asked = question("requests_total", weeks, NOW)
    ends = [asked.start + n * timedelta(hours=1) for n in range(weeks * 168)][lost:]
    counts = [10.0 * busy(each - timedelta(hours=1)) for each in ends]
    times = np.array([int(each.timestamp() * 1000) for each in ends], np.int64)
    return Matrix((Series({}, times, np.array(counts)),))


def office(at: datetime) -> bool:
    """Monday to Friday from 6 to 20."""
    return at.weekday() < 5 and 6 <= at.hour < 20


def shown(found: tuple[Rest, ...] | Unknown) -> list[str]:
    assert not isinstance(found, Unknown), found
    return [str(each) for each in found]


def test_nights_and_weekends_are_found_the_longest_first() -> None:
    found = rests(hourly(office), 4, UTC_ZONE, 4)
    nights = [
        f"{day} 20:00 to {then} 06:00" for day, then in (("Mon", "Tue"), ("Tue", "Wed"), ("Wed", "Thu"), ("Thu", "Fri"))
    ]
    assert shown(found) == ["Fri 20:00 to Mon 06:00", *nights]


def test_one_busy_hour_in_one_week_is_no_rest() -> None:
    once = datetime(2026, 11, 14, 12, tzinfo=UTC)
    found = rests(hourly(lambda at: office(at) or at == once), 4, UTC_ZONE, 24)
    assert shown(found) == ["Sat 13:00 to Mon 06:00"]


def test_hours_are_those_of_the_place() -> None:
    found = rests(hourly(office), 4, ZoneInfo("Asia/Kolkata"), 24)
    assert shown(found) == ["Sat 02:00 to Mon 11:00"]  # the half hours at both ends are not idle as a whole


def test_no_data_is_not_no_work() -> None:
    for wrong in (hourly(office, lost=200), Matrix(()), Matrix(hourly(office).series, ("partial",))):
        assert isinstance(rests(wrong, 4, UTC_ZONE, 4), Unknown)
    (series,) = hourly(office).series
    series.values[5] = float("nan")
    assert isinstance(rests(Matrix((series,)), 4, UTC_ZONE, 4), Unknown)


def test_what_never_works_rests_always_and_what_always_works_never() -> None:
    assert shown(rests(hourly(lambda _: False), 4, UTC_ZONE, 4)) == ["always"]
    assert shown(rests(hourly(lambda _: True), 4, UTC_ZONE, 4)) == []


def test_a_selector_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid, match="requests: 'sum\\(a\\)' is not a plain selector"):
        question("sum(a)", 4, NOW)
