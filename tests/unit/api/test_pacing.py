"""Long answers leave most of the time to others."""

from datetime import datetime

import pytest

from autonomic.api.pacing import Pace
from tests.unit.api.contracts import NOON


class Watch:
    """A clock that a test moves, which remembers for how long it was slept."""

    def __init__(self) -> None:
        self.elapsed = 100.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Noon."""
        return NOON

    def monotonic(self) -> float:
        """As moved."""
        return self.elapsed

    async def sleep(self, seconds: float) -> None:
        """Remembers it."""
        self.slept.append(seconds)
        self.elapsed += seconds


async def test_others_have_twice_the_time_that_was_used() -> None:
    watch = Watch()
    pace = Pace(watch)
    await pace.pause()
    for used in (0.01, 0.03):
        watch.elapsed += used
        await pace.pause()
    assert watch.slept == [0.0, pytest.approx(0.02), pytest.approx(0.06)]


async def test_who_was_idle_does_not_pay_for_it() -> None:
    watch = Watch()
    pace = Pace(watch)
    await pace.pause()
    watch.elapsed += 60
    await pace.pause()
    assert watch.slept == [0.0, 0.0]
