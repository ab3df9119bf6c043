"""The books: one account for each CostBudget, from as few questions as there can be."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from autonomic.cost.recipes import Server, Surroundings
from autonomic.cost.spend import Figures, Spend, figures, spent
from autonomic.cost.survey import SETTLED, Survey
from autonomic.cost.windows import Stretch
from autonomic.cycle.cost.accounting import account
from autonomic.cycle.cost.lanes import UNION, BudgetLanes, Rows
from autonomic.cycle.lanes import still
from autonomic.cycle.unions import ask_all
from autonomic.domain.accounts import Account
from autonomic.domain.cost import CostBudget
from autonomic.domain.errors import AutonomicError
from autonomic.domain.readings import Abilities, Question, Unknown
from autonomic.domain.servers import DEFAULT
from autonomic.domain.view import View
from autonomic.ports.metrics import Metrics

_ASK_AGAIN = timedelta(minutes=5)


@dataclass
class CostBooks:
    """Asks for all budgets at once. `kept` are answers about time that is over, which do not change any more."""

    metrics: Metrics
    monotonic: Callable[[], float] = still
    """Seconds, for what asking takes."""
    kept: dict[Question, Rows] = field(default_factory=dict)
    abilities: dict[str, Abilities] = field(default_factory=dict)
    _asked: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lanes = BudgetLanes(self.metrics, self.monotonic)

    async def opened(self, view: View) -> View:
        """The view with an account of every budget. Never raises."""
        return replace(view, accounts=await self.accounts(view))

    async def accounts(self, view: View) -> Mapping[str, Account | Unknown]:
        """What is known of every budget in a namespace that opted in. Never raises."""
        if not view.budgets:
            return {}
        self._lanes.begin(view.now, view.budgets)
        budgets = [each for each in view.budgets.values() if view.judges(each)]
        surveys = await self.surveys(budgets, _moment(view), view)
        last = [each for each in budgets if each.spec.rollover and each.key in surveys[each.key].asked]
        earlier = {each.key: self._survey([each], surveys[each.key].asked[each.key].whole.began, view) for each in last}
        told = await self.ask((*surveys.values(), *earlier.values()), view.now)
        before = {key: _amount(spent(each, key, told)) for key, each in earlier.items()}
        return {
            each.key: account(each, spent(surveys[each.key], each.key, told), before.get(each.key)) for each in budgets
        }

    async def surveys(self, budgets: Sequence[CostBudget], at: datetime, view: View) -> Mapping[str, Survey]:
        """The survey of each budget at that time: one for all that ask the same server, and hinder nobody. Never raises."""
        await self._ask_abilities(budgets, view)
        alike: dict[tuple[str, str], list[CostBudget]] = defaultdict(list)
        for each in budgets:
            alike[_server(each), self._lanes.group(_server(each), each.key)].append(each)
        return {
            each.key: survey
            for members in alike.values()
            for survey in [self._survey(members, at, view)]
            for each in members
        }

    async def looks(
        self, budget: CostBudget, times: Iterable[datetime], width: timedelta, view: View
    ) -> tuple[Figures | Unknown, ...]:
        """What was spent in the window of that width that ended at each time. Never raises."""
        await self._ask_abilities([budget], view)
        surveys = [self._survey([budget], at, view) for at in times]
        counts = [each.counting(budget.key, Stretch(each.at - width, each.at)) for each in surveys if each.asked]
        problems = [each.problems[budget.key] for each in surveys if each.problems]
        if problems:
            return tuple(problems)
        wanted = [each for part in counts for each in (part.spend, part.tasks, part.tokens) if each]
        wanted += [newest for each in surveys if (newest := each.asked[budget.key].newest)]
        told = await self._fetch(wanted)
        return tuple(figures(survey, budget.key, part, told) for survey, part in zip(surveys, counts, strict=True))

    def _survey(self, budgets: Sequence[CostBudget], at: datetime, view: View) -> Survey:
        """Of budgets that ask the same server."""
        name = _server(budgets[0])
        can = self.abilities.get(name, Abilities())
        server = Server(can.anchored, can.retention, name)
        return Survey([(each, surroundings(each, view)) for each in budgets], at, server)

    async def ask(self, surveys: Iterable[Survey], now: datetime) -> Mapping[Question, Rows]:
        """What every question of the surveys is answered. Never raises."""
        surveys = tuple(surveys)
        wanted = {question for each in surveys for question in each.questions}
        self.kept = {question: rows for question, rows in self.kept.items() if question in wanted}
        told = await self._lanes.ask(surveys, self.kept.keys(), now)
        over = {each for each in told if each.at + SETTLED <= now and not isinstance(told[each], Unknown)}
        self.kept |= {each: told[each] for each in over}
        return {**self.kept, **told}

    async def _fetch(self, questions: Iterable[Question]) -> dict[Question, Rows]:
        found = await ask_all(self.metrics, questions, UNION)
        return {question: rows for question, rows in found.items() if isinstance(question, Question)}  # type: ignore[misc]

    async def _ask_abilities(self, budgets: Iterable[CostBudget], view: View) -> None:
        wanted = {_server(each) for each in budgets} & set(self.metrics.servers)
        due = [each for each in wanted if each not in self._asked or view.now - self._asked[each] >= _ASK_AGAIN]
        await asyncio.gather(*(self._ask_ability(each, view.now) for each in due))

    async def _ask_ability(self, server: str, now: datetime) -> None:
        try:
            self.abilities[server], self._asked[server] = await self.metrics.abilities(server), now
        except AutonomicError:
            return  # what cannot be asked is Unknown: the questions say so


def surroundings(budget: CostBudget, view: View) -> Surroundings:
    """What the budget's namespace allows. In the namespace of the operator a budget is of all tenants."""
    namespace = budget.metadata.namespace
    tenant = None if namespace and namespace == view.home else view.tenant(namespace)
    return Surroundings(tenant, view.namespace(namespace).free_queries, view.servers)


def _server(budget: CostBudget) -> str:
    return budget.spec.spend.server or DEFAULT


def _moment(view: View) -> datetime:
    return (view.now - view.ingestion_delay).replace(microsecond=0)


def _amount(spend: Spend | Unknown) -> Decimal | None:
    return spend.amount if isinstance(spend, Spend) else None
