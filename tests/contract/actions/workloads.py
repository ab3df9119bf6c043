"""Rows whose target keeps pods: Scale, Restart, Rollback, Resize, SetEnv and Quarantine of Deployments and StatefulSets."""

from typing import Any

from autonomic.domain.words import QUARANTINED_LABEL
from tests.contract.actions.row import GROUP, LABELS, Manifest, Row, app, container, manifest, noted

MARK = "2025-01-01T12:00:00Z"
NEW = "registry.k8s.io/pause:3.10"
OLD = "registry.k8s.io/pause:3.9"
_ENV = [{"name": "MODE", "value": "fast"}, {"name": "ZONE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}]
_PAUSED: tuple[Manifest, str] = ({"spec": {"paused": True}}, "is paused")
_ON_DELETE: tuple[Manifest, str] = (
    {"spec": {"updateStrategy": {"type": "OnDelete"}}},
    "only when somebody deletes them",
)
_ELSEWHERE: tuple[Manifest, str] = ({"metadata": {"annotations": None}}, "is not annotated")
_UNLISTED: tuple[Manifest, str] = ({"metadata": {"annotations": {f"{GROUP}/writable-env": "OTHER"}}}, "lists OTHER")


def _meta(image: str = NEW, env: Any = None) -> Manifest:
    return {"metadata": {"labels": LABELS}, "spec": {"containers": [container(image, **({"env": env} if env else {}))]}}


def deployment(name: str, replicas: int = 1, **more: Any) -> Manifest:
    """A Deployment of pause containers."""
    env, image = more.pop("env", None), more.pop("image", NEW)
    selector = {"matchLabels": {**LABELS, "of": name}}
    template = _meta(image, env)
    template["metadata"] = {"labels": {**LABELS, "of": name}}
    spec = {"replicas": replicas, "selector": selector, "template": template}
    return manifest("apps/v1", "Deployment", name, spec=spec, **more)


def stateful_set(name: str, replicas: int = 1, **more: Any) -> Manifest:
    """A StatefulSet of pause containers."""
    made = deployment(name, replicas, **more)
    return {**made, "kind": "StatefulSet", "spec": {**made["spec"], "serviceName": name}}


def isolation(name: str) -> tuple[Manifest, ...]:
    """A NetworkPolicy that lets nobody near what is quarantined."""
    selector = {"matchLabels": {QUARANTINED_LABEL: "true"}}
    spec = {"podSelector": selector, "policyTypes": ["Ingress", "Egress"]}
    return (manifest("networking.k8s.io/v1", "NetworkPolicy", f"{name}-isolation", spec=spec),)


def _scale(kind: str, make: Any) -> Row:
    return Row(
        name=f"Scale {kind}",
        permitted={"type": "Scale", "scale": {"by": 2, "max": 3}},
        target=make,
        changes={"/spec/replicas": (1, 3)},
        theirs=2,
        says="scale from 1 to 3 replicas",
        unfit=(({"kind": "ReplicaSet"}, "not on ReplicaSet"),),
        rolls=True,
    )


def _restart(kind: str, make: Any, *unfit: tuple[Manifest, str]) -> Row:
    return Row(
        name=f"Restart {kind}",
        permitted={"type": "Restart", "restart": {}},
        target=make,
        changes={f"/spec/template/metadata/annotations/{GROUP}~1restartedAt": (None, MARK)},
        theirs="2024-01-01T12:00:00Z",
        says="restart all pods",
        unfit=(*unfit, ({"status": {"updatedReplicas": 0, "updateRevision": "b"}}, "in the middle of a rollout")),
        rolls=True,
    )


def _set_env(kind: str, make: Any, *unfit: tuple[Manifest, str]) -> Row:
    return Row(
        name=f"SetEnv {kind}",
        permitted={"type": "SetEnv", "setEnv": {"container": "app", "name": "MODE", "value": "safe"}},
        target=lambda name: make(name, env=_ENV, annotations=noted(writable_env="MODE")),
        changes={app("env", "[name=MODE]", "value"): ("fast", "safe")},
        theirs="slow",
        says="set a variable of container app (MODE: fast -> safe)",
        unfit=(*unfit, _UNLISTED, ({"spec": {"template": {"spec": {"containers": []}}}}, "has no container app")),
        rolls=True,
    )


def _resize(kind: str, make: Any, *unfit: tuple[Manifest, str]) -> Row:
    return Row(
        name=f"Resize {kind}",
        permitted={"type": "Resize", "resize": {"container": "app", "percent": 50, "most": "2Gi"}},
        target=lambda name: sized(make(name, annotations=noted(max_memory="1Gi"))),
        changes={app("resources", "limits", "memory"): ("512Mi", "768Mi")},
        theirs="640Mi",
        says="raise the memory limit of container app from 512Mi to 768Mi",
        unfit=(
            *unfit,
            ({"metadata": {"annotations": {f"{GROUP}/max-memory": "700Mi"}}}, "above 700Mi"),
            ({"metadata": {"annotations": None}}, "holds no quantity"),
        ),
        rolls=True,
    )


def sized(made: Manifest, memory: str = "512Mi") -> Manifest:
    """The workload, its container with limits and a request."""
    resources = {"limits": {"memory": memory, "cpu": "1"}, "requests": {"memory": "256Mi"}}
    made["spec"]["template"]["spec"]["containers"][0]["resources"] = resources
    return made


def _quarantine(kind: str, make: Any, *unfit: tuple[Manifest, str]) -> Row:
    return Row(
        name=f"Quarantine {kind}",
        permitted={"type": "Quarantine", "quarantine": {}},
        target=lambda name: make(name, annotations=noted(allow_quarantine="true")),
        around=isolation,
        changes={f"/spec/template/metadata/labels/{GROUP}~1quarantined": (None, "true")},
        theirs="false",
        says="cut its pods off by their label",
        unfit=(*unfit, _ELSEWHERE),
        rolls=True,
    )


ROWS = (
    _scale("Deployment", deployment),
    _scale("StatefulSet", stateful_set),
    _restart("Deployment", deployment, _PAUSED),
    _restart("StatefulSet", stateful_set, _ON_DELETE),
    Row(
        name="Rollback Deployment",
        permitted={"type": "Rollback", "rollback": {}},
        target=lambda name: deployment(name, annotations=noted(allow_rollback="true")),
        changes={app("image"): (NEW, OLD)},
        theirs="registry.k8s.io/pause:3.8",
        says=f"roll back from revision 2 to 1 ({NEW} -> {OLD})",
        unfit=(_PAUSED, ({"metadata": {"annotations": {f"{GROUP}/allow-rollback": None}}}, "is not annotated")),
        rolls=True,
        releases=True,
    ),
    _resize("Deployment", deployment, _PAUSED),
    _resize("StatefulSet", stateful_set, _ON_DELETE),
    _set_env("Deployment", deployment, _PAUSED),
    _set_env("StatefulSet", stateful_set, _ON_DELETE),
    Row(
        name="SetEnv of a variable that was not there",
        permitted={"type": "SetEnv", "setEnv": {"container": "app", "name": "MODE", "value": "safe"}},
        target=lambda name: deployment(name, annotations=noted(writable_env="MODE")),
        changes={app("env", "[name=MODE]"): (None, {"name": "MODE", "value": "safe"})},
        theirs={"name": "MODE", "value": "slow"},
        says="set a variable of container app (MODE: (none) -> safe)",
        unfit=(_UNLISTED,),
        rolls=True,
    ),
    Row(
        name="SetEnv to nothing",
        permitted={"type": "SetEnv", "setEnv": {"container": "app", "name": "MODE", "value": ""}},
        target=lambda name: deployment(name, env=_ENV, annotations=noted(writable_env="MODE")),
        changes={app("env", "[name=MODE]", "value"): ("fast", None)},
        theirs="slow",
        says="set a variable of container app (MODE: fast -> )",
        unfit=(_UNLISTED,),
        rolls=True,
    ),
    _quarantine("Deployment", deployment, _PAUSED),
    _quarantine("StatefulSet", stateful_set, _ON_DELETE),
)
