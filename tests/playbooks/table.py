"""Every playbook of the library, and the incident that it heals."""

from tests.playbooks import places
from tests.playbooks.incident import Happened, Incident, Said
from tests.playbooks.places import cron_job, job, route, settings, workload

OLD = "registry.k8s.io/pause:3.9"
_CRASHED = "Back-off restarting failed container worker in pod"
_NO_SECRET = 'MountVolume.SetUp failed for volume "tls" : secret "gateway-tls" not found'
_OFTEN = {"limit": {"count": 20, "per": "1h"}, "attempts": {"limit": 10}}


def _rollback(playbook: str, name: str, reason: str, message: str) -> Incident:
    """A release that does not start, after one that did."""
    return Incident(
        playbook,
        (workload(name, OLD, allow_rollback="true"),),
        (Happened(reason, message, "apps/v1", "Deployment", name),),
        "deployment",
        name,
        places.image,
        before=places.IMAGE,
        after=OLD,
        prepare=(workload(name, allow_rollback="true"),),
    )


INCIDENTS = (
    Incident(
        "model-rate-limited",
        (route("models", "primary", "fallback"),),
        (Said("LlmErrorRate", {"code": "429"}, bad=0.4, well=0.0),),
        "httproute",
        "models",
        places.weights,
        before=[90, 10],
        after=[0, 100],
    ),
    Incident(
        "model-malformed-json",
        (settings("models", {"model": "large"}),),
        (Said("LlmJsonFailure", {"model": "large"}),),
        "configmap",
        "models",
        lambda found: found["data"]["model"],
        before="large",
        after="fallback",
        quicker=_OFTEN,
        attempts=3,
    ),
    _rollback("crash-loop-after-rollout", "assistant", "BackOff", _CRASHED),
    Incident(
        "out-of-memory",
        (workload("embedder", max_memory="1Gi"),),
        (Happened("BackOff", _CRASHED, "apps/v1", "Deployment", "embedder", last="OOMKilled"),),
        "deployment",
        "embedder",
        places.memory,
        before="512Mi",
        after="768Mi",
    ),
    Incident(
        "queue-growing",
        (workload("consumer"),),
        (Said("QueueDepth", {"queue": "tasks", "deployment": "consumer"}, bad=5000.0, well=3.0),),
        "deployment",
        "consumer",
        lambda found: found["spec"]["replicas"],
        before=2,
        after=4,
    ),
    Incident(
        "queue-stuck",
        (settings("producers", {"limit": "8"}),),
        (
            Said("QueueDepth", {"queue": "tasks"}, bad=500.0, well=3.0),
            Said("TaskSuccessRate", {"queue": "tasks"}, bad=0.0, well=1.0),
        ),
        "configmap",
        "producers",
        lambda found: found["data"]["limit"],
        before="8",
        after="1",
    ),
    Incident(
        "flaky-ci",
        (cron_job("browser-tests", allow_quarantine="true"),),
        (Said("CiFlakyTests", {"cronjob": "browser-tests"}),),
        "cronjob",
        "browser-tests",
        places.suspended,
        before=False,
        after=True,
    ),
    Incident(
        "merge-train-blocked",
        (route("runners", "usual", "spare"),),
        (Said("MergeTrainQueueLength", {"train": "main"}, bad=40.0, well=2.0),),
        "httproute",
        "runners",
        places.weights,
        before=[90, 10],
        after=[0, 100],
    ),
    Incident(
        "node-pressure",
        (settings("gateway", {"shed": "0"}),),
        (Said("MemoryUsage", {"node": "worker-3"}, bad=0.97, well=0.6),),
        "configmap",
        "gateway",
        lambda found: found["data"]["shed"],
        before="0",
        after="20",
    ),
    Incident(
        "failed-job",
        (job("nightly"),),
        (Happened("BackoffLimitExceeded", "Job has reached its backoff limit", "batch/v1", "Job", "nightly"),),
        "job",
        "nightly-retry-1",
        lambda found: bool(found),
        before=False,
        after=True,
    ),
    _rollback("broken-configuration", "gateway", "FailedMount", _NO_SECRET),
    Incident(
        "dead-letters",
        (cron_job("dispatcher"),),
        (Said("QueueDepth", {"queue": "dead-letters", "cronjob": "dispatcher"}, bad=200.0, well=0.0),),
        "cronjob",
        "dispatcher",
        places.suspended,
        before=False,
        after=True,
    ),
)
