"""The entry whose plan leaves its targets as they are: a Job is made beside one, and two outlets are called."""

from typing import Any

from testbed.world import Manifest
from tests.faults.cases import ActionCase, Target

_WHEN = "2024-12-31T00:00:00Z"
_REASON = {"status": "True", "reason": "BackoffLimitExceeded", "message": "it failed", "lastTransitionTime": _WHEN}
_FAILED = {"startTime": _WHEN, "conditions": [{"type": each, **_REASON} for each in ("FailureTarget", "Failed")]}


def _job(namespace: str) -> Manifest:
    """Suspended, so that nothing of it runs; a retry is not, and ends well."""
    pod = {"restartPolicy": "Never", "containers": [{"name": "report", "image": "registry.k8s.io/pause:3.10"}]}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "nightly", "namespace": namespace},
        "spec": {"suspend": True, "backoffLimit": 0, "template": {"spec": pod}},
    }


def _told(step: dict[str, Any]) -> Target:
    name = step["type"].lower()
    return Target(
        "api/v1 configmaps",
        lambda namespace: {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": namespace},
        },
        step=step,
        deed="Call",
    )


_RETRY = {"type": "Retry", "retry": {"limit": 1, "backoff": "1s"}}
_NOTIFY = {"type": "Notify", "notify": {"channel": "oncall", "message": "The job is run again."}}
_ASK = {"type": "CallOrchestrator", "callOrchestrator": {"endpoint": "conductor", "operation": "drain"}}

BESIDE = ActionCase(
    "Retry, Notify, CallOrchestrator",
    (Target("apis/batch/v1 jobs", _job, step=_RETRY, deed="Create", status=_FAILED), _told(_NOTIFY), _told(_ASK)),
    reversible=False,
    kills_alone=True,
)
