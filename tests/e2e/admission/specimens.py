"""One object of each kind that actions write to, with a change that the operator may make and one that it may not."""

import secrets
from dataclasses import dataclass
from typing import Any

from testbed.installation import Installation
from testbed.people import ROOT
from tests.e2e.admission.proposals import GROUP

Document = dict[str, Any]
POD = {"containers": [{"name": "main", "image": "example.com/none:1"}]}
ONCE = {**POD, "restartPolicy": "Never"}
TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": POD}
WORKLOAD = {"replicas": 4, "selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE}
ELSEWHERE = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "elsewhere"}
BACKENDS = [{"name": "large", "port": 80, "weight": 90}, {"name": "small", "port": 80, "weight": 10}]
FLAVORS = [{"name": "gpu", "resources": [{"name": "cpu", "nominalQuota": 8}]}]


@dataclass(frozen=True)
class Specimen:
    """How one kind is written. `content` is all of it but the metadata; `good` and `bad` are merge patches."""

    kind: str
    prefix: str
    plural: str
    content: Document
    good: Document
    bad: Document
    annotations: tuple[tuple[str, str], ...] = ()
    namespaced: bool = True

    def collection(self, namespace: str) -> str:
        """The path of all of them."""
        return (
            f"{self.prefix}/namespaces/{namespace}/{self.plural}" if self.namespaced else f"{self.prefix}/{self.plural}"
        )

    def make(self, installed: Installation, namespace: str, **annotations: str) -> str:
        """Makes one as an owner would, annotated as given beside what the kind needs; its path."""
        name = f"web-{secrets.token_hex(4)}"
        noted = {f"{GROUP}/{key.replace('_', '-')}": value for key, value in (*self.annotations, *annotations.items())}
        meta = {"name": name, "labels": {"app": "web"}, "annotations": {"owner": "shop", **noted}}
        document = {"apiVersion": self.version, "kind": self.kind, "metadata": meta, **self.content}
        installed.cluster.api(ROOT).post(self.collection(namespace), document)
        return f"{self.collection(namespace)}/{name}"

    @property
    def version(self) -> str:
        """Its apiVersion."""
        return self.prefix.removeprefix("/apis/").removeprefix("/api/")


def _spec(**fields: Any) -> Document:
    return {"spec": fields}


