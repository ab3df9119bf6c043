"""How each kind of queue is slowed down: one file per system. `THROTTLES` lists the kinds.

Belongs here: which field holds or limits a queue, and what must not be done to it. Never here: when it is done.
"""

from collections.abc import Mapping

from autonomic.execution.queues import argo, batch, kafka, keda, kueue, nats, rabbitmq, runners
from autonomic.execution.queues.throttle import Throttle

THROTTLES: Mapping[tuple[str, str], Throttle] = {
    ("kueue.x-k8s.io", "LocalQueue"): kueue.LOCAL_QUEUE,
    ("kueue.x-k8s.io", "ClusterQueue"): kueue.CLUSTER_QUEUE,
    ("keda.sh", "ScaledObject"): keda.SCALED_OBJECT,
    ("", "ConfigMap"): argo.SEMAPHORE,
    ("batch", "Job"): batch.JOB,
    ("batch", "CronJob"): batch.CRON_JOB,
    ("rabbitmq.com", "Policy"): rabbitmq.POLICY,
    ("jetstream.nats.io", "Consumer"): nats.CONSUMER,
    ("kafka.strimzi.io", "KafkaUser"): kafka.USER,
    ("actions.github.com", "AutoscalingRunnerSet"): runners.RUNNER_SET,
}
"""By API group and kind."""
