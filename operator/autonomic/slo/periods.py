"""Where a budget's period begins and ends.

A period of the calendar begins at the first instant of its first local day: midnight, or what follows where a clock skips it.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from autonomic.domain.units import span
from autonomic.domain.windows import Window
from autonomic.slo.localtime import first_instant

_DAY = timedelta(days=1)


def period_start(window: Window, at: datetime) -> datetime:
    """When the period that contains `at` (aware) began, in UTC; of a rolling window, its length before `at`."""
    if window.calendar:
        return _bounds(window.calendar.unit, window.calendar.time_zone, at)[0]
    assert window.rolling is not None  # noqa: S101 - one of the two
    return at.astimezone(UTC) - span(window.rolling)


def period_end(window: Window, at: datetime) -> datetime:
    """When the next period begins, in UTC, later than `at` (aware); a rolling window ends at `at` itself."""
    if window.calendar:
        return _bounds(window.calendar.unit, window.calendar.time_zone, at)[1]
    return at.astimezone(UTC)


@lru_cache(maxsize=4096)
def _bounds(unit: str, zone: str, at: datetime) -> tuple[datetime, datetime]:
    """The period around `at`: many objectives ask for the same minute."""
    first, following = _FIRST_DAYS[unit], _NEXT[unit]
    day = first(at.astimezone(ZoneInfo(zone)).date())
    start, end = _begins(day, zone), _begins(following(day), zone)
    # A clock set back over midnight shows the old day again, and a day without length ends where it begins:
    # a period that began has begun.
    while end <= at:
        day = following(day)
        start, end = end, _begins(following(day), zone)
    return start, end


@lru_cache(maxsize=4096)
def _begins(day: date, zone: str) -> datetime:
    return first_instant(datetime.combine(day, time()), ZoneInfo(zone))


def _day(day: date) -> date:
    return day


def _week(day: date) -> date:
    return day - day.weekday() * _DAY


def _month(day: date) -> date:
    return day.replace(day=1)


def _quarter(day: date) -> date:
    return day.replace(month=day.month - (day.month - 1) % 3, day=1)


def _year(day: date) -> date:
    return day.replace(month=1, day=1)


_FIRST_DAYS: dict[str, Callable[[date], date]] = {
    "Day": _day,
    "Week": _week,
    "Month": _month,
    "Quarter": _quarter,
    "Year": _year,
}

_NEXT: dict[str, Callable[[date], date]] = {
    "Day": lambda first: first + _DAY,
    "Week": lambda first: first + 7 * _DAY,
    "Month": lambda first: _month(first + 31 * _DAY),
    "Quarter": lambda first: _quarter(first + 92 * _DAY),
    "Year": lambda first: _year(first + 366 * _DAY),
}
"""The first day of the next unit, from the first day of one: the longest unit's length falls into the next."""
