"""A budget over more series than the server can read takes nobody else's account away, though they share their questions."""

from datetime import datetime, timedelta

import pytest

from autonomic.cycle.cost.books import CostBooks
from autonomic.domain.cost import CostBudget
from autonomic.domain.errors import AutonomicError, Invalid, Unavailable
from autonomic.domain.readings import Unknown, Vector
from autonomic.domain.view import NamespaceView, View
from autonomic.domain.words import ENABLED_LABEL
from autonomic.ports.memory.metrics import Answer, MemoryMetrics
from tests.unit.domain.cost_specimens import budget_raw
from tests.unit.domain.specimens import NOW

SILENCE, TOO_MANY = Unavailable("no answer within 10 s"), Invalid("query processing would load too many samples")
TENANTS = ("shop", "landlord")
ANSWERED = "Absent"
"""The server answered: nothing was spent."""


class Ledgers:
    """One budget of the same kind for each tenant; a query for the landlord's series fails, or every one."""

    def __init__(self, fails: AutonomicError) -> None:
        self.fails: AutonomicError | None = fails
        self.all_fail = False
        self.seconds = 0.0
        self.books = CostBooks(MemoryMetrics(self._answer), lambda: self.seconds)

    def _answer(self, expr: str, _: datetime) -> Answer:
        if self.fails and (self.all_fail or "landlord" in expr):
            self.seconds += 10 if self.fails is SILENCE else 0
            raise self.fails
        return Vector(())

    async def turn(self, number: int) -> dict[str, str]:
        """Why each account is Unknown in that turn."""
        budgets = [_of(tenant) for tenant in TENANTS]
        rooms = {tenant: NamespaceView(tenant, {ENABLED_LABEL: "true"}, {}) for tenant in TENANTS}
        at = NOW + timedelta(minutes=number)
        view = View(at, budgets={each.key: each for each in budgets}, namespaces=rooms, tenant_label="tenant")
        found = await self.books.accounts(view)
        return {key.partition("/")[0]: each.reason for key, each in found.items() if isinstance(each, Unknown)}


def _of(tenant: str) -> CostBudget:
    raw = budget_raw("team")
    raw["metadata"]["namespace"] = tenant
    return CostBudget.read(raw)


@pytest.mark.parametrize("fails", [SILENCE, TOO_MANY], ids=["no answer", "too many samples"])
async def test_the_others_are_asked_about_apart_from_the_next_turn_on(fails: AutonomicError) -> None:
    ledgers = Ledgers(fails)
    await ledgers.turn(0)
    for number in (1, 2, 3):
        seen = await ledgers.turn(number)
        assert (seen["shop"], seen["landlord"] == ANSWERED) == (ANSWERED, False)


async def test_once_it_is_answered_all_share_their_questions_again() -> None:
    ledgers = Ledgers(TOO_MANY)
    for number in range(2):
        await ledgers.turn(number)
    ledgers.fails = None
    for number in range(2, 5):
        seen = await ledgers.turn(number)
    assert seen == {"shop": ANSWERED, "landlord": ANSWERED}
    assert isinstance(ledgers.books.metrics, MemoryMetrics)
    assert all('tenant=~"landlord|shop"' in each.expr for each in ledgers.books.metrics.asked[-3:])


async def test_a_server_that_is_down_makes_no_budget_a_suspect() -> None:
    ledgers = Ledgers(SILENCE)
    ledgers.all_fail = True
    assert set((await ledgers.turn(0)).values()) == {"MetricsUnavailable"}
    ledgers.fails = None
    assert await ledgers.turn(1) == {"shop": ANSWERED, "landlord": ANSWERED}
