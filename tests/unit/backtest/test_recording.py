"""Reading history: what the server does not answer is Unknown, and named."""

from collections.abc import Callable

import pytest

from autonomic.backtest.course import course
from autonomic.backtest.recording import record
from autonomic.backtest.telling import blind
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.readings import Matrix, RangeQuestion
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.slo.counting import milliseconds_of
from tests.unit.backtest.test_course import plain
from tests.unit.cycle.slo.shop import MINUTE, Shop, promising


class Halting(MemoryMetrics):
    """A server that does not answer the range queries for which `halts` says so; `number` counts them."""

    def __init__(self, shop: Shop, halts: Callable[[int], bool]) -> None:
        super().__init__(shop.recorded.answer)
        self._halts = halts
        self.number = 0

    async def query_range(self, question: RangeQuestion) -> Matrix:
        """The answer, or none."""
        self.number += 1
        if self._halts(self.number):
            raise Unavailable("it hangs")
        return await super().query_range(question)


def shop() -> Shop:
    """Three hours of history."""
    return Shop(promising(**plain()), past=180)


async def test_what_was_not_answered_once_is_asked_again() -> None:
    there = shop()
    made = await record(
        Halting(there, lambda number: number == 1), there.view(), milliseconds_of(there.now - 30 * MINUTE)
    )
    (tape,) = made.tapes
    assert not tape.troubles.any()
    assert tape.window(tape.span.end, tape.span.end, 10)[:, 0, 0].tolist() == [0, 1000]


async def test_what_is_not_answered_is_unknown_for_as_long_as_a_window_covers_it() -> None:
    there = shop()
    since = there.now - 30 * MINUTE

    def twice(number: int) -> bool:
        """Counts and newcomers of the first piece, and both once more."""
        return number <= 4

    metrics = Halting(there, twice)
    with pytest.raises(Unavailable, match="it hangs"):
        await record(metrics, there.view(), milliseconds_of(since))
    there.contracts |= {each.key: each for each in [promising("other", **plain(window={"rolling": "4h"}))]}
    metrics = Halting(there, twice)
    made = await record(metrics, there.view(), milliseconds_of(since))
    told = list(blind([course(each) for each in made.tapes]))
    (one,) = [each for each in told if each.reason.startswith("MetricsUnavailable")]
    assert "it hangs" in one.reason
    assert (one.until - one.since) >= 30 * MINUTE


async def test_a_history_that_would_be_too_long_is_refused_with_the_way_out() -> None:
    there = shop()
    with pytest.raises(Invalid, match="choose a later --from"):
        await record(there.metrics, there.view(), milliseconds_of(there.now - 200 * 24 * 60 * MINUTE))
