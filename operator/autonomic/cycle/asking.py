"""Asking for single numbers: each question is answered by one finite number, by nothing, or by why there is none."""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

from autonomic.cycle.unions import Items, ask_all
from autonomic.domain.readings import Absent, Known, Question, Reading, Sample, Series, Unknown
from autonomic.ports.metrics import Metrics

UNION = 64
"""Questions in one query."""


async def ask(metrics: Metrics, questions: Iterable[Question]) -> dict[Question, Reading]:
    """An answer to every question; each is asked once, however often it occurs. Never raises."""
    found = await ask_all(metrics, questions, UNION)
    return {question: reading(items) for question, items in found.items() if isinstance(question, Question)}


def reading(items: Items | Unknown) -> Reading:
    """One finite number, or why there is none."""
    if isinstance(items, Unknown):
        return items
    if not items:
        return Absent()
    if len(items) > 1:
        return Unknown("SeveralSeries", f"the query returned {len(items)} series where one is expected")
    return _number(items)


def _number(items: Sequence[Sample | Series]) -> Reading:
    sample = items[0]
    assert isinstance(sample, Sample)  # noqa: S101 - an instant query gives samples
    try:
        value = Decimal(sample.value.replace("Inf", "Infinity"))
    except InvalidOperation:
        return Unknown("NotANumber", f"the query returned {sample.value!r}")
    return Known(value) if value.is_finite() else Unknown("NotANumber", f"the query returned {sample.value}")