DEPLOYMENT = Specimen(
    "Deployment", "/apis/apps/v1", "deployments", {"spec": WORKLOAD}, _spec(replicas=5), _spec(paused=True)
)
STATEFUL_SET = Specimen(
    "StatefulSet",
    "/apis/apps/v1",
    "statefulsets",
    {"spec": {**WORKLOAD, "serviceName": "web"}},
    _spec(replicas=5),
    _spec(minReadySeconds=5),
)
HPA = Specimen(
    "HorizontalPodAutoscaler",
    "/apis/autoscaling/v2",
    "horizontalpodautoscalers",
    _spec(scaleTargetRef=ELSEWHERE, minReplicas=2, maxReplicas=4),
    _spec(minReplicas=3, maxReplicas=6),
    _spec(scaleTargetRef={"name": "other"}),
)
SCALED_OBJECT = Specimen(
    "ScaledObject",
    "/apis/keda.sh/v1alpha1",
    "scaledobjects",
    _spec(scaleTargetRef={"name": "elsewhere"}, minReplicaCount=1, maxReplicaCount=4, triggers=[
        {"type": "cpu", "metadata": {"value": "50"}},
    ]),
    _spec(maxReplicaCount=6),
    _spec(pollingInterval=1),
)  # fmt: skip
CONFIG_MAP = Specimen(
    "ConfigMap",
    "/api/v1",
    "configmaps",
    {"data": {"mode": "fast", "limit": "4", "secretive": "1"}},
    {"data": {"mode": "safe"}},
    {"data": {"secretive": "2"}},
    (("writable_keys", "mode, limit"),),
)
JOB = Specimen(
    "Job",
    "/apis/batch/v1",
    "jobs",
    _spec(parallelism=4, completions=9, suspend=True, template={"spec": ONCE}),
    _spec(parallelism=2),
    _spec(suspend=False),
)
CRON_JOB = Specimen(
    "CronJob",
    "/apis/batch/v1",
    "cronjobs",
    _spec(schedule="0 0 1 1 *", jobTemplate={"spec": {"template": {"spec": ONCE}}}),
    _spec(suspend=True),
    _spec(schedule="* * * * *"),
)
GATEWAY = "/apis/gateway.networking.k8s.io/v1"
_RULES = [{"backendRefs": BACKENDS}, {"backendRefs": [{"name": "only", "port": 80}]}]
HTTP_ROUTE = Specimen(
    "HTTPRoute", GATEWAY, "httproutes", _spec(rules=_RULES),
    _spec(rules=[{**_RULES[0], "backendRefs": [{**BACKENDS[0], "weight": 50}, BACKENDS[1]]}, _RULES[1]]),
    _spec(hostnames=["other.example.com"]),
)  # fmt: skip
GRPC_ROUTE = Specimen(
    "GRPCRoute", GATEWAY, "grpcroutes", _spec(rules=_RULES), HTTP_ROUTE.good, _spec(hostnames=["other.example.com"])
)
KUEUE = "/apis/kueue.x-k8s.io/v1beta2"
LOCAL_QUEUE = Specimen(
    "LocalQueue", KUEUE, "localqueues", _spec(clusterQueue="all"), _spec(stopPolicy="Hold"), _spec(clusterQueue="other")
)
CLUSTER_QUEUE = Specimen(
    "ClusterQueue",
    KUEUE,
    "clusterqueues",
    _spec(resourceGroups=[{"coveredResources": ["cpu"], "flavors": FLAVORS}]),
    _spec(resourceGroups=[
        {"coveredResources": ["cpu"], "flavors": [{"name": "gpu", "resources": [{"name": "cpu", "nominalQuota": 4}]}]}
    ]),
    _spec(resourceGroups=[{"coveredResources": ["cpu", "memory"], "flavors": FLAVORS}]),
    (("tenant", "shop"),),
    namespaced=False,
)  # fmt: skip
RABBIT_POLICY = Specimen(
    "Policy",
    "/apis/rabbitmq.com/v1beta1",
    "policies",
    _spec(name="web", pattern=".*", definition={"max-length": 100, "overflow": "reject-publish", "ha-mode": "all"}),
    _spec(definition={"max-length": 50}),
    _spec(pattern="other"),
)
CONSUMER = Specimen(
    "Consumer",
    "/apis/jetstream.nats.io/v1beta2",
    "consumers",
    _spec(streamName="s", durableName="d", maxAckPending=100),
    _spec(maxAckPending=10),
    _spec(durableName="other"),
)
KAFKA_USER = Specimen(
    "KafkaUser",
    "/apis/kafka.strimzi.io/v1beta2",
    "kafkausers",
    _spec(quotas={"producerByteRate": 1000}),
    _spec(quotas={"producerByteRate": 500, "consumerByteRate": 500}),
    _spec(quotas={"producerByteRate": 0}),
)
AI_GATEWAY_ROUTE = Specimen(
    "AIGatewayRoute",
    "/apis/aigateway.envoyproxy.io/v1beta1",
    "aigatewayroutes",
    _spec(rules=[{"backendRefs": [{"name": "large", "weight": 90}, {"name": "small", "weight": 10}]}]),
    _spec(rules=[{"modelsOwnedBy": "Envoy AI Gateway", "backendRefs": [
        {"name": "large", "weight": 50, "priority": 0}, {"name": "small", "weight": 50, "priority": 0},
    ]}]),
    _spec(hostnames=["other.example.com"]),
)  # fmt: skip
RUNNER_SET = Specimen(
    "AutoscalingRunnerSet",
    "/apis/actions.github.com/v1alpha1",
    "autoscalingrunnersets",
    _spec(githubConfigUrl="https://github.example.com/shop", minRunners=2, maxRunners=20),
    _spec(maxRunners=4),
    _spec(minRunners=0),
)
BUILT_IN = (DEPLOYMENT, STATEFUL_SET, HPA, CONFIG_MAP, JOB, CRON_JOB)
OTHERS = (
    SCALED_OBJECT, HTTP_ROUTE, GRPC_ROUTE, LOCAL_QUEUE, CLUSTER_QUEUE, RABBIT_POLICY, CONSUMER, KAFKA_USER,
    AI_GATEWAY_ROUTE, RUNNER_SET,
)  # fmt: skip
EVERY = (*BUILT_IN, *OTHERS)
