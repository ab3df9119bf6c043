"""What the chart's Deployment would give its container: arguments and environment, read from the live cluster."""

import base64
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from testbed.cluster import Cluster
from testbed.node import NODE_NAME
from testbed.people import ROOT
from testbed.ports import LOOPBACK

_REFERENCE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")
_LABEL_OR_ANNOTATION = re.compile(r"metadata\.(labels|annotations)\['(.+)'\]")


class UnknownReferenceError(RuntimeError):
    """The Deployment takes a value from somewhere that this testbed can't resolve; the message names it."""


@dataclass(frozen=True)
class ContainerStart:
    """How a container would be started. `liveness_path` is the HTTP path of its liveness probe."""

    namespace: str
    service_account: str
    pod_name: str
    arguments: tuple[str, ...]
    env: Mapping[str, str]
    liveness_path: str


def read_container(cluster: Cluster, namespace: str, deployment: str, container: str, replica: int) -> ContainerStart:
    """Read that container of that Deployment; `replica` makes the pod's name. Raises `UnknownReferenceError`."""
    answer = cluster.kubectl("get", "deployment", deployment, "--namespace", namespace, "--output=json", as_=ROOT)
    template = json.loads(answer)["spec"]["template"]
    found = [one for one in template["spec"]["containers"] if one["name"] == container]
    if not found:
        names = ", ".join(one["name"] for one in template["spec"]["containers"])
        raise UnknownReferenceError(f"Deployment {deployment} has no container {container!r}; it has: {names}")
    pod = _Pod(cluster, namespace, f"{deployment}-testbed-{replica}", template)
    env = pod.environment(found[0])
    arguments = (*found[0].get("command", ()), *found[0].get("args", ()))
    return ContainerStart(
        namespace=namespace,
        service_account=template["spec"]["serviceAccountName"],
        pod_name=pod.name,
        arguments=tuple(_expanded(argument, env) for argument in arguments),
        env=env,
        liveness_path=found[0]["livenessProbe"]["httpGet"]["path"],
    )


@dataclass(frozen=True)
class _Pod:
    """The pod that would be made, as far as references to it go."""

    cluster: Cluster
    namespace: str
    name: str
    template: Mapping[str, Any]

    def environment(self, container: Mapping[str, Any]) -> dict[str, str]:
        env: dict[str, str] = {}
        for source in container.get("envFrom", ()):
            prefix = source.get("prefix", "")
            env |= {prefix + key: value for key, value in self._all_of(source).items()}
        for entry in container.get("env", ()):
            value = self._resolved(entry) if "valueFrom" in entry else _expanded(entry.get("value", ""), env)
            if value is not None:
                env[entry["name"]] = value
        return env

    def _resolved(self, entry: Mapping[str, Any]) -> str | None:
        (kind, reference), *_ = entry["valueFrom"].items()
        if kind == "fieldRef":
            return self._field(reference["fieldPath"])
        if kind in ("configMapKeyRef", "secretKeyRef"):
            data = self._data(kind.removesuffix("KeyRef").lower(), reference)
            if reference["key"] in data or reference.get("optional"):
                return data.get(reference["key"])
        raise UnknownReferenceError(f"environment variable {entry['name']}: no value for {kind} {reference}")

    def _field(self, path: str) -> str:
        metadata = self.template["metadata"]
        known: dict[str, str] = {
            "metadata.name": self.name,
            "metadata.namespace": self.namespace,
            "metadata.uid": f"testbed-{secrets.token_hex(8)}",
            "spec.nodeName": NODE_NAME,
            "spec.serviceAccountName": self.template["spec"].get("serviceAccountName", "default"),
            "status.podIP": LOOPBACK,
            "status.hostIP": LOOPBACK,
        }
        mapped = _LABEL_OR_ANNOTATION.fullmatch(path)
        if mapped:
            return str(metadata.get(mapped[1], {}).get(mapped[2], ""))
        if path not in known:
            raise UnknownReferenceError(f"fieldRef {path} has no value outside a pod")
        return known[path]

    def _all_of(self, source: Mapping[str, Any]) -> dict[str, str]:
        kind = "configmap" if "configMapRef" in source else "secret"
        return self._data(kind, source["configMapRef" if kind == "configmap" else "secretRef"])

    def _data(self, kind: str, reference: Mapping[str, Any]) -> dict[str, str]:
        what = ("get", kind, reference["name"], "--namespace", self.namespace)
        answer = self.cluster.kubectl(*what, "--ignore-not-found", "--output=json", as_=ROOT)
        data: dict[str, str] = json.loads(answer).get("data", {}) if answer else {}
        if not answer and not reference.get("optional"):
            raise UnknownReferenceError(f"there is no {kind} {self.namespace}/{reference['name']}")
        if kind == "secret":
            return {key: base64.b64decode(value).decode() for key, value in data.items()}
        return data


def _expanded(text: str, env: Mapping[str, str]) -> str:
    return _REFERENCE.sub(lambda found: env.get(found[1], found[0]), text)
