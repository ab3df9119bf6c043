"""Where the API server keeps each kind that this project reads or writes."""

from dataclasses import dataclass
from urllib.parse import quote

from autonomic.domain.errors import Invalid, NotFound
from autonomic.domain.kinds import KINDS
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION


@dataclass(frozen=True, slots=True)
class Served:
    """The plural of a kind, and whether its objects are in namespaces."""

    plural: str
    namespaced: bool = True


_SERVED: dict[tuple[str, str], Served] = {
    ("v1", "ConfigMap"): Served("configmaps"),
    ("v1", "Event"): Served("events"),
    ("v1", "Namespace"): Served("namespaces", namespaced=False),
    ("v1", "Pod"): Served("pods"),
    ("apps/v1", "Deployment"): Served("deployments"),
    ("batch/v1", "Job"): Served("jobs"),
    ("batch/v1", "CronJob"): Served("cronjobs"),
    ("gateway.networking.k8s.io/v1", "HTTPRoute"): Served("httproutes"),
    ("gateway.networking.k8s.io/v1", "GRPCRoute"): Served("grpcroutes"),
    ("jetstream.nats.io/v1beta2", "Consumer"): Served("consumers"),
    ("kafka.strimzi.io/v1beta2", "KafkaUser"): Served("kafkausers"),
    ("actions.github.com/v1alpha1", "AutoscalingRunnerSet"): Served("autoscalingrunnersets"),
    **{
        (f"aigateway.envoyproxy.io/{version}", "AIGatewayRoute"): Served("aigatewayroutes")
        for version in ("v1alpha1", "v1beta1")
    },
    **{
        (f"kueue.x-k8s.io/{version}", kind): Served(plural, namespaced)
        for version in ("v1beta1", "v1beta2")
        for kind, plural, namespaced in (("LocalQueue", "localqueues", True), ("ClusterQueue", "clusterqueues", False))
    },
    ("networking.k8s.io/v1", "NetworkPolicy"): Served("networkpolicies"),
    ("rabbitmq.com/v1beta1", "Policy"): Served("policies"),
    ("apps/v1", "ReplicaSet"): Served("replicasets"),
    ("apps/v1", "StatefulSet"): Served("statefulsets"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"): Served("horizontalpodautoscalers"),
    ("keda.sh/v1alpha1", "ScaledObject"): Served("scaledobjects"),
    ("coordination.k8s.io/v1", "Lease"): Served("leases"),
    ("events.k8s.io/v1", "Event"): Served("events"),
    ("monitoring.coreos.com/v1", "PrometheusRule"): Served("prometheusrules"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"): Served("customresourcedefinitions", namespaced=False),
    **{(API_VERSION, kind.names.kind): Served(kind.names.plural, kind.names.namespaced) for kind in KINDS},
}


def collection_path(api_version: str, kind: str, namespace: str | None) -> str:
    """The path of all objects of a kind, in one namespace or everywhere (None). Raises NotFound for an unknown kind."""
    served = _served(api_version, kind)
    root = "/api" if "/" not in api_version else "/apis"
    scope = f"/namespaces/{quote(namespace, safe='')}" if namespace and served.namespaced else ""
    return f"{root}/{api_version}{scope}/{served.plural}"


def home_path(api_version: str, kind: str, name: str, namespace: str | None) -> str:
    """Where an object is created. Raises Invalid when it lacks its namespace, NotFound for an unknown kind."""
    if _served(api_version, kind).namespaced and not namespace:
        raise Invalid(f"{kind} {name} has no metadata.namespace: objects of this kind live in a namespace")
    return collection_path(api_version, kind, namespace)


def object_path(ref: ObjectRef) -> str:
    """The path of one object. Raises Invalid when it lacks its namespace, NotFound for an unknown kind."""
    return f"{home_path(ref.api_version, ref.kind, ref.name, ref.namespace)}/{quote(ref.name, safe='')}"


def _served(api_version: str, kind: str) -> Served:
    served = _SERVED.get((api_version, kind))
    if served is None:
        raise NotFound(f"kind {kind} of {api_version} is not one that the operator can read or change")
    return served
