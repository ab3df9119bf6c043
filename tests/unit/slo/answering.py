"""Answers to an objective's questions, window by window."""

from collections.abc import Mapping
from decimal import Decimal

from autonomic.domain.budgets import Assessment
from autonomic.domain.contracts import Objective
from autonomic.domain.readings import Absent, Answers, Known, Reading
from autonomic.slo.assess import assess
from autonomic.slo.questions import ObjectiveQuestions, ask_about
from tests.unit.domain.specimens import NOW, objective

Counts = tuple[Reading, Reading]


def counted(bad: object, total: object) -> Counts:
    """Bad and total events as readings."""
    return Known(Decimal(str(bad))), Known(Decimal(str(total)))


def answers_for(
    asked: ObjectiveQuestions,
    counts: Mapping[str, Counts],
    *,
    newest: Reading | None = None,
    history: Mapping[str, Reading] | None = None,
) -> Answers:
    """Every question answered: the counts given, a sample 10 s old, and history for every tier unless told otherwise."""
    answers: dict[object, Reading] = {asked.newest: newest or Known(Decimal(int(asked.at.timestamp()) - 10))}
    for window, each in asked.counts.items():
        answers[each.bad], answers[each.total] = counts[window]
    for window, question in asked.history.items():
        answers[question] = (history or {}).get(window, Known(Decimal(1)))
    return answers  # type: ignore[return-value]  # the keys are questions


def judged(
    counts: Mapping[str, Counts],
    *,
    newest: Reading | None = None,
    history: Mapping[str, Reading] | None = None,
    **more: object,
) -> Assessment:
    """The assessment of an objective with these counts per window."""
    promise = Objective.model_validate(objective(**more))
    asked = ask_about(promise, NOW, exact=True)
    answers = answers_for(asked, counts, newest=newest, history=history)
    return assess("shop/agent", promise, asked, answers, exact=True)


NOTHING: Counts = (Absent(), Absent())
