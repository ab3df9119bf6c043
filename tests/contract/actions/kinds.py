"""Kinds of others: Gateway API's and KEDA's by their own definitions, the rest by the few fields that actions need.

The definitions of Kueue, RabbitMQ, NATS, Strimzi, Envoy AI Gateway and GitHub's runners are in no module that can be had
here. What is stated of them is what matters to a writer: which lists are atomic, which are told apart by a key, and what
kind of value a field takes.
"""

import json
from pathlib import Path
from typing import Any

from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.cluster import Cluster
from testbed.definitions import await_served
from testbed.people import ROOT
from testbed.programs.catalogue import GRPC_ROUTES_CRD, HTTP_ROUTES_CRD, SCALED_OBJECTS_CRD

Schema = dict[str, Any]
_SHIPPED = (HTTP_ROUTES_CRD, GRPC_ROUTES_CRD, SCALED_OBJECTS_CRD)
_FROM_0: Schema = {"type": "integer", "format": "int32", "minimum": 0}
_QUANTITY: Schema = {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}


def install(cluster: Cluster, folder: Path) -> tuple[Path, ...]:
    """The files of definitions that the cluster has now."""
    ensure_built(_SHIPPED)
    stated = folder / "stated.json"
    stated.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": _stated()}))
    files = (*(program_path(each) for each in _SHIPPED), stated)
    for file in files:
        cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", file, as_=ROOT)
    for file in files:
        await_served(cluster, file)
    return files


def uninstall(cluster: Cluster, files: tuple[Path, ...]) -> None:
    """Takes them away, with all objects of theirs."""
    for file in files:
        cluster.kubectl("delete", "--ignore-not-found", "--wait=true", "--timeout=60s", "-f", file, as_=ROOT)


def _stated() -> list[Schema]:
    integer = {"type": "integer"}
    return [
        _definition("kueue.x-k8s.io", "v1beta2", "LocalQueue", "localqueues", _object(
            clusterQueue={"type": "string"},
            stopPolicy={"type": "string", "enum": ["None", "Hold", "HoldAndDrain"], "default": "None"},
        )),
        _definition("kueue.x-k8s.io", "v1beta2", "ClusterQueue", "clusterqueues", _object(
            resourceGroups={"type": "array", "x-kubernetes-list-type": "atomic", "items": _object(
                coveredResources={"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "atomic"},
                flavors=_by_name(resources=_by_name(nominalQuota=_QUANTITY)),
            )},
        ), scope="Cluster"),
        _definition("rabbitmq.com", "v1beta1", "Policy", "policies", _object(
            name={"type": "string"}, pattern={"type": "string"},
            definition={"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        )),
        _definition("jetstream.nats.io", "v1beta2", "Consumer", "consumers", _object(
            streamName={"type": "string"}, durableName={"type": "string"}, maxAckPending=integer,
        )),
        _definition("kafka.strimzi.io", "v1beta2", "KafkaUser", "kafkausers", _object(
            quotas=_object(producerByteRate=integer, consumerByteRate=integer),
        )),
        _definition("actions.github.com", "v1alpha1", "AutoscalingRunnerSet", "autoscalingrunnersets", _object(
            githubConfigUrl={"type": "string"}, minRunners=_FROM_0, maxRunners=_FROM_0,
        )),
        _definition("aigateway.envoyproxy.io", "v1beta1", "AIGatewayRoute", "aigatewayroutes", _object(
            hostnames={"type": "array", "items": {"type": "string"}},
            parentRefs={"type": "array", "items": _object(name={"type": "string"}, kind={"type": "string"})},
            rules={"type": "array", "maxItems": 15, "items": _object(
                matches={"type": "array", "items": _object(headers=_by_name(value={"type": "string"}))},
                modelsOwnedBy={"type": "string", "default": "Envoy AI Gateway"},
                backendRefs={"type": "array", "items": {**_object(
                    name={"type": "string"}, namespace={"type": "string"}, modelNameOverride={"type": "string"},
                    weight={**_FROM_0, "default": 1}, priority={**_FROM_0, "default": 0},
                ), "required": ["name"]}},
            )},
        )),
    ]  # fmt: skip


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


def _by_name(**properties: Schema) -> Schema:
    items = {**_object(name={"type": "string"}, **properties), "required": ["name"]}
    return {"type": "array", "items": items, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}


def _definition(group: str, version: str, kind: str, plural: str, spec: Schema, scope: str = "Namespaced") -> Schema:
    served = {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": _object(spec=spec)}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": scope,
            "names": {"kind": kind, "plural": plural, "singular": kind.lower()},
            "versions": [served],
        },
    }
