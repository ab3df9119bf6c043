"""Asking for single numbers: each question is answered by one finite number, by nothing, or by why there is none."""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

from autonomic.cycle.unions import Items, ask_all
from autonomic.domain.readings import Absent, Known, Question, Reading, Sample, Series, Several, Unknown
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
