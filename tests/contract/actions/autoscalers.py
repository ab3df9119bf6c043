"""Rows whose target scales something else: the bounds of HorizontalPodAutoscalers and ScaledObjects."""

from typing import Any

from tests.contract.actions.row import Manifest, Row, manifest


def hpa(name: str) -> Manifest:
    """An HPA of a Deployment that there is not: only its bounds matter."""
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"{name}-scaled"}
    spec = {"scaleTargetRef": ref, "minReplicas": 2, "maxReplicas": 4}
    return manifest("autoscaling/v2", "HorizontalPodAutoscaler", name, spec=spec)


def scaled_object(name: str, **spec: Any) -> Manifest:
    """A ScaledObject of a Deployment that there is not."""
    trigger = {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "60"}}
    content = {"scaleTargetRef": {"name": f"{name}-scaled"}, "triggers": [trigger], **spec}
    return manifest("keda.sh/v1alpha1", "ScaledObject", name, spec=content)


def _bound(
    kind: str, make: Any, bound: str, by: int, path: str, change: tuple[object, int], theirs: int, says: str
) -> Row:
    crossed: Manifest = {"minReplicas": 90, "minReplicaCount": 90}
    why = "would have between 90"
    if bound == "Min":
        crossed, why = {"maxReplicas": 1, "maxReplicaCount": 1}, "and 1 replicas"
    return Row(
        name=f"Scale {kind} {bound}",
        permitted={"type": "Scale", "scale": {"by": by, "min": 0, "max": 100, "bound": bound}},
        target=make,
        changes={path: change},
        theirs=theirs,
        says=says,
        unfit=(({"spec": crossed}, why),),
    )


ROWS = (
    _bound("HPA", hpa, "Max", 2, "/spec/maxReplicas", (4, 6), 5, "raise the most replicas from 4 to 6"),
    _bound("HPA", hpa, "Min", 1, "/spec/minReplicas", (2, 3), 1, "raise the fewest replicas from 2 to 3"),
    _bound(
        "ScaledObject", scaled_object, "Max", -80, "/spec/maxReplicaCount", (None, 20), 5,
        "lower the most replicas from 100 to 20",
    ),
    _bound(
        "ScaledObject", lambda name: scaled_object(name, minReplicaCount=1, maxReplicaCount=9), "Min", 3,
        "/spec/minReplicaCount", (1, 4), 2, "raise the fewest replicas from 1 to 4",
    ),
)  # fmt: skip
