"""How one task ended, and what of it can be believed."""

from dataclasses import dataclass
from math import isfinite

from autonomic.domain.errors import Invalid

LONGEST = 86_400.0
"""Seconds: what reports a latency above a day has its units wrong."""
DEAREST = 10_000.0
"""In the currency of the budget: what reports a single task above this has its units wrong."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`latency` in seconds, `cost` in the currency of the budget, `at` in seconds of any clock; None is what was not reported.

    Raises Invalid, with the field, the value and the way out, where a figure can't be true.
    """

    candidate: str
    task_type: str
    success: bool
    at: float
    latency: float | None = None
    cost: float | None = None
    json_valid: bool | None = None

    def __post_init__(self) -> None:
        _within("latency", self.latency, LONGEST, "seconds")
        _within("cost", self.cost, DEAREST, "of the budget's currency for one task")


def _within(field: str, value: float | None, highest: float, unit: str) -> None:
    if value is None or (isfinite(value) and 0 <= value <= highest):
        return
    raise Invalid(f"{field}: {value} is not from 0 to {highest:g} {unit}: report it in that unit, or leave it out")
