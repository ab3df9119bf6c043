"""The policy engine's input: everything it may decide on, the time included, so that every decision can be replayed."""

from decimal import Decimal
from typing import Any

from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.domain.words import Mode


def request(plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View, mode: Mode) -> dict[str, Any]:
    """The document that `policies/` are written against; its schema stands beside them."""
    namespace = view.namespace(plan.metadata.namespace)
    return {
        "now": view.now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "mode": mode.value,
        "plan": _plan(plan),
        "namespace": {"name": namespace.name, "labels": dict(namespace.labels)},
        "contract": _contract(plan, view),
        "budget": _budget(plan),
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
    }


def _contract(plan: AdaptationPlan, view: View) -> dict[str, str] | None:
    alert = plan.spec.trigger.slo_alert
    contract = view.contracts.get(f"{plan.metadata.namespace}/{alert.contract}") if alert else None
    return {"name": contract.metadata.name, "tier": contract.spec.tier} if contract else None


def _budget(plan: AdaptationPlan) -> dict[str, float] | None:
    shown = plan.spec.evidence.budget_remaining.removesuffix("%")
    return {"remaining": float(Decimal(shown) / 100)} if shown and shown != "Unknown" else None


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
    }
