"""From a finding and the live targets to an AdaptationPlan: absolute values, a nonce, a digest. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from autonomic.domain.actions import Action
from autonomic.domain.findings import Finding
from autonomic.domain.plans import AdaptationPlan, AdaptationPlanSpec
from autonomic.domain.targets import StepFacts, Target
from autonomic.domain.words import API_VERSION, Mode
from autonomic.execution.action import ActionKind, Declined
from autonomic.governance.digest import digest

Actions = Mapping[str, ActionKind]
_UNSIGNED = "sha256:" + "0" * 64


def compose(
    finding: Finding,
    targets: tuple[Target, ...],
    actions: Actions,
    *,
    now: datetime,
    expiry: timedelta,
    nonce: str,
    policy_revision: str,
) -> AdaptationPlanSpec:
    """The spec of the plan. Raises Declined when an action has nothing to do or must not be done."""
    moment = now.replace(microsecond=0)
    mark = moment.isoformat()
    fixed = finding.fixed or tuple(
        _fix(permitted.type, actions).fix(permitted, target, mark)
        for permitted, target in zip(finding.permitted, targets, strict=True)
    )
    spec = AdaptationPlanSpec(
        control_loop=finding.loop,
        trigger=finding.trigger,
        actions=fixed,
        justification=finding.justification[:1024],
        evidence=finding.evidence,
        verification=finding.verification,
        requires_person=finding.mode is not Mode.ENFORCE,
        expires_at=moment + expiry,
        policy_revision=policy_revision,
        nonce=nonce,
        digest=_UNSIGNED,
    )
    return spec.model_copy(update={"digest": digest(spec)})


def manifest(finding: Finding, spec: AdaptationPlanSpec) -> dict[str, Any]:
    """The plan as it is created."""
    return {
        "apiVersion": API_VERSION,
        "kind": AdaptationPlan.names.kind,
        "metadata": {"name": finding.name, "namespace": finding.owner.namespace},
        "spec": spec.wire(),
    }


def step_facts(actions: tuple[Action, ...], targets: tuple[Target, ...], kinds: Actions) -> tuple[StepFacts, ...]:
    """What each action would do to its target as it is now."""
    return tuple(_facts(action, target, kinds) for action, target in zip(actions, targets, strict=True))


def _facts(action: Action, target: Target, kinds: Actions) -> StepFacts:
    kind = kinds.get(action.type)
    if kind is None:
        missing = f"no action of type {action.type} is installed"
        return StepFacts(action.type, target, (), frozenset(), action.type, objection=missing)
    objection = _objection(kind, action, target)
    replicas = kind.replicas(action, target) or (None, None)
    return StepFacts(
        action=action.type,
        target=target,
        changes=() if objection else kind.changes(action, target),
        effects=kind.effects(action, target),
        summary=kind.describe(action, target),
        replicas_before=replicas[0],
        replicas_after=replicas[1],
        objection=objection,
        traffic=kind.traffic(action, target),
        reversible=kind.reversible,
        deed=kind.deed,
        creates=action.retry.job if action.retry else None,
    )


def _objection(kind: ActionKind, action: Action, target: Target) -> str | None:
    if target.uid != action.target_ref.uid:
        return f"{target.ref} is another object than when the plan was made: it was deleted and created again"
    return kind.objection(action, target)


def _fix(action_type: str, actions: Actions) -> ActionKind:
    if action_type not in actions:
        raise Declined(f"no action of type {action_type} is installed")
    return actions[action_type]
