"""Rows whose target is a queue: ThrottleQueue of every kind, and Quarantine of a CronJob."""

from typing import Any

from tests.contract.actions.autoscalers import scaled_object
from tests.contract.actions.config import config_map
from tests.contract.actions.row import GROUP, LABELS, Manifest, Row, container, manifest, noted

_PAUSED = "autoscaling.keda.sh/paused-scale-out"
_POD = {"restartPolicy": "Never", "containers": [container()]}


def local_queue(name: str) -> Manifest:
    """A Kueue LocalQueue that runs."""
    return manifest("kueue.x-k8s.io/v1beta2", "LocalQueue", name, spec={"clusterQueue": "all", "stopPolicy": "None"})


def cluster_queue(name: str) -> Manifest:
    """A Kueue ClusterQueue of two resource groups, lent to the namespace that the test acts in."""
    flavor = {
        "name": "spot",
        "resources": [{"name": "cpu", "nominalQuota": "100"}, {"name": "memory", "nominalQuota": "4Gi"}],
    }
    gpus = {"name": "a100", "resources": [{"name": "nvidia.com/gpu", "nominalQuota": "8"}]}
    groups = [
        {"coveredResources": ["cpu", "memory"], "flavors": [flavor]},
        {"coveredResources": ["nvidia.com/gpu"], "flavors": [gpus]},
    ]
    spec = {"resourceGroups": groups}
    return manifest("kueue.x-k8s.io/v1beta2", "ClusterQueue", name, spec=spec, annotations=noted(tenant="{namespace}"))


def policy(name: str) -> Manifest:
    """A RabbitMQ policy that refuses what is too much."""
    spec = {"name": name, "pattern": ".*", "definition": {"max-length": 1000, "overflow": "reject-publish"}}
    return manifest("rabbitmq.com/v1beta1", "Policy", name, spec=spec)


def consumer(name: str) -> Manifest:
    """A NATS consumer."""
    spec = {"streamName": "tasks", "durableName": name, "maxAckPending": 1000}
    return manifest("jetstream.nats.io/v1beta2", "Consumer", name, spec=spec)


def kafka_user(name: str) -> Manifest:
    """A Kafka user with a quota for what it produces."""
    return manifest("kafka.strimzi.io/v1beta2", "KafkaUser", name, spec={"quotas": {"producerByteRate": 1_000_000}})


def runner_set(name: str, **bounds: int) -> Manifest:
    """A scale set of GitHub's runners; without bounds it runs as many as there are jobs."""
    spec = {"githubConfigUrl": "https://github.example.com/shop", **bounds}
    return manifest("actions.github.com/v1alpha1", "AutoscalingRunnerSet", name, spec=spec)


def job(name: str) -> Manifest:
    """A Job that is not done before long."""
    spec = {
        "parallelism": 4,
        "completions": 100,
        "suspend": True,
        "template": {"metadata": {"labels": LABELS}, "spec": _POD},
    }
    return manifest("batch/v1", "Job", name, spec=spec)


def cron_job(name: str, **more: Any) -> Manifest:
    """A CronJob that never comes to run."""
    spec = {"schedule": "0 0 1 1 *", "suspend": False, "jobTemplate": {"spec": {"template": {"spec": _POD}}}}
    return manifest("batch/v1", "CronJob", name, spec=spec, **more)


def _throttle(
    kind: str, make: Any, wish: Manifest, changes: dict[str, tuple[object, object]], theirs: object, says: str,
    *unfit: tuple[Manifest, str],
) -> Row:  # fmt: skip
    permitted = {"type": "ThrottleQueue", "throttleQueue": wish}
    alien = ({"apiVersion": "example.com/v1"}, "ThrottleQueue acts on")
    return Row(f"ThrottleQueue {kind}", permitted, make, changes, theirs, says, (alien, *unfit))


