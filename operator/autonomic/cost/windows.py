"""When a budget's window began and ends, and how it is cut into stretches that questions can be asked about.

A window is open at its beginning and closed at its end, as a range of PromQL is: the very moment at which one ends is its own.
Stretches are cut at midnights of UTC. What was counted in one that is over does not change, so its answer can be kept; and
prices change at midnights of UTC, so each stretch has one price.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from autonomic.domain.spending import SpendLimit
from autonomic.domain.units import duration
from autonomic.domain.windows import CalendarWindow, Window
from autonomic.slo.periods import period_end, period_start

LENGTHS = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "1w": timedelta(days=7), "1mo": timedelta(days=30)}
"""Lengths of rolling windows."""

_UNITS: dict[str, Literal["Day", "Week", "Month"]] = {"1d": "Day", "1w": "Week", "1mo": "Month"}
_MOMENT = timedelta(milliseconds=1)
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time from `began` (not in it) to `ended` (in it)."""

    began: datetime
    ended: datetime

    @property
    def seconds(self) -> int:
        """How long it is."""
        return (self.ended - self.began) // timedelta(seconds=1)

    @property
    def range(self) -> str:
        """The same as PromQL writes it."""
        return duration(self.seconds * 1000)

    @property
    def day(self) -> date:
        """The day in UTC whose prices hold in it."""
        return (self.ended - _MOMENT).astimezone(UTC).date()


def window(limit: SpendLimit, at: datetime) -> Stretch:
    """The whole window that `at` (aware) is in; a rolling one ends at `at` itself. Times in UTC."""
    if limit.window == "Rolling":
        return Stretch(at.astimezone(UTC) - LENGTHS[limit.per], at.astimezone(UTC))
    inside = at - _MOMENT
    if limit.per == "1h":
        return _hour(inside, ZoneInfo(limit.time_zone))
    calendar = Window(calendar=CalendarWindow(unit=_UNITS[limit.per], time_zone=limit.time_zone))
    return Stretch(period_start(calendar, inside), period_end(calendar, inside))


def _hour(inside: datetime, zone: ZoneInfo) -> Stretch:
    """An hour of the clock there: some zones are half an hour apart from the others."""
    utc = inside.astimezone(UTC)
    shift = (inside.astimezone(zone).utcoffset() or timedelta()) % _HOUR
    began = utc - ((utc + shift) - (utc + shift).replace(minute=0, second=0, microsecond=0))
    return Stretch(began, began + _HOUR)


def stretches(whole: Stretch) -> tuple[Stretch, ...]:
    """The time cut at midnights of UTC, in order."""
    found, began = [], whole.began
    while began < whole.ended:
        midnight = datetime.combine(began.astimezone(UTC).date() + _DAY, time(), UTC)
        found.append(Stretch(began, min(midnight, whole.ended)))
        began = midnight
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Pace:
    """The windows that a rate is looked at in: a long one, a short one, and what came before the long one."""

    long: timedelta
    short: timedelta
    before: timedelta

    def at(self, at: datetime) -> tuple[Stretch, Stretch, Stretch]:
        """The long, the short and the earlier window, for a look at that time.

        The earlier one ends at a whole hour, so that what is asked about it is the same for an hour.
        """
        began = at - self.long
        ended = began.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return Stretch(began, at), Stretch(at - self.short, at), Stretch(ended - self.before, ended)


PACES = {
    "1h": Pace(timedelta(minutes=15), timedelta(minutes=5), timedelta(days=1)),
    "1d": Pace(timedelta(hours=1), timedelta(minutes=5), timedelta(days=1)),
    "1w": Pace(timedelta(hours=6), timedelta(minutes=30), timedelta(days=7)),
    "1mo": Pace(timedelta(days=1), timedelta(hours=2), timedelta(days=7)),
}
"""By the length of the budget's window. The pairs are those that the SRE workbook's alerts look at (chapter 5)."""
