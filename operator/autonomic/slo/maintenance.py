"""The stretches of time that do not count.

A schedule is read as cron reads it where clocks jump: a fixed hour that is skipped begins when the gap ends, one that comes
twice begins once; `*` for the hour follows the clock, so it begins in both of the doubled hours and not in the skipped one.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim

from autonomic.domain.units import milliseconds
from autonomic.domain.windows import Maintenance
from autonomic.slo.localtime import both_instants, first_instant

_MINUTE = 60_000
_BLOCK = 32 * 1440
"""Minutes of the blocks in which occurrences are sought and remembered."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MARGIN = timedelta(days=2)
"""More than a wall clock ever differs from UTC, and than it ever jumps."""

Stretch = tuple[datetime, datetime]
_Minutes = tuple[int, int]


def stretches(maintenance: tuple[Maintenance, ...], start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """What of [start, end) does not count: disjoint stretches in UTC, oldest first, grown outwards to whole minutes."""
    wanted = _outwards(_since(start), _since(end))
    found = _merged(each for item in maintenance for each in _of(item, wanted))
    clipped = ((max(start, _instant(first)), min(end, _instant(last))) for first, last in found)
    return tuple((first.astimezone(UTC), last.astimezone(UTC)) for first, last in clipped if first < last)


def _of(item: Maintenance, wanted: _Minutes) -> Iterator[_Minutes]:
    if item.start and item.end:
        yield _outwards(_since(item.start), _since(item.end))
    elif item.schedule and item.duration:
        length = milliseconds(item.duration)
        first = wanted[0] - length // _MINUTE - 1
        for block in range(first // _BLOCK, wanted[1] // _BLOCK + 1):
            yield from _scheduled(item.schedule, item.time_zone, length, block)


@lru_cache(maxsize=4096)
def _scheduled(schedule: str, zone: str, length: int, block: int) -> tuple[_Minutes, ...]:
    """What begins within the block, merged. `length` in milliseconds."""
    begins, ends = _instant(block * _BLOCK), _instant((block + 1) * _BLOCK)
    instants = (_since(at) for at in _instants(schedule, ZoneInfo(zone), begins, ends) if begins <= at < ends)
    return _merged(_outwards(at, at + length) for at in instants)


def _instants(schedule: str, zone: ZoneInfo, begins: datetime, ends: datetime) -> Iterator[datetime]:
    """Occurrences in [begins, ends), in UTC, and some around."""
    follows_the_clock = schedule.split()[1].startswith("*")
    last = ends.replace(tzinfo=None) + _MARGIN
    for wall in CronSim(schedule, begins.replace(tzinfo=None) - _MARGIN):
        if wall > last:
            return
        yield from both_instants(wall, zone) if follows_the_clock else (first_instant(wall, zone),)


def _merged(pieces: Iterable[_Minutes]) -> tuple[_Minutes, ...]:
    merged: list[_Minutes] = []
    for first, last in sorted(pieces):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def _outwards(first: int, last: int) -> _Minutes:
    """Milliseconds to the whole minutes around them."""
    return first // _MINUTE, -(-last // _MINUTE)


def _since(at: datetime) -> int:
    """Milliseconds since the epoch."""
    return (at - _EPOCH) // _MILLISECOND


def _instant(minute: int) -> datetime:
    return _EPOCH + timedelta(minutes=minute)
