"""Alerting rules: one a tier, one for a budget that is spent, one for an objective of which nothing is known."""

from collections.abc import Iterable
from typing import Any

from autonomic.domain.alerting import AlertWindow
from autonomic.domain.objectives import Objective
from autonomic.domain.units import duration, milliseconds
from autonomic.domain.words import Level
from autonomic.publishing import wording
from autonomic.publishing.guards import Counted, enough, old_enough
from autonomic.publishing.numbers import number
from autonomic.publishing.series import SLICE, Subject
from autonomic.publishing.spans import Spans

Rule = dict[str, Any]

_SEVERITY = {Level.WARNING: "ticket", Level.BREACH: "page", Level.EXHAUSTED: "page"}
_UNKNOWN_FOR = 600_000
"""Milliseconds without data before somebody is told: a restart of an exporter is shorter."""


def alerts(objective: Objective, counted: Counted, subject: Subject, spans: Spans) -> Iterable[Rule]:
    """The alerts of one objective."""
    for tier in objective.tiers:
        yield _burning(tier, objective, counted, subject, spans)
    if spans.period:
        yield _exhausted(spans.period, objective, counted, subject)
    yield _unknown(objective, counted, subject, spans)


def _burning(tier: AlertWindow, objective: Objective, counted: Counted, subject: Subject, spans: Spans) -> Rule:
    long, short = spans.named(tier.long), spans.named(tier.short)
    bound = f"{number(tier.factor)} * {number(1 - objective.ratio_target)}"
    clauses = [
        *(f"{subject.of(subject.ratio(window))} > {bound}" for window in (long, short)),
        *enough(objective, counted, subject, long),
        *old_enough(objective, counted, subject, spans, long),
    ]
    return {
        "alert": f"SLOBurnRate{tier.level}",
        "expr": _all(clauses),
        "keep_firing_for": objective.alerting.kept,
        "labels": _labels(subject, tier.level, _SEVERITY[tier.level]) | {"window": long},
        "annotations": wording.burning(tier, objective, subject),
    }


def _exhausted(period: str, objective: Objective, counted: Counted, subject: Subject) -> Rule:
    spent = f"{subject.of(subject.ratio(period))} >= {number(1 - objective.ratio_target)}"
    return {
        "alert": "SLOBudgetExhausted",
        "expr": _all([spent, *enough(objective, counted, subject, period)]),
        "keep_firing_for": objective.alerting.kept,
        "labels": _labels(subject, Level.EXHAUSTED, _SEVERITY[Level.EXHAUSTED]) | {"window": period},
        "annotations": wording.exhausted(period, objective, subject),
    }


def _unknown(objective: Objective, counted: Counted, subject: Subject, spans: Spans) -> Rule:
    if objective.budgeting != "Occurrences":
        looked_at = SLICE
    else:
        looked_at = subject.ratio(spans.base) if isinstance(counted, tuple) else subject.events(spans.base)
    patience = max(_UNKNOWN_FOR, 2 * milliseconds(spans.interval))
    return {
        "alert": "SLOUnknown",
        "expr": f"absent({subject.of(looked_at)})",
        "for": duration(patience),
        "labels": _labels(subject, "Unknown", "ticket"),
        "annotations": wording.unknown(duration(patience), objective, subject),
    }


def _labels(subject: Subject, level: str, severity: str) -> dict[str, str]:
    return subject.labels | {"level": str(level), "severity": severity}


def _all(clauses: Iterable[str]) -> str:
    return "\nand ".join(clauses)
