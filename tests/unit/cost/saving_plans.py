"""Plans of the budget `team`, at different points of their lives."""

from typing import Any

from autonomic.domain.plans import AdaptationPlan
from tests.unit.domain.specimens import condition, execution, meta, plan_spec


def plan_parts(expected: str | None = "12.5", gives_back: str | None = None) -> dict[str, Any]:
    """What makes a plan's spec one of the budget's."""
    asked = {"budget": "team", "rung": "Downgrade", "givesBack": gives_back}
    before = {"window": "1h", "basis": "Task", "over": "1h", "spent": "4", "tasks": "400", "least": "0.05"}
    cost = {"budget": "team", "currency": "USD", "expected": expected, **before}
    judged = {"type": "Cost", "settle": "1m", "within": "3h", "cost": cost}
    return {"trigger": {"type": "Budget", "budget": asked}, "verification": judged}


def finished(outcome: str, saved: str | None = None) -> dict[str, Any]:
    """The status of a plan that was carried out."""
    looked = {"startedAt": "2025-01-01T11:00:00Z", "deadline": "2025-01-01T12:00:00Z", "saved": saved}
    conditions = [condition("Finished", "True", outcome)]
    return {"phase": outcome, "execution": execution(), "verification": looked, "conditions": conditions}


def plan(name: str, status: dict[str, Any] | None = None, **parts: Any) -> AdaptationPlan:
    """One plan."""
    spec = plan_spec(**plan_parts(**parts)).wire()
    return AdaptationPlan.read({"metadata": meta(name), "spec": spec, "status": status})
