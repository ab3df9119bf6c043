"""The policy engine's input: everything it may decide on, the time included, so that every decision can be replayed."""

from decimal import Decimal
from typing import Any

from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.domain.words import GROUP, Mode
from autonomic.governance.autonomy import budget_left
from autonomic.governance.reviews import approvals


def request(plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View, mode: Mode) -> dict[str, Any]:
    """The document that `policies/` are written against; its schema stands beside them."""
    namespace = view.namespace(plan.metadata.namespace)
    return {
        "now": view.now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "mode": mode.value,
        "plan": _plan(plan),
        "namespace": {
            "name": namespace.name,
            "labels": dict(namespace.labels),
            "workloads": _workloads(namespace.name, view),
        },
        "contract": _contract(plan, view),
        "budget": _budget(plan, view),
        "cost": _cost(plan, view),
        "steps": [_step(step) for step in steps],
    }


def _plan(plan: AdaptationPlan) -> dict[str, Any]:
    spec = plan.spec.wire()
    return {
        "name": plan.metadata.name,
        "controlLoop": spec["controlLoop"],
        "trigger": spec["trigger"],
        "expiresAt": spec["expiresAt"],
        "requiresPerson": spec["requiresPerson"],
        "approvals": [{"by": each.by, "message": each.message} for each in approvals(plan)],
    }


def _workloads(namespace: str, view: View) -> int:
    """How many workloads of the namespace contracts and playbooks are about."""
    playbooks = (each for each in view.playbooks.values() if each.metadata.namespace == namespace)
    promised = view.promises.targets(namespace)
    return len(promised.keys() | {ref for each in playbooks for ref in each.subjects()})


def _contract(plan: AdaptationPlan, view: View) -> dict[str, Any] | None:
    alert = plan.spec.trigger.slo_alert
    contract = view.contracts.get(f"{plan.metadata.namespace}/{alert.contract}") if alert else None
    if contract is None:
        return None
    ours = {name: value for name, value in contract.metadata.annotations.items() if name.startswith(f"{GROUP}/")}
    return {"name": contract.metadata.name, "tier": contract.spec.tier, "annotations": ours}


def _budget(plan: AdaptationPlan, view: View) -> dict[str, float] | None:
    left = budget_left(plan, view)
    return {"remaining": float(left)} if isinstance(left, Decimal) else None


def _cost(plan: AdaptationPlan, view: View) -> float | None:
    """Money a day that the plan is expected to cost more; negative where it saves, None where nobody knows."""
    asked = plan.spec.trigger.budget
    if asked and asked.saves:
        return -float(asked.saves)
    taken = view.plans.get(f"{plan.metadata.namespace}/{asked.gives_back}") if asked and asked.gives_back else None
    saving = (taken or plan).spec.verification.cost
    if saving is None or saving.expected is None:
        return None
    return float(saving.expected) if taken else -float(saving.expected)


def _step(step: StepFacts) -> dict[str, Any]:
    ref = step.target.ref
    both = step.replicas_before is not None and step.replicas_after is not None
    return {
        "action": step.action,
        "summary": step.summary,
        "target": {
            "apiVersion": ref.api_version,
            "kind": ref.kind,
            "name": ref.name,
            "labels": dict(step.target.labels),
        },
        "effects": sorted(step.effects),
        "replicas": {"before": step.replicas_before, "after": step.replicas_after} if both else None,
        "traffic": step.traffic,
    }
