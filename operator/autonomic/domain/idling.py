"""Hours in which a workload rests: by a schedule, by what was measured, or by both."""

from dataclasses import dataclass
from typing import ClassVar, Self

from pydantic import Field, model_validator

from autonomic.domain.model import Model
from autonomic.domain.servers import ServerName
from autonomic.domain.spending import Money
from autonomic.domain.units import Duration, milliseconds
from autonomic.domain.windows import Schedule, TimeZone
from autonomic.domain.words import Selector

WEEK = 7 * 24
_A_WEEK = WEEK * 3_600_000
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Rest:
    """A stretch of idle hours: `begins` is its first hour of the week (0 is Monday's first), `hours` its length."""

    begins: int
    hours: int

    def __str__(self) -> str:
        """`Fri 20:00 to Mon 06:00`."""
        if self.hours == WEEK:
            return "always"
        return f"{_named(self.begins)} to {_named((self.begins + self.hours) % WEEK)}"


def _named(hour: int) -> str:
    return f"{_DAYS[hour // 24]} {hour % 24:02}:00"


class IdleHours(Model):
    """Hours that come back."""

    schedule: Schedule = Field(description="When they begin, as five cron fields: 0 20 * * 1-5.")
    duration: Duration = Field(description="How long they last by the clock there; a week at most.")

    @model_validator(mode="after")
    def _within_a_week(self) -> Self:
        if milliseconds(self.duration) > _A_WEEK:
            raise ValueError(f"duration {self.duration} is longer than a week, the longest there is")
        return self


class Idle(Model):
    """When targetRef is scaled down, whatever is left of the budget, and back before its hours end."""

    cel_rules: ClassVar = (
        (
            "(has(self.hours) && self.hours.size() > 0) || has(self.requests)",
            "give hours, or requests by which they are measured, or both: then both must agree",
        ),
    )

    hours: tuple[IdleHours, ...] = Field(default=(), max_length=16, description="Its idle hours, by schedule.")
    time_zone: TimeZone = Field(default="UTC", description="IANA time zone of the hours, such as Europe/Paris.")
    requests: Selector | None = Field(
        default=None,
        description=(
            "Counter of what is asked of it, kept by whoever asks: only hours of the week without any, in all weeks looked at,"
            " are idle."
        ),
    )
    server: ServerName = None
    weeks: int = Field(default=4, ge=2, le=12, description="Whole weeks that are looked at.")
    least: int = Field(default=4, ge=1, le=168, description="Shorter measured rests than these hours are left out.")
    floor: int = Field(default=1, ge=0, le=10000, description="Replicas that stay; 0 stops it.")
    lead: Duration = Field(default="15m", description="So long before the hours end it is scaled back up.")
    replica_hour: Money | None = Field(
        default=None,
        description="What a replica costs an hour; what its pods request at OpenCost's node prices if left out.",
    )

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not self.hours and self.requests is None:
            raise ValueError(self.cel_rules[0][1])
        return self
