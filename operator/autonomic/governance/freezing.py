"""Whether a RedLine's freeze holds now, and when it ends."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from autonomic.domain.freezes import WEEKDAYS, Freeze
from autonomic.domain.redlines import RedLineSpec
from autonomic.domain.units import span

FOREVER = datetime.max.replace(tzinfo=UTC)
_DAY = timedelta(days=1)
_STRETCHES = 64
"""How many stretches that follow on one another are joined before the freeze counts as endless."""


def frozen_until(spec: RedLineSpec, now: datetime) -> datetime | None:
    """When nothing of the RedLine's is frozen any more, in UTC; None when nothing is now, `FOREVER` when that never ends.

    A stretch that begins before the last one ends goes on from it.
    """
    until = now
    for _ in range(_STRETCHES):
        end = max(_ends(spec, until), default=None)
        if end is None:
            return until if until > now else None
        until = end
    return FOREVER


def _ends(spec: RedLineSpec, at: datetime) -> Iterable[datetime]:
    for freeze in spec.freeze:
        end = _end_of(freeze, at)
        if end:
            yield end
    if WEEKDAYS[at.astimezone(UTC).weekday()] in spec.freeze_days:
        yield at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _DAY


def _end_of(freeze: Freeze, at: datetime) -> datetime | None:
    """The latest end of what has begun by then and has not ended; a fixed hour that clocks skip begins after the gap."""
    length = span(freeze.duration)
    earliest = (at - length - _DAY).astimezone(ZoneInfo(freeze.time_zone))
    latest: datetime | None = None
    for begin in CronSim(freeze.schedule, earliest):
        if begin.astimezone(UTC) > at:
            break
        latest = begin.astimezone(UTC) + length
    return latest if latest and latest > at else None
