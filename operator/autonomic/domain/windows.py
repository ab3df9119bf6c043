"""Periods of budgets, and the times that do not count."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from autonomic.domain.model import Model
from autonomic.domain.units import Duration, milliseconds

_ANY_TIME = datetime(2025, 1, 1, tzinfo=UTC)
_A_YEAR = 366 * 86_400_000
_A_WEEK = 7 * 86_400_000
_A_DAY = 24
"""How often a schedule may come back in a day: maintenance is looked up for whole years."""


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is not a time zone: write an IANA name such as Europe/Paris, or UTC") from error
    return value


def _schedule(value: str) -> str:
    try:
        cron = CronSim(value, _ANY_TIME)
        if len(value.split()) != 5:
            raise CronSimError("seconds are not for maintenance")
    except CronSimError as error:
        raise ValueError(
            f"{value!r} is not a schedule: write five cron fields, minute hour day month weekday,"
            f" such as '0 2 * * 6' ({error})"
        ) from error
    if len(cron.minutes) * len(cron.hours) > _A_DAY:
        raise ValueError(
            f"{value!r} comes back more than {_A_DAY} times a day: let it begin less often and last longer"
        )
    return value


TimeZone = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$"), AfterValidator(_zone)
]
"""An IANA time zone: `Europe/Paris`."""

Schedule = Annotated[str, StringConstraints(min_length=9, max_length=100), AfterValidator(_schedule)]
"""Five fields of cron: `0 2 * * 6`."""


class CalendarWindow(Model):
    """A period of the calendar. It begins at the first instant of its first day there."""

    unit: Literal["Day", "Week", "Month", "Quarter", "Year"] = Field(description="Length; weeks begin on Monday.")
    time_zone: TimeZone = Field(default="UTC", description="IANA time zone, such as Europe/Paris.")


class Window(Model):
    """The period over which the budget is counted: rolling, or of the calendar."""

    cel_rules: ClassVar = (
        ("has(self.rolling) != has(self.calendar)", "give rolling or calendar, one of them"),
        (
            "!has(self.rolling) || (self.rolling.matches('^([0-9]+(ms|[wdhms]))+$') && self.rolling.matches('[1-9]'))",
            "rolling is a duration in whole units above zero, such as 28d",
        ),
    )

    rolling: Duration | None = Field(default=None, description="Length of the rolling period, such as 28d.")
    calendar: CalendarWindow | None = Field(default=None, description="A day, week, month, quarter or year.")

    def __str__(self) -> str:
        return f"of a {self.calendar.unit}" if self.calendar else str(self.rolling)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.rolling is None) == (self.calendar is None):
            raise ValueError("give rolling or calendar, one of them")
        if self.rolling and milliseconds(self.rolling) > _A_YEAR:
            raise ValueError(f"rolling {self.rolling} is longer than a year (366d), the longest period there is")
        return self


class Maintenance(Model):
    """Time that does not count: a schedule that comes back, or one stretch."""

    cel_rules: ClassVar = (
        (
            "has(self.schedule) ? has(self.duration) && !has(self.start) && !has(self.end)"
            " : has(self.start) && has(self.end) && !has(self.duration)",
            "give schedule and duration, or start and end",
        ),
    )

    schedule: Schedule | None = Field(default=None, description="When it begins, as five cron fields: 0 2 * * 6.")
    duration: Duration | None = Field(default=None, description="How long it lasts; a week at most.")
    time_zone: TimeZone = Field(default="UTC", description="IANA time zone of the schedule.")
    start: AwareDatetime | None = Field(default=None, description="When a single stretch begins.")
    end: AwareDatetime | None = Field(default=None, description="When it ends.")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.schedule is not None:
            if self.duration is None or self.start or self.end:
                raise ValueError("a schedule needs its duration, and has no start or end")
            if milliseconds(self.duration) > _A_WEEK:
                raise ValueError(f"duration {self.duration} is longer than a week, the longest there is")
        elif self.start is None or self.end is None or self.duration:
            raise ValueError("give schedule and duration, or start and end")
        elif self.end <= self.start:
            raise ValueError(f"end {self.end.isoformat()} is not after start {self.start.isoformat()}")
        return self
