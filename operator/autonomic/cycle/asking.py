"""Asking: many questions in few queries, each answered on its own merits.

Questions of one time are joined into unions whose members carry their number as a label. Where a union fails or warns, its
members are asked one by one, so that one bad question spoils no other. A server that does not answer is asked no further.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import islice

from autonomic.domain.errors import AutonomicError, Invalid
from autonomic.domain.readings import Absent, Known, Question, Reading, Sample, Unknown, Vector
from autonomic.ports.metrics import Metrics

UNION = 64
"""Questions in one query."""
_NUMBER = "autonomic_question"
_AT_ONCE = 4


async def ask(metrics: Metrics, questions: Iterable[Question]) -> dict[Question, Reading]:
    """An answer to every question; each is asked once, however often it occurs. Never raises."""
    distinct = sorted(dict.fromkeys(questions), key=lambda each: (each.at, each.expr))
    server = _Server(metrics)
    answered = await asyncio.gather(*(_ask_union(server, batch) for batch in _batches(distinct)))
    return {question: reading for part in answered for question, reading in part.items()}


class _Server:
    """The server for one round of questions. Once it gave no answer, every later question has that for an answer."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._silent: AutonomicError | None = None

    async def query(self, expr: str, at: datetime) -> Vector:
        """The answer. Raises Invalid for a bad query, and any other error for this and all later questions."""
        async with self._gate:
            if self._silent:
                raise self._silent
            try:
                return await self._metrics.query(expr, at)
            except Invalid:
                raise
            except AutonomicError as error:
                self._silent = error
                raise


def _batches(questions: Sequence[Question]) -> Iterable[list[Question]]:
    times = dict.fromkeys(question.at for question in questions)
    for at in times:
        rest = iter([question for question in questions if question.at == at])
        while batch := list(islice(rest, UNION)):
            yield batch


async def _ask_union(server: _Server, batch: list[Question]) -> dict[Question, Reading]:
    try:
        answer = await server.query(union(batch), batch[0].at)
    except Invalid:
        return {question: await _ask_one(server, question) for question in batch}
    except AutonomicError as error:
        return dict.fromkeys(batch, Unknown("MetricsUnavailable", str(error)))
    if answer.warnings:
        return {question: await _ask_one(server, question) for question in batch}
    return {question: _reading(_numbered(answer.samples, number)) for number, question in enumerate(batch)}


async def _ask_one(server: _Server, question: Question) -> Reading:
    try:
        answer = await server.query(question.expr, question.at)
    except Invalid as error:
        return Unknown("InvalidQuery", str(error))
    except AutonomicError as error:
        return Unknown("MetricsUnavailable", str(error))
    if answer.warnings:
        return Unknown("QueryWarning", answer.warnings[0])
    return _reading(answer.samples)


def union(batch: Sequence[Question]) -> str:
    """One PromQL expression whose series carry the number of the question that they answer."""
    members = (f'label_replace({question.expr}, "{_NUMBER}", "{n}", "", "")' for n, question in enumerate(batch))
    return " or ".join(members)


def _numbered(samples: Sequence[Sample], number: int) -> tuple[Sample, ...]:
    return tuple(sample for sample in samples if sample.labels.get(_NUMBER) == str(number))


def _reading(samples: Sequence[Sample]) -> Reading:
    """One finite number, or why there is none."""
    if not samples:
        return Absent()
    if len(samples) > 1:
        return Unknown("SeveralSeries", f"the query returned {len(samples)} series where one is expected")
    try:
        value = Decimal(samples[0].value.replace("Inf", "Infinity"))
    except InvalidOperation:
        return Unknown("NotANumber", f"the query returned {samples[0].value!r}")
    return Known(value) if value.is_finite() else Unknown("NotANumber", f"the query returned {samples[0].value}")
