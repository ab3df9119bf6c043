"""Which minutes do not count, found by asking each minute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.durations import seconds

_MINUTE = 60
_SUNDAY_TOO = 7


@dataclass(frozen=True)
class Stretch:
    """One stretch of time, in unix seconds."""

    start: int
    end: int

    def covers(self, minute: int) -> bool:
        """Whether the minute that ends then lies in it."""
        return self.start <= minute - _MINUTE and minute <= self.end


@dataclass(frozen=True)
class Schedule:
    """A stretch of `length` seconds that begins whenever the five cron fields match the local time."""

    fields: tuple[str, ...]
    zone: str
    length: int

    def covers(self, minute: int) -> bool:
        """Whether it began at most its length before the minute that ends then."""
        begins = range(minute - self.length, minute, _MINUTE)
        return any(_begins(self.fields, self.zone, start) for start in begins)


@cache
def _begins(fields: tuple[str, ...], zone: str, at: int) -> bool:
    local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone))
    minute, hour, day, month, weekday = fields
    # Cron: where both days are given, one of them is enough.
    days = [_matches(day, local.day), _weekday(weekday, local)]
    right_day = any(days) if "*" not in (day, weekday) else all(days)
    return _matches(minute, local.minute) and _matches(hour, local.hour) and _matches(month, local.month) and right_day


def _weekday(field: str, local: datetime) -> bool:
    number = local.isoweekday() % _SUNDAY_TOO
    return _matches(field, number) or (number == 0 and _matches(field, _SUNDAY_TOO))


def _matches(field: str, number: int) -> bool:
    return any(_one(part, number) for part in field.split(","))


def _one(part: str, number: int) -> bool:
    span, _, step = part.partition("/")
    first, _, last = span.partition("-")
    low = 0 if first == "*" else int(first)
    high = 99 if first == "*" or (step and not last) else int(last or first)
    return low <= number <= high and (number - low) % int(step or 1) == 0


def read(entries: Sequence[Mapping[str, Any]]) -> tuple[Stretch | Schedule, ...]:
    """The maintenance of a contract, as it is written there."""
    return tuple(_entry(each) for each in entries)


def _entry(each: Mapping[str, Any]) -> Stretch | Schedule:
    if "schedule" in each:
        return Schedule(tuple(each["schedule"].split()), each.get("timeZone", "UTC"), seconds(each["duration"]))
    start, end = (int(datetime.fromisoformat(each[name]).timestamp()) for name in ("start", "end"))
    return Stretch(start, end)
