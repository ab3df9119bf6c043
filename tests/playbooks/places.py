"""What incidents happen to: workloads, routes, settings and jobs, as their owners would have made them."""

from testbed.world import Manifest

GROUP = "autonomic.maestro.dev"
IMAGE = "registry.k8s.io/pause:3.10"


def noted(**annotations: str) -> dict[str, str]:
    """Annotations of our group."""
    return {f"{GROUP}/{key.replace('_', '-')}": value for key, value in annotations.items()}


def workload(name: str, image: str = IMAGE, **annotations: str) -> Manifest:
    """A Deployment of two replicas."""
    resources = {"limits": {"memory": "512Mi"}, "requests": {"memory": "128Mi"}}
    container = {"name": "worker", "image": image, "resources": resources}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "annotations": noted(**annotations)},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": name}}, "template": template},
    }


def settings(name: str, data: dict[str, str]) -> Manifest:
    """A ConfigMap whose owner lets all of it be changed."""
    meta = {"name": name, "annotations": noted(writable_keys=",".join(data))}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


def route(name: str, source: str, destination: str) -> Manifest:
    """A route that sends nine of ten requests to the source."""
    backends = [{"name": source, "port": 80, "weight": 90}, {"name": destination, "port": 80, "weight": 10}]
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": name},
        "spec": {"rules": [{"backendRefs": backends}]},
    }


def cron_job(name: str, **annotations: str) -> Manifest:
    """A CronJob that never comes to run."""
    pod = {"restartPolicy": "Never", "containers": [{"name": "worker", "image": IMAGE}]}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": name, "annotations": noted(**annotations)},
        "spec": {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": {"spec": pod}}}},
    }


def job(name: str) -> Manifest:
    """A Job that does not run: it is suspended, and said to have failed."""
    pod = {"restartPolicy": "Never", "containers": [{"name": "worker", "image": IMAGE}]}
    spec = {"suspend": True, "backoffLimit": 0, "template": {"spec": pod}}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": spec}


_LONG_AGO = "2024-12-31T00:00:00Z"
_REASON = {"status": "True", "reason": "BackoffLimitExceeded", "message": "it failed", "lastTransitionTime": _LONG_AGO}
FAILED = {"startTime": _LONG_AGO, "conditions": [{"type": each, **_REASON} for each in ("FailureTarget", "Failed")]}
"""The status of a Job that failed."""


def weights(found: Manifest) -> object:
    """The weights of a route's first rule."""
    return [each["weight"] for each in found["spec"]["rules"][0]["backendRefs"]]


def image(found: Manifest) -> object:
    """The image of a workload's container."""
    return found["spec"]["template"]["spec"]["containers"][0]["image"]


def memory(found: Manifest) -> object:
    """The memory limit of a workload's container."""
    return found["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"]


def suspended(found: Manifest) -> object:
    """Whether a CronJob is suspended."""
    return found["spec"]["suspend"]
