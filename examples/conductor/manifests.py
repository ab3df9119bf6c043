"""The Kubernetes objects of an agent, as JSON-ready mappings; KWOK or a real kubelet makes the pods ready."""

from typing import Any

from examples.conductor.workers import Workload

PAUSE_IMAGE = "registry.k8s.io/pause:3.10"


def namespace(name: str) -> dict[str, Any]:
    """Give a namespace that has opted in to being acted on."""
    labels = {"autonomic.maestro.dev/enabled": "true"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def deployment(workload: Workload, replicas: int) -> dict[str, Any]:
    """Give the Deployment whose ready pods are the agent's workers."""
    labels = {"app.kubernetes.io/name": workload.name, "app.kubernetes.io/part-of": "conductor"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": workload.name, "namespace": workload.namespace, "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": _pod_spec()},
        },
    }


def _pod_spec() -> dict[str, Any]:
    """A worker does nothing but exist: the stand-in's process does its work."""
    return {
        "containers": [{"name": "worker", "image": PAUSE_IMAGE}],
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 1,
    }
