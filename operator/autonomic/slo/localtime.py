"""From a place's wall clock to instants, where clocks jump both ways."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The earliest instant, in UTC, at which the zone's clock shows `wall` (naive) or has jumped over it.

    A time that the clock shows twice gives the first of the two; one that it skips gives the end of the gap.
    """
    first, second = _readings(wall, zone)
    return first if first <= second else _end_of_gap(wall, zone, second, first)


def both_instants(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Every instant, in UTC, at which the zone's clock shows `wall` (naive): none in a gap, two in a doubled hour."""
    first, second = _readings(wall, zone)
    if first > second:
        return ()
    return (first,) if first == second else (first, second)


def _readings(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """By the offset before a jump and by the one after it: the first is the earlier, except in a gap (PEP 495)."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second


def _end_of_gap(wall: datetime, zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first whole second in (before, after] at which the clock shows `wall` or later."""
    skipped, reached = 0, (after - before) // _SECOND
    while reached - skipped > 1:
        middle = (skipped + reached) // 2
        shown = (before + middle * _SECOND).astimezone(zone).replace(tzinfo=None)
        skipped, reached = (skipped, middle) if shown >= wall else (middle, reached)
    return before + reached * _SECOND
