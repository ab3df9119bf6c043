"""The operator beside the cluster gets what the Deployment would give its container."""

import json
from typing import Any

import pytest

from testbed.cluster import Cluster
from testbed.deployment import ContainerStart, UnknownReferenceError, read_container
from testbed.people import ADMIN


def apply(cluster: Cluster, namespace: str, *objects: dict[str, Any]) -> None:
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
    cluster.kubectl("apply", "--namespace", namespace, "--filename=-", as_=ADMIN, input=document)


def deployment(env: list[dict[str, Any]], **container: Any) -> dict[str, Any]:
    operator = {
        "name": "operator",
        "image": "operator",
        "env": env,
        "livenessProbe": {"httpGet": {"path": "/alive", "port": 8080}},
        **container,
    }
    labels = {"app": "stand-in"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "stand-in"},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"serviceAccountName": "robot", "containers": [{"name": "opa", "image": "opa"}, operator]},
            },
        },
    }


def field(path: str) -> dict[str, Any]:
    return {"fieldRef": {"fieldPath": path}}


def read(cluster: Cluster, namespace: str, *objects: dict[str, Any], replica: int = 0) -> ContainerStart:
    apply(cluster, namespace, *objects)
    return read_container(cluster, namespace, "stand-in", "operator", replica)


def test_values_are_taken_as_they_are_and_references_to_them_expanded(cluster: Cluster, namespace: str) -> None:
    env = [
        {"name": "PLAIN", "value": "a"},
        {"name": "EMPTY"},
        {"name": "BUILT", "value": "$(PLAIN)-$(UNKNOWN)"},
    ]
    start = read(cluster, namespace, deployment(env, args=["run", "--name=$(PLAIN)"]))
    assert start.env == {"PLAIN": "a", "EMPTY": "", "BUILT": "a-$(UNKNOWN)"}
    assert start.arguments == ("run", "--name=a")
    assert (start.service_account, start.liveness_path) == ("robot", "/alive")


def test_fields_of_the_pod_are_those_that_this_replica_would_have(cluster: Cluster, namespace: str) -> None:
    env = [
        {"name": "POD", "valueFrom": field("metadata.name")},
        {"name": "NAMESPACE", "valueFrom": field("metadata.namespace")},
        {"name": "ACCOUNT", "valueFrom": field("spec.serviceAccountName")},
        {"name": "IP", "valueFrom": field("status.podIP")},
        {"name": "APP", "valueFrom": field("metadata.labels['app']")},
    ]
    start = read(cluster, namespace, deployment(env), replica=1)
    assert start.pod_name == "stand-in-testbed-1"
    assert start.env == {
        "POD": "stand-in-testbed-1",
        "NAMESPACE": namespace,
        "ACCOUNT": "robot",
        "IP": "127.0.0.1",
        "APP": "stand-in",
    }


def test_config_maps_and_secrets_are_read_from_the_cluster(cluster: Cluster, namespace: str) -> None:
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"key": "from-map"}}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"key": "from-secret"}}
    absent = {"configMapKeyRef": {"name": "absent", "key": "key", "optional": True}}
    env = [
        {"name": "MAP", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "key"}}},
        {"name": "SECRET", "valueFrom": {"secretKeyRef": {"name": "s", "key": "key"}}},
        {"name": "ABSENT", "valueFrom": absent},
    ]
    every = [{"prefix": "ALL_", "configMapRef": {"name": "c"}}, {"secretRef": {"name": "s"}}]
    start = read(cluster, namespace, config_map, secret, deployment(env, envFrom=every))
    assert start.env == {
        "MAP": "from-map",
        "SECRET": "from-secret",
        "ALL_key": "from-map",
        "key": "from-secret",
    }


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"configMapKeyRef": {"name": "absent", "key": "key"}}, "there is no configmap .*/absent"),
        ({"resourceFieldRef": {"resource": "limits.cpu"}}, "environment variable X: no value for resourceFieldRef"),
        (field("status.podIPs"), r"fieldRef status\.podIPs has no value outside a pod"),
    ],
    ids=["absent ConfigMap", "resource field", "unknown field"],
)
def test_what_can_not_be_resolved_is_named(
    cluster: Cluster, namespace: str, source: dict[str, Any], message: str
) -> None:
    with pytest.raises(UnknownReferenceError, match=message):
        read(cluster, namespace, deployment([{"name": "X", "valueFrom": source}]))


def test_a_container_that_is_not_there_is_named_with_those_that_are(cluster: Cluster, namespace: str) -> None:
    apply(cluster, namespace, deployment([]))
    with pytest.raises(UnknownReferenceError, match="no container 'sidecar'; it has: opa, operator"):
        read_container(cluster, namespace, "stand-in", "sidecar", 0)
