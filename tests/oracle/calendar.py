"""When a period of the calendar began, found by walking back minute by minute until the local date says so."""

from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

_MINUTE = 60

_NAMED: dict[str, Callable[[datetime], Hashable]] = {
    "Day": lambda local: local.date(),
    "Week": lambda local: local.isocalendar()[:2],
    "Month": lambda local: (local.year, local.month),
    "Quarter": lambda local: (local.year, (local.month - 1) // 3),
    "Year": lambda local: local.year,
}
"""What names the day, week, month, quarter or year of a local time."""


@cache
def began(unit: str, zone: str, at: int) -> int:
    """The first minute (unix seconds) of the unit in which `at` (unix seconds, a whole minute) lies."""
    place, name = ZoneInfo(zone), _NAMED[unit]
    this = name(datetime.fromtimestamp(at, UTC).astimezone(place))
    start = at
    while name(datetime.fromtimestamp(start - _MINUTE, UTC).astimezone(place)) == this:
        start -= _MINUTE
    return start
