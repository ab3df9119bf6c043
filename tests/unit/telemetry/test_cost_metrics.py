"""Metrics of CostBudgets: what is Unknown has no figure, and what was given back is not saved any more."""

from typing import Any

from autonomic.adapters.telemetry.cost_metrics import budgets
from autonomic.domain.cost import CostBudget
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.view import View
from tests.unit.domain.cost_specimens import budget
from tests.unit.domain.specimens import NOW, condition, plan


def shown(told: CostBudget, *plans: AdaptationPlan) -> dict[str, dict[tuple[str, ...], float]]:
    """The values of each family, by their labels."""
    view = View(NOW, budgets={told.key: told}, plans={each.key: each for each in plans})
    return {
        family.name: {tuple(each.labels.values()): each.value for each in family.samples} for family in budgets(view)
    }


def standing(known: str) -> CostBudget:
    status = {"level": "Throttle", "own": "Throttle", "spent": "104%", "conditions": [condition("SpendKnown", known)]}
    return budget(status=status)


def test_the_share_is_shown_while_it_is_known_and_the_level_always() -> None:
    known = shown(standing("True"))
    assert known["autonomic_cost_spent_ratio"] == {("shop", "team"): 1.04}
    unknown = shown(standing("Unknown"))
    assert unknown["autonomic_cost_spent_ratio"] == {}
    assert unknown["autonomic_cost_spend_known"] == {("shop", "team"): 0.0}
    assert unknown["autonomic_cost_level"][("shop", "team", "Throttle")] == 1.0


def saved(name: str, **trigger: str) -> AdaptationPlan:
    cost = {
        "budget": "team",
        "window": "5m",
        "basis": "Rate",
        "over": "1h",
        "spent": "4",
        "least": "0.05",
        "currency": "USD",
    }
    status: dict[str, Any] = {
        "conditions": [condition("Finished", "True", "Succeeded")],
        "verification": {"startedAt": NOW.isoformat(), "deadline": NOW.isoformat(), "saved": "12.5"},
    }
    return plan(
        name,
        status,
        verification={"type": "Cost", "settle": "1m", "within": "15m", "cost": cost},
        trigger={"type": "Budget", "budget": {"budget": "team", "rung": "Constrained", **trigger}},
    )


def test_savings_count_until_they_are_given_back() -> None:
    where = ("shop", "team", "USD")
    assert shown(standing("True"), saved("a"), saved("b"))["autonomic_cost_saved_per_day"] == {where: 25.0}
    back = plan(
        "back",
        {"conditions": [condition("Finished", "True", "Succeeded")]},
        trigger={"type": "Budget", "budget": {"budget": "team", "rung": "Normal", "givesBack": "a"}},
    )
    assert shown(standing("True"), saved("a"), back)["autonomic_cost_saved_per_day"] == {}
