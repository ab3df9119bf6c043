"""A tenant whose own series are too many for its plain selectors to be answered takes nobody else's figures away."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from autonomic.cycle.lanes import LANE
from autonomic.cycle.slo.engine import SloEngine
from autonomic.domain.budgets import ErrorBudget
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import AutonomicError, Invalid, Unavailable
from autonomic.domain.readings import Matrix, Question, RangeQuestion, Unknown, Vector
from autonomic.domain.view import NamespaceView
from autonomic.domain.words import ENABLED_LABEL
from autonomic.ports.memory.metrics import Answer, MemoryMetrics
from tests.unit.cycle.slo.shop import Shop, promise
from tests.unit.domain.specimens import contract_raw

SILENCE, TOO_MANY = Unavailable("no answer within 10 s"), Invalid("query processing would load too many samples")


def of(tenant: str, name: str, **more: Any) -> SLAContract:
    """A contract in that namespace."""
    raw = contract_raw(name, objectives=[promise(**more)])
    raw["metadata"]["namespace"] = tenant
    return SLAContract.read(raw)


class Timed(MemoryMetrics):
    """Each query takes its time."""

    def __init__(self, street: "Street") -> None:
        super().__init__(street.answer)
        self._street = street

    async def query(self, question: Question) -> Vector:
        """After its time."""
        self._street.seconds += self._street.took(question.expr)
        return await super().query(question)

    async def query_range(self, question: RangeQuestion) -> Matrix:
        """After its time."""
        self._street.seconds += self._street.took(question.expr)
        return await super().query_range(question)


class Street:
    """A shop, and a landlord with one contract over too many series and a small one; the shape of all three is the same.

    `fails` is how a query over series of `costly` ends, `took` how many seconds each query takes.
    """

    def __init__(self, fails: AutonomicError, costly: str = "b") -> None:
        self.costly = re.compile(f'app=~?"([^"]*[|])?{costly}[|"]')
        self.fails: AutonomicError | None = fails
        self.down = False
        self.seconds = 0.0
        self.took: Callable[[str], float] = lambda _: 0.0
        self.hindered: list[str] = []
        contracts = of("shop", "agent"), of("landlord", "huge", app="b"), of("landlord", "small", app="c")
        self.shop = Shop(*contracts, past=0)
        self.shop.tenant_label = "tenant"
        self.shop.rooms = {name: NamespaceView(name, {ENABLED_LABEL: "true"}, {}) for name in ("shop", "landlord")}
        self.shop.metrics = Timed(self)
        self.shop.engine = SloEngine(self.shop.metrics, monotonic=lambda: self.seconds)
        self._minute(0)

    def answer(self, expr: str, at: datetime) -> Answer:
        """What the server says."""
        if self.down:
            self.seconds += 10
            raise SILENCE
        if self.fails and self.costly.search(expr):
            self.hindered.append(expr)
            self.seconds += 10 if self.fails is SILENCE else 0
            raise self.fails
        return self.shop.recorded.answer(expr, at)

    async def passes(self, minutes: int) -> int:
        """Minutes pass, in each 3 tasks of every app fail; how many queries failed meanwhile."""
        before = len(self.hindered)
        for _ in range(minutes):
            self._minute(3)
            await self.shop.turned()
        return len(self.hindered) - before

    def _minute(self, failed: int) -> None:
        self.shop.runs(1, 100, failed, "a", tenant="shop")
        for app in ("b", "c"):
            self.shop.scraped({"ok": 100, "failed": failed}, app, tenant="landlord")

    def knows(self, contract: str) -> float | str:
        """How many failed, as far as it is known; or why that is not."""
        (found,) = self.shop.engine.assessments(contract)
        if isinstance(found.unknown, Unknown):
            return found.unknown.reason
        assert isinstance(found.budget, ErrorBudget)
        return float(found.budget.count.bad)


@pytest.mark.parametrize("fails", [SILENCE, TOO_MANY], ids=["no answer", "too many samples"])
async def test_a_tenant_with_too_many_series_leaves_others_with_their_figures(fails: AutonomicError) -> None:
    street = Street(fails)
    await street.passes(5)
    assert [street.knows("shop/agent"), street.knows("landlord/small")] == [15, 15]
    assert street.knows("landlord/huge") in ("TooSlow", "InvalidQuery")


@pytest.mark.parametrize("fails", [SILENCE, TOO_MANY], ids=["no answer", "too many samples"])
async def test_it_takes_no_turn_from_another_tenant(fails: AutonomicError) -> None:
    street = Street(fails)
    for failed in (3, 6, 9):
        await street.passes(1)
        assert street.knows("shop/agent") == failed


async def test_a_selector_that_gets_no_answer_rests_and_is_counted_once_it_is_answered() -> None:
    street = Street(SILENCE)
    assert await street.passes(1) == 3  # in the query of all, in that of its tenant, by itself
    assert await street.passes(9) == 0
    assert await street.passes(1) == 1
    street.fails = None
    await street.passes(19)
    assert street.knows("landlord/huge") == "TooSlow"
    await street.passes(2)
    assert street.knows("landlord/huge") == street.knows("shop/agent") == 96
    assert street.shop.engine.lanes.suspects.none


async def test_a_server_that_is_down_makes_nobody_a_suspect() -> None:
    street = Street(SILENCE, costly="nothing")
    await street.passes(3)
    street.down = True
    await street.passes(2)
    assert street.knows("shop/agent") == "MetricsUnavailable"
    assert street.shop.engine.lanes.suspects.none
    street.down = False
    await street.passes(1)
    assert street.knows("shop/agent") == 18


async def test_answers_that_come_late_are_asked_for_after_all_others_within_a_time_of_their_own() -> None:
    street = Street(SILENCE, costly="nothing")
    huge = re.compile('app=~?"([^"]*[|])?b[|"]')
    street.took = lambda expr: 8.0 if huge.search(expr) else 0.01
    for failed in (3, 6, 9, 12, 15):
        began = street.seconds
        await street.passes(1)
        assert street.knows("shop/agent") == failed
    assert street.knows("landlord/small") == 15
    assert street.seconds - began <= LANE + 8
