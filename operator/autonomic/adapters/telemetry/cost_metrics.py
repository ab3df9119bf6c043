"""Metrics of CostBudgets, from their statuses and their plans, so that a standby shows the same."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from prometheus_client.core import GaugeMetricFamily, Metric

from autonomic.domain.meta import condition
from autonomic.domain.naming import outcome
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.spending import Rungs
from autonomic.domain.view import View
from autonomic.domain.words import Truth

_BUDGET = ("namespace", "budget")


def budgets(view: View) -> Iterator[Metric]:
    """How much is spent, on which rung each budget stands, and what plans save a day."""
    spent = GaugeMetricFamily(
        "autonomic_cost_spent_ratio", "Share of the limit that is spent; absent when Unknown.", labels=_BUDGET
    )
    level = GaugeMetricFamily(
        "autonomic_cost_level", "1 at the rung that the budget stands on.", labels=(*_BUDGET, "level")
    )
    known = GaugeMetricFamily("autonomic_cost_spend_known", "1 where it is known what was spent.", labels=_BUDGET)
    for each in view.budgets.values():
        labels = [each.metadata.namespace or "", each.metadata.name]
        said = condition(each.status.conditions, "SpendKnown")
        sure = said is not None and said.status is Truth.TRUE
        known.add_metric(labels, float(sure))
        share = _ratio(each.status.spent)
        if sure and share is not None:
            spent.add_metric(labels, share)
        for word in Rungs:
            level.add_metric([*labels, word.value], float(each.status.level is word))
    yield from (spent, level, known, _savings(view))


def _savings(view: View) -> Metric:
    family = GaugeMetricFamily(
        "autonomic_cost_saved_per_day",
        "Money a day that plans which succeeded were measured to save.",
        labels=(*_BUDGET, "currency"),
    )
    sums: dict[tuple[str, str, str], Decimal] = {}
    for plan in view.plans.values():
        seen = plan.status.verification
        wanted = plan.spec.verification.cost if seen and seen.saved else None
        if seen and seen.saved and wanted and outcome(plan) == "Succeeded" and not _given_back(plan, view):
            key = (plan.metadata.namespace or "", wanted.budget, wanted.currency)
            sums[key] = sums.get(key, Decimal(0)) + Decimal(seen.saved)
    for labels, amount in sums.items():
        family.add_metric(labels, float(amount))
    return family


def _given_back(plan: AdaptationPlan, view: View) -> bool:
    return any(
        each.spec.trigger.budget is not None
        and each.spec.trigger.budget.gives_back == plan.metadata.name
        and outcome(each) == "Succeeded"
        for each in view.plans.values()
    )


def _ratio(percent: str) -> float | None:
    try:
        return float(Decimal(percent.removesuffix("%")) / 100)
    except InvalidOperation:
        return None
