"""The actions whose plans the crash matrix lives through: one entry each."""

from collections.abc import Mapping
from typing import Any

from autonomic.domain.words import QUARANTINE_ANNOTATION, WRITABLE_ENV_ANNOTATION, WRITABLE_KEYS_ANNOTATION
from testbed.world import Manifest, deployment
from tests.faults.adopting import ADOPTING
from tests.faults.beside import BESIDE
from tests.faults.cases import SOMETHING, ActionCase, Target
from tests.faults.of_rows import QUEUES, ROUTES_AND_WORKLOADS

RESTARTED = "autonomic.maestro.dev/restartedAt"


def _deployment(name: str, **more: Any) -> Target:
    return Target(
        "apis/apps/v1 deployments",
        lambda namespace: deployment(namespace, name, 2, {}),
        more.pop("read", lambda found: found["spec"]["replicas"]),
        **{"before": 2, "after": 3, **more},
    )


def _restarted(found: Manifest) -> object:
    return (found["spec"]["template"]["metadata"].get("annotations") or {}).get(RESTARTED)


def _setting(name: str, action: str, before: str, after: str, **parameters: object) -> Target:
    """A ConfigMap of one key, and the action that sets it."""
    noted = {WRITABLE_KEYS_ANNOTATION: "it"}
    return Target(
        "api/v1 configmaps",
        lambda namespace: {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": namespace, "annotations": noted},
            "data": {"it": before},
        },
        lambda found: found["data"]["it"],
        before,
        after,
        {"type": action, action[0].lower() + action[1:]: {"key": "it", **parameters}},
    )


def _cron_job(name: str, step: Mapping[str, Any]) -> Target:
    """A CronJob that never comes to run, and is suspended."""
    pod = {"restartPolicy": "Never", "containers": [{"name": "report", "image": "registry.k8s.io/pause:3.10"}]}
    return Target(
        "apis/batch/v1 cronjobs",
        lambda namespace: {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "metadata": {"name": name, "namespace": namespace, "annotations": {QUARANTINE_ANNOTATION: "true"}},
            "spec": {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": {"spec": pod}}}},
        },
        lambda found: found["spec"]["suspend"],
        False,
        True,
        step,
    )


def _autoscaler(name: str) -> Target:
    """An autoscaler of nothing, and one more replica at most."""
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "elsewhere"}
    return Target(
        "apis/autoscaling/v2 horizontalpodautoscalers",
        lambda namespace: {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"scaleTargetRef": ref, "minReplicas": 2, "maxReplicas": 4},
        },
        lambda found: found["spec"]["maxReplicas"],
        4,
        5,
        {"type": "Scale", "scale": {"by": 1, "max": 10, "bound": "Max"}},
    )


def _configurable(namespace: str) -> Manifest:
    made = deployment(namespace, "agent", 2, {})
    made["metadata"]["annotations"] = {WRITABLE_ENV_ANNOTATION: "MODE"}
    made["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "MODE", "value": "fast"}]
    return made


def _mode(found: Manifest) -> object:
    return found["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"]


_SAFE = {"type": "SetEnv", "setEnv": {"container": "worker", "name": "MODE", "value": "safe"}}
EIGHT_KINDS = ActionCase(
    "eight kinds",
    (
        _setting("settings", "SetConfig", "fast", "safe", value="safe"),
        _setting("switches", "DegradedMode", "false", "true", value="true"),
        _setting("models", "SwitchModel", "large", "small", model="small"),
        _setting("gateway", "ShedLoad", "0", "20", percent=20),
        Target("apis/apps/v1 deployments", _configurable, _mode, "fast", "safe", _SAFE),
        _cron_job("report", {"type": "Quarantine", "quarantine": {}}),
        _cron_job("nightly", {"type": "ThrottleQueue", "throttleQueue": {"to": "Hold"}}),
        _autoscaler("elsewhere"),
    ),
    kills_alone=True,
)

_BY_ONE = {"type": "Scale", "scale": {"by": 1, "max": 10}}

ACTIONS = (
    ActionCase("Scale", (_deployment("agent"),), _BY_ONE),
    ActionCase(
        "Restart",
        (_deployment("agent", read=_restarted, before=None, after=SOMETHING),),
        {"type": "Restart", "restart": {}},
        reversible=False,
    ),
    ActionCase("Scale, Scale", (_deployment("agent", step=_BY_ONE), _deployment("worker", step=_BY_ONE))),
    EIGHT_KINDS,
    QUEUES,
    ROUTES_AND_WORKLOADS,
    BESIDE,
    ADOPTING,
)