_QUOTA = "/spec/resourceGroups/1/flavors/[name=a100]/resources/[name=nvidia.com~1gpu]/nominalQuota"
_UNBOUNDED: Manifest = {"spec": {"definition": {"overflow": "drop-head"}}}
_OVER: Manifest = {"status": {"conditions": [{"type": "Complete", "status": "True"}]}}

ROWS = (
    _throttle(
        "LocalQueue", local_queue, {"to": "Hold"}, {"/spec/stopPolicy": ("None", "Hold")}, "HoldAndDrain",
        "hold the queue",
    ),
    _throttle(
        "ClusterQueue", cluster_queue, {"limit": 4, "flavor": "a100", "resource": "nvidia.com/gpu"}, {_QUOTA: ("8", "4")},
        "6", "limit the queue of nvidia.com/gpu (8 -> 4)",
        ({"metadata": {"annotations": {f"{GROUP}/tenant": "another"}}}, "is not annotated"),
        ({"spec": {"resourceGroups": []}}, "has no quota for nvidia.com/gpu of flavor a100"),
    ),
    _throttle(
        "ScaledObject limit", lambda name: scaled_object(name, maxReplicaCount=10), {"limit": 4},
        {"/spec/maxReplicaCount": (10, 4)}, 7, "limit the queue (10 -> 4)",
        ({"spec": {"minReplicaCount": 5}}, "keeps at least 5 replicas"),
        ({"metadata": {"annotations": {"autoscaling.keda.sh/paused-replicas": "1"}}}, "is paused by its annotation"),
    ),
    _throttle(
        "ScaledObject hold", scaled_object, {"to": "Hold"},
        {f"/metadata/annotations/{_PAUSED.replace('/', '~1')}": (None, "true")}, "false", "hold the queue",
    ),
    _throttle(
        "ConfigMap", lambda name: config_map(name, limit="10"), {"limit": 3, "key": "limit"}, {"/data/limit": ("10", "3")},
        "5", "limit the queue of limit (10 -> 3)", ({"data": {"limit": "many"}}, "holds many, and no number"),
    ),
    _throttle("Job", job, {"limit": 2}, {"/spec/parallelism": (4, 2)}, 3, "limit the queue (4 -> 2)", (_OVER, "is over")),
    _throttle("CronJob", cron_job, {"to": "Hold"}, {"/spec/suspend": (False, True)}, None, "hold the queue"),
    _throttle(
        "RabbitMQ Policy", policy, {"limit": 500}, {"/spec/definition/max-length": (1000, 500)}, 700,
        "limit the queue (1000 -> 500)", (_UNBOUNDED, "would delete messages"),
    ),
    _throttle(
        "NATS Consumer", consumer, {"limit": 10}, {"/spec/maxAckPending": (1000, 10)}, 50, "limit the queue (1000 -> 10)",
    ),
    _throttle(
        "KafkaUser", kafka_user, {"limit": 5000, "resource": "consumerByteRate"},
        {"/spec/quotas/consumerByteRate": (None, 5000)}, 7000, "limit the queue of consumerByteRate ((none) -> 5000)",
    ),
    _throttle(
        "AutoscalingRunnerSet", lambda name: runner_set(name, minRunners=2, maxRunners=20), {"limit": 4},
        {"/spec/maxRunners": (20, 4)}, 6, "limit the queue (20 -> 4)",
        ({"spec": {"minRunners": 5}}, "keeps at least 5 runners"),
    ),
    _throttle(
        "AutoscalingRunnerSet without a limit", runner_set, {"limit": 4}, {"/spec/maxRunners": (None, 4)}, 6,
        "limit the queue ((none) -> 4)", ({"spec": {"minRunners": 5}}, "keeps at least 5 runners"),
    ),
    Row(
        "Quarantine CronJob", {"type": "Quarantine", "quarantine": {}},
        lambda name: cron_job(name, annotations=noted(allow_quarantine="true")), {"/spec/suspend": (False, True)}, None,
        "suspend", (({"metadata": {"annotations": None}}, "is not annotated"),),
    ),
)  # fmt: skip
