"""Many questions in few queries, each answered on its own merits.

Questions of one time are joined into unions whose members carry their number as a label. Where a union fails or warns, its
members are asked one by one, so that one bad question spoils no other. Servers are asked side by side; one that does not answer
is asked no further.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from autonomic.domain.errors import AutonomicError, Invalid
from autonomic.domain.readings import Matrix, Question, RangeQuestion, Sample, Series, Unknown, Vector
from autonomic.ports.metrics import Metrics

NUMBER = "autonomic_question"
_AT_ONCE = 4

Asked = Question | RangeQuestion
Items = tuple[Sample, ...] | tuple[Series, ...]
Found = Mapping[Asked, Items | Unknown]


@dataclass
class Watch:
    """What asking took: `seconds` of each query that was put, as a union or alone, and which got no answer.

    Questions that were not put, since the server gave no answer to another, are in neither.
    """

    monotonic: Callable[[], float]
    seconds: dict[Asked, float] = field(default_factory=dict)
    unanswered: set[Asked] = field(default_factory=set)


async def ask_all(metrics: Metrics, questions: Iterable[Asked], union: int, watch: Watch | None = None) -> Found:
    """The series that answer each question, or why there is no answer; `union` questions a query. Never raises."""
    servers: dict[str, _Server] = defaultdict(lambda: _Server(metrics, watch))
    batches = _batches(dict.fromkeys(questions), union)
    answered = await asyncio.gather(*(_ask_union(servers[batch[0].server], batch) for batch in batches))
    return {question: items for part in answered for question, items in part.items()}


class _Server:
    """One server for one round of questions. Once it gave no answer, every later question has that for an answer."""

    def __init__(self, metrics: Metrics, watch: Watch | None) -> None:
        self._metrics = metrics
        self._watch = watch
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._silent: AutonomicError | None = None

    async def ask(self, question: Asked, members: Iterable[Asked]) -> Vector | Matrix:
        """The answer. Raises Invalid for a bad query, and any other error for this and all later questions."""
        async with self._gate:
            if self._silent:
                raise self._silent
            try:
                return await self._watched(question, members)
            except Invalid:
                raise
            except AutonomicError as error:
                self._silent = error
                if self._watch:
                    self._watch.unanswered.update(members)
                raise

    async def _watched(self, question: Asked, members: Iterable[Asked]) -> Vector | Matrix:
        began = self._watch.monotonic() if self._watch else 0.0
        ask = self._metrics.query if isinstance(question, Question) else self._metrics.query_range
        try:
            return await ask(question)  # type: ignore[arg-type]
        finally:
            if self._watch:
                self._watch.seconds |= dict.fromkeys(members, self._watch.monotonic() - began)


def _batches(questions: Iterable[Asked], union: int) -> Iterable[list[Asked]]:
    alike: dict[Asked, list[Asked]] = defaultdict(list)
    for question in questions:
        alike[replace(question, expr="")].append(question)
    for members in alike.values():
        rest = iter(members)
        while batch := list(islice(rest, union)):
            yield batch


async def _ask_union(server: _Server, batch: list[Asked]) -> dict[Asked, Items | Unknown]:
    if len(batch) == 1:
        return {batch[0]: await _ask_one(server, batch[0])}
    try:
        answer = await server.ask(replace(batch[0], expr=joined([each.expr for each in batch])), batch)
    except Invalid:
        return {question: await _ask_one(server, question) for question in batch}
    except AutonomicError as error:
        return dict.fromkeys(batch, Unknown("MetricsUnavailable", str(error)))
    if answer.warnings:
        return {question: await _ask_one(server, question) for question in batch}
    return _dealt(batch, _items(answer))


async def _ask_one(server: _Server, question: Asked) -> Items | Unknown:
    try:
        answer = await server.ask(question, (question,))
    except Invalid as error:
        return Unknown("InvalidQuery", str(error))
    except AutonomicError as error:
        return Unknown("MetricsUnavailable", str(error))
    return Unknown("QueryWarning", answer.warnings[0]) if answer.warnings else _items(answer)


def _items(answer: Vector | Matrix) -> Items:
    return answer.samples if isinstance(answer, Vector) else answer.series


def _dealt(batch: Sequence[Asked], items: Items) -> dict[Asked, Items | Unknown]:
    dealt: list[list[Sample | Series]] = [[] for _ in batch]
    for item in items:
        dealt[int(item.labels[NUMBER])].append(item)
    return {question: tuple(part) for question, part in zip(batch, dealt, strict=True)}  # type: ignore[misc]


def joined(expressions: Sequence[str]) -> str:
    """One PromQL expression whose series carry the number of the expression that they answer.

    The `or`s are a balanced tree: each holds both its sides, and a chain would hold the first of them over and over.
    """
    members = [f'label_replace({expr}, "{NUMBER}", "{n}", "", "")' for n, expr in enumerate(expressions)]
    while len(members) > 1:
        pairs = [f"({' or '.join(members[at : at + 2])})" for at in range(0, len(members), 2)]
        members = pairs
    return members[0]
