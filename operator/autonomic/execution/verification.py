"""Did it help? Decided on readings taken after the change, against a deadline.

A plan has helped when every one of several looks, spread over one window, is good and none of them reaches back into the
time before the change settled. What can't be read at the deadline is for a person to judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Look = Literal["Good", "Bad", "Unknown"]
LOOKS = 5
"""Looks taken over one window: at its end, at its start, and three between."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Waiting, Helped, Worthless (roll back) or Inconclusive (a person decides), and why."""

    kind: Literal["Waiting", "Helped", "Worthless", "Inconclusive"]
    message: str
    saved: str | None = None
    """Money a day, where that is what was verified."""


def look_times(at: datetime, window: timedelta) -> tuple[datetime, ...]:
    """When to look, latest first: `LOOKS` moments spread evenly over the window that ends at `at`."""
    return tuple(at - window * step / (LOOKS - 1) for step in range(LOOKS))


def judge(
    looks: Sequence[Look], *, earliest: datetime, settled: datetime, now: datetime, deadline: datetime, last: str
) -> Outcome:
    """The outcome. `looks` are latest first, `earliest` is the oldest look's time, `last` the latest reading in words."""
    steady = all(look == "Good" for look in looks)
    if steady and earliest >= settled:
        return Outcome("Helped", last)
    if now < deadline:
        return Outcome("Waiting", last)
    if looks[0] == "Bad":
        return Outcome("Worthless", f"not better by the deadline: {last}")
    if looks[0] == "Unknown":
        return Outcome("Inconclusive", f"cannot be judged at the deadline: {last}")
    return Outcome("Inconclusive", f"better at the deadline, but not yet steadily: {last}")
