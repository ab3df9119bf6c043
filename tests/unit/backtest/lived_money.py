"""Money as the loop lived through it, look by look, for the replay to be held against."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from autonomic.backtest.report import Backtest
from autonomic.cycle.cost.books import CostBooks
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.cost import CostBudget, CostBudgetStatus
from autonomic.domain.readings import Sample
from autonomic.domain.view import View
from autonomic.loops.cost import CostOptimizationLoop
from autonomic.ports.memory.metrics import MemoryMetrics
from tests.unit.cycle.prometheus_model import PrometheusModel
from tests.unit.cycle.spending_model import SpendingModel
from tests.unit.domain.specimens import NOW, loop_raw, namespace

FIRST = NOW.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
LOOK = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
Level = tuple[str, str, bool]
"""Level, own rung, whether the spend is known."""


class Spent(SpendingModel):
    """A cent a task; so many tasks a second from each minute on. In `unscraped` minutes nobody hears of any."""

    def __init__(self, *tasks: tuple[int, str], unscraped: Iterable[int] = ()) -> None:
        super().__init__(FIRST - timedelta(days=3), PrometheusModel(FIRST - timedelta(days=3)))
        self.unscraped = frozenset(unscraped)
        for minute, each in sorted(tasks):
            self.tasks.change(FIRST + minute * MINUTE, each)

    def _samples(self, expr: str, labels: dict[str, str], at: datetime) -> list[Sample]:
        if "timestamp(" not in expr:
            return super()._samples(expr, labels, at)
        heard = at
        while (heard - FIRST) // MINUTE in self.unscraped:
            heard -= MINUTE
        return [Sample(labels, str(heard.timestamp()))]


async def lived(model: Spent, until: datetime, *raws: dict[str, Any]) -> dict[str, list[Level]]:
    """What a loop said of every budget that turned at each look, and was started at the first."""
    books, loop = CostBooks(MemoryMetrics(model.answer)), CostOptimizationLoop()
    budgets = {each.key: each for each in map(CostBudget.read, raws)}
    said: dict[str, list[Level]] = {key: [] for key in budgets}
    at = FIRST
    while at <= until:
        view = await books.opened(View(at, budgets=budgets, namespaces={"shop": namespace()}))
        for report in loop.analyze(ControlLoopResource.read(loop_raw("Cost")), view, {}).reports:
            assert isinstance(report.status, CostBudgetStatus)
            key, status = report.about.key, report.status
            budgets[key] = budgets[key].model_copy(update={"status": status})
            known = any(each.type == "SpendKnown" and each.status == "True" for each in status.conditions)
            said[key].append((status.level.value, status.own.value, known))
        at += LOOK
    return said


def replayed_levels(told: Backtest, budget: str, looks: int) -> list[tuple[str, bool]]:
    """Level, and whether the spend is known, of the report at each look."""
    (line,) = [each for each in told.money if each.budget == budget]
    levels, known = ["Normal"] * looks, [True] * looks
    for at in range(looks):
        now = FIRST + at * LOOK
        for stand in line.stands:
            if stand.entered <= now and (stand.left is None or now < stand.left):
                levels[at] = stand.rung
        known[at] = not any(gap.since <= now < gap.until for gap in line.unknown)
    return list(zip(levels, known, strict=True))
