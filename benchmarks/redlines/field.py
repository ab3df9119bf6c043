"""Where the tries happen: namespaces under different RedLines, with targets whose pods never come to be."""

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from benchmarks.redlines.lines import DEFAULTS, Line
from testbed.api import ApiError
from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.installation import Installation
from testbed.people import ADMIN, ROOT
from testbed.programs.catalogue import SCALED_OBJECTS_CRD
from testbed.waiting import until

GROUP = "autonomic.maestro.dev"
REDLINES = f"/apis/{GROUP}/v1alpha1/redlines"
KNOWN_SECONDS = 20.0
LINES = (
    Line("default", least=1, most=50, step=Fraction(3, 4)),
    Line("calm", "calm", least=2, most=20, step=Fraction(1, 2)),
    Line("tight-least", "tight", least=3, kinds=("Deployment", "HorizontalPodAutoscaler")),
    Line("tight-most", "tight", most=10, step=Fraction(3, 10)),
    Line("tight-other", "tight", most=1, names=("elsewhere",)),
    Line("cooling", "cooling", cools=True),
    Line("resting", "resting", rests=True),
    Line("killed", "killed", killed=True),
)
NAMESPACES = ("calm", "tight", "cooling", "resting", "killed", "foreign")
PATHS = {
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "StatefulSet": "/apis/apps/v1/namespaces/{}/statefulsets",
    "HorizontalPodAutoscaler": "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers",
    "ScaledObject": "/apis/keda.sh/v1alpha1/namespaces/{}/scaledobjects",
    "ConfigMap": "/api/v1/namespaces/{}/configmaps",
}


@dataclass(frozen=True)
class Target:
    """An object that is written to."""

    namespace: str
    kind: str
    name: str

    @property
    def path(self) -> str:
        """Where it is."""
        return f"{PATHS[self.kind].format(self.namespace)}/{self.name}"

    @property
    def autoscaled(self) -> bool:
        """Whether an HPA names it."""
        return self.name == "scaled"

    def numbers(self, raw: dict[str, Any]) -> dict[str, int]:
        """Its numbers as they are, defaults included."""
        return {name: raw["spec"].get(name, default) for name, default in DEFAULTS.get(self.kind, {}).items()}


TARGETS = tuple(
    Target(namespace, kind, name)
    for namespace in NAMESPACES
    for kind in PATHS
    for name in (("web", "scaled") if kind == "Deployment" else ("web",))
)

SWITCHING = Target("switching", "Deployment", "web")
"""Under the default line alone, and never part of the tries: what a kill switch is timed on."""


def prepare(installed: Installation) -> None:
    """Makes namespaces, targets and lines, and waits until admission knows them."""
    ensure_built((SCALED_OBJECTS_CRD,))
    kubectl, root = installed.cluster.kubectl, installed.cluster.api(ROOT)
    crd = program_path(SCALED_OBJECTS_CRD)
    kubectl("apply", "--server-side", "-f", crd, as_=ROOT)
    until(lambda: root.get("/apis/keda.sh/v1alpha1/scaledobjects"), KNOWN_SECONDS, "KEDA's kind", ignoring=(ApiError,))
    for namespace in (*NAMESPACES, SWITCHING.namespace):
        installed.cluster.create_namespace(namespace, enabled=namespace != "foreign")
    documents = [_document(target) for target in (*TARGETS, SWITCHING)]
    items = json.dumps({"apiVersion": "v1", "kind": "List", "items": documents})
    kubectl("create", "-f", "-", as_=ROOT, input=items)
    for line in LINES:
        if line.name != "default":
            kind = {"apiVersion": f"{GROUP}/v1alpha1", "kind": "RedLine", "metadata": {"name": line.name}}
            installed.cluster.api(ADMIN).post(REDLINES, {**kind, "spec": line.spec()})
    assert root.get(f"{REDLINES}/default")["spec"]["limits"] == {"minReplicas": 1, "maxReplicas": 50, "maxStep": "0.75"}
    until(lambda: all(_known(installed, namespace) for namespace in NAMESPACES), KNOWN_SECONDS, "the lines to hold")


def _known(installed: Installation, namespace: str) -> bool:
    """Whether admission knows the namespace's own line: what it alone forbids is refused."""
    probe = {"calm": 21, "tight": 11, "cooling": 5, "resting": 5, "killed": 5, "foreign": 5}[namespace]
    body = {"metadata": {"annotations": {f"{GROUP}/epoch": str(installed.lead())}}, "spec": {"replicas": probe}}
    if namespace == "cooling":
        return True  # nothing was written there yet, so nothing cools down
    try:
        installed.operator.patch(Target(namespace, "Deployment", "web").path, body, dryRun="All")
    except ApiError as refused:
        return namespace == "foreign" or f"RedLine {namespace}" in str(refused)
    return False


def _document(target: Target) -> dict[str, Any]:
    version = PATHS[target.kind].split("/namespaces")[0].removeprefix("/apis/").removeprefix("/api/")
    named = {"name": target.name, "namespace": target.namespace, "annotations": {f"{GROUP}/writable-keys": "mode"}}
    return {"apiVersion": version, "kind": target.kind, "metadata": named, **_content(target)}


def _content(target: Target) -> dict[str, Any]:
    labels = {"app": f"{target.kind.lower()}-{target.name}"}
    # Gated: of a StatefulSet, only the first pod is ever made. A Deployment that is born paused makes none.
    pod = {
        "containers": [{"name": "main", "image": "example.com/none:1"}],
        "schedulingGates": [{"name": "example.com/held"}],
    }
    workload = {
        "replicas": 4,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "scaled"}
    contents: dict[str, dict[str, Any]] = {
        "Deployment": {"spec": {**workload, "paused": True}},
        "StatefulSet": {"spec": {**workload, "serviceName": "web"}},
        "HorizontalPodAutoscaler": {"spec": {"scaleTargetRef": ref, "minReplicas": 3, "maxReplicas": 6}},
        "ScaledObject": {"spec": {"scaleTargetRef": {"name": "nothing"}, "minReplicaCount": 2, "maxReplicaCount": 8,
                                  "triggers": [{"type": "cpu", "metadata": {"value": "50"}}]}},
        "ConfigMap": {"data": {"mode": "0", "secretive": "1"}},
    }  # fmt: skip
    return contents[target.kind]
