"""What asks for a plan: a playbook, or the operator itself, for several steps, which no playbook asks for."""

from datetime import UTC, datetime
from typing import Any

from autonomic.domain.actions import PermittedAction
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlanSpec
from autonomic.domain.targets import Target as Live
from autonomic.execution.actions import BUILT_IN
from autonomic.governance.digest import digest
from testbed.api import Api
from tests.faults.cases import ActionCase, Target
from tests.faults.signals import selector

VERSION = "autonomic.maestro.dev/v1alpha1"
HOLD = "1s"
_UNSIGNED = "sha256:" + "0" * 64


def playbook(case: ActionCase, namespace: str, within: str) -> dict[str, Any]:
    """A playbook that cures the first target once the trouble of that namespace has lasted."""
    target = case.targets[0].make(namespace)
    ref = {"apiVersion": target["apiVersion"], "kind": target["kind"], "name": target["metadata"]["name"]}
    trigger = {
        "name": "trouble",
        "type": "Prometheus",
        "prometheus": {"selector": selector(namespace)},
        "op": "GT",
        "value": "0",
        "for": HOLD,
    }
    spec = {
        "scope": "Infra",
        "mode": "Enforce",
        "triggers": [trigger],
        "target": {"ref": ref},
        "actions": [case.permitted],
        "cooldown": "10m",
        "verification": {"settle": "1s", "within": within},
    }
    return {"apiVersion": VERSION, "kind": "SelfHealingPlaybook", "metadata": {"name": "cure"}, "spec": spec}


def several_steps(api: Api, case: ActionCase, namespace: str, within: str) -> dict[str, Any]:
    """A plan of a step for each target, as the operator itself would write it."""
    signal = {"expr": f"max({selector(namespace)})", "op": "GT", "value": "0", "quiet": HOLD}
    document = {
        "controlLoop": "healing",
        "trigger": {"type": "Plan", "plan": {"plan": "another", "uid": namespace}},
        "actions": [_step(api, target, namespace) for target in case.targets],
        "justification": "The targets belong together.",
        "evidence": {"summary": "a test"},
        "verification": {"type": "Signal", "settle": "1s", "within": within, "signal": signal},
        "requiresPerson": False,
        "expiresAt": "2100-01-01T00:00:00Z",
        "policyRevision": "",
        "nonce": f"{abs(hash(namespace)):032x}",
        "digest": _UNSIGNED,
    }
    spec = AdaptationPlanSpec.model_validate(document)
    return {
        "apiVersion": VERSION,
        "kind": "AdaptationPlan",
        "metadata": {"name": "several-steps"},
        "spec": spec.model_copy(update={"digest": digest(spec)}).wire(),
    }


def _step(api: Api, target: Target, namespace: str) -> dict[str, Any]:
    """The absolute action that the permitted one means just now."""
    assert target.step is not None, f"{target.at} is in a case without a playbook: it needs a step"
    made = target.make(namespace)
    live = api.get(f"{target.path(namespace)}/{target.name(namespace)}")
    ref = ObjectRef(api_version=made["apiVersion"], kind=made["kind"], name=live["metadata"]["name"])
    if target.step["type"] not in PermittedAction.types():
        meant = {"apiVersion": ref.api_version, "kind": ref.kind, "name": ref.name, "uid": live["metadata"]["uid"]}
        return {**target.step, "targetRef": meant}
    sets = api.get(f"/apis/apps/v1/namespaces/{namespace}/replicasets")["items"]
    seen = Live(ref, live, related=tuple({"kind": "ReplicaSet", **each} for each in sets))
    permitted = PermittedAction.model_validate(target.step)
    return BUILT_IN[permitted.type].fix(permitted, seen, datetime.now(UTC).isoformat()).wire()
