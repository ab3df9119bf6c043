"""The measured rests: for each CostBudget that asks, the hours of the week in which nobody asked anything of its workload."""

from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from autonomic.cost.idle import question, rests
from autonomic.cycle.cost.books import CostBooks
from autonomic.domain.cost import CostBudget
from autonomic.domain.errors import AutonomicError
from autonomic.domain.idling import Rest
from autonomic.domain.readings import Matrix, RangeQuestion, Unknown
from autonomic.domain.servers import DEFAULT
from autonomic.domain.view import View
from autonomic.ports.metrics import Metrics

Rests = tuple[Rest, ...] | Unknown

_NOT_EXACT = Unknown("NotExact", "this server extrapolates: it can not say that there were none (see anchored)")


@dataclass
class RestBook:
    """Asks once an hour for each budget: the question of an hour stays the same. `books` are opened first."""

    metrics: Metrics
    books: CostBooks
    kept: dict[RangeQuestion, Matrix] = field(default_factory=dict)

    async def opened(self, view: View) -> View:
        """The view with the rests, and with the accounts of the books. Never raises."""
        view = await self.books.opened(view)
        asking = {key: each for key, each in view.budgets.items() if each.spec.idle and each.spec.idle.requests}
        enabled = {key: each for key, each in asking.items() if view.judges(each)}
        found = {key: await self._of(each, view) for key, each in enabled.items()}
        now = {each for each in (_question(budget, view) for budget in enabled.values()) if each}
        self.kept = {asked: matrix for asked, matrix in self.kept.items() if asked in now}
        return replace(view, rests=found)

    async def _of(self, budget: CostBudget, view: View) -> Rests:
        idle, asked = budget.spec.idle, _question(budget, view)
        if idle is None or asked is None:
            return Unknown("InvalidRequests", "idle.requests: it is no selector of a counter")
        try:
            if asked not in self.kept:
                if not (await self.metrics.abilities(asked.server)).anchored:
                    return _NOT_EXACT
                self.kept[asked] = await self.metrics.query_range(asked)
        except AutonomicError as error:
            return Unknown("Unavailable", str(error))
        return rests(self.kept[asked], idle.weeks, ZoneInfo(idle.time_zone), idle.least)


def _question(budget: CostBudget, view: View) -> RangeQuestion | None:
    idle = budget.spec.idle
    if idle is None or idle.requests is None:
        return None
    try:
        return question(
            idle.requests, idle.weeks, view.now, view.tenant(budget.metadata.namespace), idle.server or DEFAULT
        )
    except AutonomicError:
        return None
