"""Asking for single numbers: each question is answered by one finite number, by nothing, or by why there is none."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from autonomic.cycle.lanes import Lanes
from autonomic.cycle.one_server import OneServer
from autonomic.cycle.unions import Items, ask_all
from autonomic.domain.readings import Absent, Known, Question, RangeQuestion, Reading, Sample, Series, Several, Unknown
from autonomic.ports.metrics import Metrics

UNION = 64
"""Questions in one query."""
SEVERAL = 1000
"""Numbers in one answer, where one is asked for each value of a label."""


async def ask(metrics: Metrics, questions: Iterable[Question]) -> dict[Question, Reading]:
    """An answer to every question; each is asked once, however often it occurs. Never raises."""
    found = await ask_all(metrics, questions, UNION)
    return {
        question: reading(items, question.by) for question, items in found.items() if isinstance(question, Question)
    }


class Asking:
    """Turn after turn: as `ask`, but who asks for what hinders others pays for it alone. `monotonic` is in seconds."""

    def __init__(self, metrics: Metrics, monotonic: Callable[[], float]) -> None:
        self._metrics = metrics
        self._monotonic = monotonic
        self._lanes: dict[str, Lanes] = {}

    async def turn(
        self, questions: Iterable[Question], now: datetime, owners: Collection[str]
    ) -> Mapping[Question, Items | Unknown]:
        """What each is answered, in a new turn; `owners` are all that there are. Never raises."""
        by_server: dict[str, dict[Question | RangeQuestion, str]] = defaultdict(dict)
        for each in questions:
            by_server[each.server].setdefault(each, each.owner)
        lanes = [self._begun(server, now, owners) for server in by_server]
        found = await asyncio.gather(
            *(each.ask(owned, UNION) for each, owned in zip(lanes, by_server.values(), strict=True))
        )
        return {each: items for part in found for each, items in part.items() if isinstance(each, Question)}

    def _begun(self, server: str, now: datetime, owners: Collection[str]) -> Lanes:
        if server not in self._lanes:
            self._lanes[server] = Lanes(OneServer(self._metrics, server), self._monotonic)
        self._lanes[server].begin(now, owners)
        return self._lanes[server]


def reading(items: Items | Unknown, by: str | None = None) -> Reading:
    """One finite number, or why there is none; with `by` the same for each value of that label."""
    if isinstance(items, Unknown):
        return items
    if by:
        return _several(items, by)
    if not items:
        return Absent()
    if len(items) > 1:
        return Unknown("SeveralSeries", f"the query returned {len(items)} series where one is expected")
    return _number(items)


def _several(items: Items, by: str) -> Reading:
    if len(items) > SEVERAL:
        return Unknown(
            "TooManySeries", f"the query returned {len(items)} values of {by}: at most {SEVERAL} are looked at"
        )
    numbers = {each.labels.get(by, ""): _number((each,)) for each in items}
    return Several("ByLabel", f"one number for each {by}", numbers)


def _number(items: Sequence[Sample | Series]) -> Reading:
    sample = items[0]
    assert isinstance(sample, Sample)  # noqa: S101 - an instant query gives samples
    try:
        value = Decimal(sample.value.replace("Inf", "Infinity"))
    except InvalidOperation:
        return Unknown("NotANumber", f"the query returned {sample.value!r}")
    return Known(value) if value.is_finite() else Unknown("NotANumber", f"the query returned {sample.value}")
