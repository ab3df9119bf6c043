"""The rest that a workload is in now: by its schedule, by the hours of the week that were measured, or by both."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from autonomic.cost.windows import Stretch
from autonomic.domain.idling import WEEK, Idle, Rest
from autonomic.domain.readings import Unknown
from autonomic.domain.units import span
from autonomic.domain.windows import Maintenance
from autonomic.slo.localtime import first_instant
from autonomic.slo.maintenance import stretches

Rests = tuple[Rest, ...] | Unknown
_A_WEEK = timedelta(days=7)
_AROUND = timedelta(days=8)
_HOUR = timedelta(hours=1)
_NOT_MEASURED = Unknown("NotAsked", "its requests were not looked at yet")


def resting(idle: Idle, rests: Rests | None, now: datetime) -> Stretch | Unknown | None:
    """The rest that `now` is in; None where it is awake. With both sources it rests where both say so."""
    zone = ZoneInfo(idle.time_zone)
    found = _scheduled(idle, zone, now) if idle.hours else None
    if idle.requests is None or (idle.hours and found is None):
        return found
    if rests is None or isinstance(rests, Unknown):
        return rests or _NOT_MEASURED
    measured = _measured(rests, zone, now)
    if found is None or measured is None:
        return measured
    return Stretch(max(found.began, measured.began), min(found.ended, measured.ended))


def _scheduled(idle: Idle, zone: ZoneInfo, now: datetime) -> Stretch | None:
    found: Stretch | None = None
    for each in sorted(_hours(idle, zone, now), key=lambda each: each.began):
        if found and each.began <= found.ended:
            found = Stretch(found.began, max(found.ended, each.ended))
        elif found and now < found.ended:
            break
        else:
            found = each
    if found is None or not found.began <= now < found.ended:
        return None
    # What goes on for longer is looked at a week at a time, so that it has the same name all through it.
    endless = found.ended - found.began > _A_WEEK
    return _week(zone, now) if endless else found


def _hours(idle: Idle, zone: ZoneInfo, now: datetime) -> Iterator[Stretch]:
    """They last by the clock on the wall, so that a night ends at the same hour though clocks jumped in it."""
    for each in idle.hours:
        minute = Maintenance(schedule=each.schedule, duration="1m", time_zone=idle.time_zone)
        for began, _ in stretches((minute,), now - _AROUND, now + _AROUND):
            wall = began.astimezone(zone).replace(tzinfo=None) + span(each.duration)
            yield Stretch(began, first_instant(wall, zone))


def _week(zone: ZoneInfo, now: datetime) -> Stretch:
    today = now.astimezone(zone).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time())
    return _between(monday, monday + timedelta(days=7), zone)


def _measured(rests: tuple[Rest, ...], zone: ZoneInfo, now: datetime) -> Stretch | None:
    local = now.astimezone(zone)
    hour = local.weekday() * 24 + local.hour
    for rest in rests:
        past = (hour - rest.begins) % WEEK
        if past < rest.hours:
            wall = local.replace(minute=0, second=0, microsecond=0, tzinfo=None) - past * _HOUR
            return _between(wall, wall + rest.hours * _HOUR, zone)
    return None


def _between(began: datetime, ended: datetime, zone: ZoneInfo) -> Stretch:
    """By the clock on the wall there."""
    return Stretch(first_instant(began, zone).astimezone(UTC), first_instant(ended, zone).astimezone(UTC))
