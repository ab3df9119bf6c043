"""Times in which nothing is begun: a schedule with its length, and days of the week."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from autonomic.domain.model import Model
from autonomic.domain.units import Duration, milliseconds
from autonomic.domain.windows import Schedule, TimeZone

Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""As `datetime.weekday` counts them."""

_LONGEST = 31 * 86_400_000


def _bounded(value: str) -> str:
    if milliseconds(value) > _LONGEST:
        raise ValueError(
            f"{value!r} is longer than 31d, the longest freeze there is: use mode Observe, or the kill switch"
        )
    return value


class Freeze(Model):
    """A stretch of time that comes back, in which no plan is begun."""

    cel_rules: ClassVar = (
        (
            "self.schedule.matches('^[^ ]+( +[^ ]+){4}$')",
            "schedule has five cron fields: minute hour day month weekday, such as '0 18 * * 5'",
        ),
    )

    schedule: Schedule = Field(description="When it begins, as five cron fields: 0 18 * * 5.")
    duration: Annotated[Duration, AfterValidator(_bounded)] = Field(description="How long it lasts; 31d at most.")
    time_zone: TimeZone = Field(default="UTC", description="IANA time zone of the schedule.")
