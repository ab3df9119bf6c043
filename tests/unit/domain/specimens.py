"""Whole objects for tests, each as the API server would hand it over; what a test is about is an argument."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from autonomic.domain.contracts import SLAContract
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan, AdaptationPlanSpec
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.redlines import RedLine
from autonomic.domain.targets import Target
from autonomic.domain.view import NamespaceView
from autonomic.domain.words import API_VERSION, ENABLED_LABEL
from autonomic.governance.digest import digest

NOW = datetime(2025, 1, 1, 12, 0, 0, tzinfo=UTC)
NAMESPACE = "shop"
DEPLOYMENT = ObjectRef(api_version="apps/v1", kind="Deployment", name="agent", namespace=NAMESPACE)
FAST = {"long": "1h", "short": "5m", "factor": "14.4", "level": "Breach"}
SLOW = {"long": "1d", "short": "2h", "factor": "3", "level": "Warning"}


def meta(name: str, namespace: str | None = NAMESPACE, **more: Any) -> dict[str, Any]:
    """Metadata as the server writes it."""
    base = {"name": name, "uid": f"uid-{name}", "generation": 1, "resourceVersion": "1", **more}
    return base | ({"namespace": namespace} if namespace else {})


def objective(**more: Any) -> dict[str, Any]:
    """An objective of 99.5 % over 28 days with one Breach tier."""
    return {
        "name": "success",
        "target": "99.5",
        "window": {"rolling": "28d"},
        "indicator": {"ratio": {"bad": 'tasks_total{status="failed"}', "total": "tasks_total"}},
        "alerting": {"windows": [FAST]},
        **more,
    }


def contract_raw(name: str = "agent", **spec: Any) -> dict[str, Any]:
    """An SLAContract that may scale by 2, up to 10."""
    base = {
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent"},
        "objectives": [objective()],
        "adaptations": [{"levels": ["Breach"], "actions": [{"type": "Scale", "scale": {"by": 2, "max": 10}}]}],
    }
    return {"apiVersion": API_VERSION, "kind": "SLAContract", "metadata": meta(name), "spec": {**base, **spec}}


def contract(name: str = "agent", **spec: Any) -> SLAContract:
    """The same, read."""
    return SLAContract.read(contract_raw(name, **spec))


def playbook_raw(name: str = "crashes", **spec: Any) -> dict[str, Any]:
    """A SelfHealingPlaybook that restarts the agent when errors stay above 0.05 for 30 s."""
    trigger = {
        "name": "errors",
        "prometheus": {"selector": 'errors{app="agent"}'},
        "op": "GT",
        "value": "0.05",
        "for": "30s",
    }
    base = {
        "scope": "Task",
        "triggers": [trigger],
        "target": {"ref": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent"}},
        "actions": [{"type": "Restart", "restart": {}}],
        "mode": "Enforce",
    }
    return {"apiVersion": API_VERSION, "kind": "SelfHealingPlaybook", "metadata": meta(name), "spec": {**base, **spec}}


def playbook(name: str = "crashes", **spec: Any) -> SelfHealingPlaybook:
    """The same, read."""
    return SelfHealingPlaybook.read(playbook_raw(name, **spec))


def redline_raw(name: str = "default", **spec: Any) -> dict[str, Any]:
    """A RedLine that forbids nothing but what is asked for."""
    return {"apiVersion": API_VERSION, "kind": "RedLine", "metadata": meta(name, None), "spec": spec}


def redline(name: str = "default", **spec: Any) -> RedLine:
    """The same, read."""
    return RedLine.read(redline_raw(name, **spec))


def loop_raw(kind: str = "Reliability", mode: str = "Enforce", **spec: Any) -> dict[str, Any]:
    """A ControlLoop named after its type."""
    body = {"type": kind, "mode": mode, **spec}
    return {"apiVersion": API_VERSION, "kind": "ControlLoop", "metadata": meta(kind.lower(), None), "spec": body}


def loop(kind: str = "Reliability", mode: str = "Enforce", **spec: Any) -> ControlLoopResource:
    """The same, read."""
    return ControlLoopResource.read(loop_raw(kind, mode, **spec))


def namespace(*, enabled: bool = True, annotations: Mapping[str, str] | None = None) -> NamespaceView:
    """A namespace, opted in."""
    return NamespaceView(NAMESPACE, {ENABLED_LABEL: "true"} if enabled else {}, annotations or {})


def deployment(replicas: int | None = 2, /, **status: Any) -> dict[str, Any]:
    """A Deployment at rest."""
    wanted = 1 if replicas is None else replicas
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": meta("agent"),
        "spec": {"template": {"metadata": {}}} | ({} if replicas is None else {"replicas": replicas}),
        "status": {"observedGeneration": 1, "replicas": wanted, "updatedReplicas": wanted, **status},
    }


def target(raw: Mapping[str, Any] | None = None, autoscaler: str | None = None) -> Target:
    """The Deployment as a plan's target."""
    return Target(DEPLOYMENT, raw if raw is not None else deployment(), {ENABLED_LABEL: "true"}, autoscaler)


def plan_spec(
    *, actions: Sequence[Mapping[str, Any]] | None = None, reviews: Sequence[Any] = (), **more: Any
) -> AdaptationPlanSpec:
    """The spec of a plan that scales the agent to 4, with its true digest."""
    pinned = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent", "uid": "uid-agent"}
    slo = {"contract": "agent", "objective": "success"}
    body: dict[str, Any] = {
        "controlLoop": "reliability",
        "trigger": {"type": "SLOAlert", "sloAlert": {**slo, "level": "Breach", "since": "2025-01-01T11:55:00Z"}},
        "actions": actions or [{"type": "Scale", "targetRef": pinned, "scale": {"replicas": 4}}],
        "justification": "agent burns.",
        "evidence": {"summary": "10 of 100 events failed", "budgetRemaining": "40.0%"},
        "verification": {
            "type": "SLO",
            "settle": "1m",
            "within": "15m",
            "slo": {**slo, "window": "5m", "burnBelow": "14.4"},
        },
        "requiresPerson": False,
        "expiresAt": "2025-01-01T13:00:00Z",
        "policyRevision": "r1",
        "nonce": "0" * 32,
        "digest": "sha256:" + "0" * 64,
        **more,
    }
    unsigned = AdaptationPlanSpec.model_validate(body)
    signed = unsigned.model_copy(update={"digest": digest(unsigned)})
    said = [{"digest": signed.digest, **review} for review in reviews]
    return AdaptationPlanSpec.model_validate({**signed.wire(), "reviews": said})


def plan(name: str = "agent-success-1", status: Mapping[str, Any] | None = None, **spec: Any) -> AdaptationPlan:
    """An AdaptationPlan with that status."""
    body = {"metadata": meta(name), "spec": plan_spec(**spec).wire(), "status": dict(status or {})}
    return AdaptationPlan.read(body)


def condition(kind: str, status: str, reason: str = "Told", at: str = "2025-01-01T11:59:00Z") -> dict[str, str]:
    """A condition on the wire."""
    return {"type": kind, "status": status, "reason": reason, "lastTransitionTime": at}


def execution(at: str = "2025-01-01T11:58:00Z", uid: str = "uid-agent-success-1") -> dict[str, Any]:
    """A claim with one step, from 2 to 4 replicas."""
    change = {"path": "/spec/replicas", "before": "2", "after": "4"}
    step = {"opId": f"{uid}/0", "action": 0, "changes": [change], "at": at}
    return {"holder": "a", "epoch": 1, "seq": 1, "steps": [step]}
