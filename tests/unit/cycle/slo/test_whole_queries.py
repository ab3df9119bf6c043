"""Whole queries can cost what they like: what they take is taken from nobody else."""

from datetime import datetime

from autonomic.cycle.slo.engine import SloEngine
from autonomic.domain.budgets import ErrorBudget
from autonomic.domain.errors import Unavailable
from autonomic.domain.view import NamespaceView
from autonomic.domain.words import ENABLED_LABEL, FREE_QUERIES_LABEL
from autonomic.ports.memory.metrics import Answer, MemoryMetrics
from tests.unit.cycle.slo.shop import Shop, promise, promising
from tests.unit.domain.specimens import contract


def failed(shop: Shop) -> float:
    """How many tasks of the ordinary contract failed."""
    budget = shop.one().budget
    assert isinstance(budget, ErrorBudget)
    return float(budget.count.bad)


async def test_a_whole_query_that_takes_too_long_leaves_no_other_contract_without_figures() -> None:
    query = "sum(increase(slow_total[$window]))"
    costly = contract("costly", objectives=[promise(indicator={"ratioQuery": {"bad": query, "total": query}})])
    shop = Shop(promising(), costly)
    shop.rooms = {"shop": NamespaceView("shop", {ENABLED_LABEL: "true", FREE_QUERIES_LABEL: "true"}, {})}
    answer = shop.recorded.answer
    slow: list[str] = []
    seconds = [0.0]

    def answered(expr: str, at: datetime) -> Answer:
        if "slow_total" in expr:
            slow.append(expr)
            seconds[0] += 10
            raise Unavailable("no answer within 10 s")
        return answer(expr, at)

    shop.metrics = MemoryMetrics(answered)
    shop.engine = SloEngine(shop.metrics, monotonic=lambda: seconds[0])
    await shop.turned(3, bad=3)
    assert failed(shop) == 9
    assert await shop.agrees()
    assert shop.one("costly").unknown is not None
    asked = len(slow)
    await shop.turned(1, bad=3)
    assert (len(slow) - asked, failed(shop)) == (0, 12)
