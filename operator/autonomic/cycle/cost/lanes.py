"""What budgets ask in the two lanes of their server: a budget whose questions hinder others is surveyed apart from them."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain

from autonomic.cost.survey import Survey
from autonomic.cycle.lanes import Lanes, is_of_query, is_silence
from autonomic.cycle.one_server import OneServer
from autonomic.cycle.unions import Asked, Found
from autonomic.domain.readings import Question, Sample, Unknown
from autonomic.ports.metrics import Metrics

UNION = 8
"""Questions in one query: each is a sum over many series."""
Rows = tuple[Sample, ...] | Unknown


class BudgetLanes:
    """Of all servers. Budgets of one group are surveyed together, so that a question is never of two groups."""

    def __init__(self, metrics: Metrics, monotonic: Callable[[], float]) -> None:
        self._metrics = metrics
        self._monotonic = monotonic
        self._lanes: dict[str, Lanes] = {}

    def begin(self, now: datetime, budgets: Collection[str]) -> None:
        """A new turn; `budgets` are all that there are."""
        for lanes in self._lanes.values():
            lanes.begin(now, budgets)

    def group(self, server: str, budget: str) -> str:
        """With whom the budget is surveyed; empty where it hinders nobody."""
        lanes = self._lanes.get(server)
        return lanes.suspects.group(budget) if lanes and lanes.suspects.accused(budget) else ""

    async def ask(self, surveys: Iterable[Survey], but: Collection[Question], now: datetime) -> dict[Question, Rows]:
        """What every question of the surveys is answered, without those that are known. Never raises."""
        by_server: dict[str, list[Survey]] = defaultdict(list)
        for each in surveys:
            by_server[each.server.name].append(each)
        found = await asyncio.gather(*(self._ask(self._of(name, now), mine, but) for name, mine in by_server.items()))
        answers = chain.from_iterable(each.items() for each in found)
        return {question: rows for question, rows in answers if isinstance(question, Question)}  # type: ignore[misc]

    async def _ask(self, lanes: Lanes, surveys: Sequence[Survey], but: Collection[Question]) -> Found:
        owners: dict[Asked, list[str]] = defaultdict(list)
        calm: list[Asked] = []
        groups: dict[str, list[Asked]] = defaultdict(list)
        for survey in surveys:
            for key, asked in survey.asked.items():
                for question in asked.questions():
                    owners[question].append(key)
            name = next((lanes.suspects.group(each) for each in survey.asked if lanes.suspects.accused(each)), None)
            (calm if name is None else groups[name]).extend(each for each in survey.questions if each not in but)
        found = await lanes.calm(calm, UNION, owners.__getitem__)
        for each, rows in found.items():
            if is_of_query(rows) and len(owners[each]) > 1:
                lanes.suspects.accuse(owners[each])
        return {**found, **await self._wary(lanes, groups, found)}

    async def _wary(self, lanes: Lanes, groups: Mapping[str, Sequence[Asked]], calm: Found) -> Found:
        if silence := next(filter(is_silence, calm.values()), None):
            return {each: silence for group in groups.values() for each in group}
        return await lanes.wary(groups, UNION)

    def _of(self, server: str, now: datetime) -> Lanes:
        if server not in self._lanes:
            self._lanes[server] = Lanes(OneServer(self._metrics, server), self._monotonic)
            self._lanes[server].begin(now, ())
        return self._lanes[server]
