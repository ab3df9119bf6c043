"""The workers as a real cluster has them: the pods of each namespace, listed and then watched for ever."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Any

import aiohttp
from kubernetes.aio.client import ApiException, CoreV1Api
from kubernetes.aio.watch import Watch

from examples.conductor.workers import Pod, Workload

WATCH_S = 30
"""Seconds after which the server ends a watch and the pods are listed afresh, so that nothing missed stays missed."""
STALL_S = 35.0
"""Seconds after which a watch that the server should have ended is given up as stalled."""
RETRY_S = 1.0

LOG = logging.getLogger(__name__)


class PodTable:
    """The pods of one namespace by uid, kept current from the JSON of lists and watch events."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.listed = asyncio.Event()
        self._pods: dict[str, tuple[str, Pod]] = {}

    def replace(self, pods: Iterable[Mapping[str, Any]]) -> None:
        """Forget all and hold these pods."""
        self._pods = {}
        for pod in pods:
            self.apply("ADDED", pod)
        self.listed.set()

    def apply(self, event_type: str, pod: Mapping[str, Any]) -> None:
        """Take one watch event; a pod of no Deployment is passed over."""
        deployment, uid = deployment_of(pod), pod["metadata"]["uid"]
        if event_type == "DELETED":
            self._pods.pop(uid, None)
        elif deployment is not None:
            self._pods[uid] = (deployment, Pod(uid, is_ready(pod)))

    def of(self, deployment: str) -> frozenset[Pod]:
        """The pods of one Deployment."""
        return frozenset(pod for owner, pod in self._pods.values() if owner == deployment)


class ClusterWorkers:
    """The `Workers` of a cluster: `follow` keeps them current; with the API server away, the last that was known."""

    def __init__(self, namespaces: Iterable[str]) -> None:
        self._tables = {namespace: PodTable(namespace) for namespace in namespaces}

    def pods(self, workload: Workload) -> frozenset[Pod]:
        """See `Workers.pods`."""
        return self._tables[workload.namespace].of(workload.name)

    def known(self) -> bool:
        """Whether the pods of every namespace have been listed once."""
        return all(table.listed.is_set() for table in self._tables.values())

    async def follow(self, api: CoreV1Api) -> None:
        """Watch every namespace until cancelled; a lost connection is made anew after a second."""
        async with asyncio.TaskGroup() as group:
            for table in self._tables.values():
                group.create_task(_follow(table, api))


async def _follow(table: PodTable, api: CoreV1Api) -> None:
    while True:
        try:
            await _list_and_watch(table, api)
        except (ApiException, aiohttp.ClientError, TimeoutError) as error:
            LOG.warning("pods of %s: %r; asking again in %s s", table.namespace, error, RETRY_S)
            await asyncio.sleep(RETRY_S)


async def _list_and_watch(table: PodTable, api: CoreV1Api) -> None:
    listed = await api.list_namespaced_pod(table.namespace, _request_timeout=STALL_S)
    table.replace(api.api_client.sanitize_for_serialization(listed.items))
    async with Watch() as watch:
        events = watch.stream(
            api.list_namespaced_pod,
            table.namespace,
            resource_version=listed.metadata.resource_version,
            timeout_seconds=WATCH_S,
            _request_timeout=STALL_S,
        )
        async for event in events:
            if isinstance(event, str):
                raise aiohttp.ClientPayloadError(f"the watch was cut within an event: {event[:80]!r}")
            table.apply(event["type"], event["raw_object"])


def deployment_of(pod: Mapping[str, Any]) -> str | None:
    """The Deployment behind a pod: its ReplicaSet is named after the Deployment and the hash of the pod template."""
    metadata = pod["metadata"]
    template_hash = metadata.get("labels", {}).get("pod-template-hash")
    for owner in metadata.get("ownerReferences", ()):
        if owner["kind"] == "ReplicaSet" and template_hash and owner["name"].endswith(f"-{template_hash}"):
            return str(owner["name"].removesuffix(f"-{template_hash}"))
    return None


def is_ready(pod: Mapping[str, Any]) -> bool:
    """Whether a Deployment would count the pod among its ready replicas."""
    conditions = pod.get("status", {}).get("conditions", ())
    ready = any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
    return ready and "deletionTimestamp" not in pod["metadata"]
