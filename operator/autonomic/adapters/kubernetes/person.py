"""The API server as a person meets it: found by kubeconfig and context as kubectl finds it, written with their own rights."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubernetes.aio import config
from kubernetes.aio.client import ApiClient, Configuration

from autonomic.adapters.kubernetes.client import KubernetesCluster
from autonomic.adapters.kubernetes.connection import HOME, JSON_PATCH, MERGE_PATCH, UNREADABLE, Connection, why_not
from autonomic.adapters.kubernetes.inspection import KubernetesInspection
from autonomic.adapters.kubernetes.paths import object_path
from autonomic.domain.errors import Forbidden, Invalid
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan, Review
from autonomic.ports.cluster import Cluster, Manifest

FIELD_MANAGER = "kubectl-autonomic"
_WRITE = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"}
_WAY_OUT = "set KUBECONFIG, or give --kubeconfig and --context"


@dataclass(frozen=True)
class Whereabouts:
    """Which cluster is meant, as kubectl's options say it; None is what kubectl would take."""

    kubeconfig: str | None = None
    context: str | None = None


class KubernetesPerson:
    """Reads, and writes the few things that people write. `namespace` is that of the context."""

    def __init__(self, connection: Connection, namespace: str) -> None:
        self._connection = connection
        self.namespace = namespace
        self.cluster: Cluster = KubernetesCluster(connection, _never)

    async def name(self) -> str:
        """The name that the cluster knows the person by. Raises Forbidden, Unavailable."""
        who, _ = await KubernetesInspection(self._connection, "").who_am_i()
        return who

    async def review(self, plan: AdaptationPlan, review: Review) -> None:
        """Adds the review to that life of the plan, if it still has that digest.

        Raises Invalid when the plan is another one, Forbidden, NotFound, Unavailable.
        """
        operations = [{"op": "test", "path": "/metadata/uid", "value": plan.metadata.uid}, *adding(review)]
        path = object_path(plan.ref)
        await self._connection.request(
            "PATCH", path, f"review {plan.ref}", params=_WRITE, body=operations, content_type=JSON_PATCH
        )

    async def suspend(self, loop: ObjectRef, suspended: bool) -> None:
        """Stops a ControlLoop, or lets it go on. Raises NotFound, Forbidden, Unavailable."""
        body = {"spec": {"suspend": suspended}}
        attempted = f"{'pause' if suspended else 'resume'} {loop}"
        await self._connection.request(
            "PATCH", object_path(loop), attempted, params=_WRITE, body=body, content_type=MERGE_PATCH
        )

    async def events(self, about: ObjectRef, uid: str) -> list[Manifest]:
        """The Events that tell of that life of an object, as long as the server keeps them. Raises Forbidden, Unavailable."""
        path = f"/api/v1/namespaces/{about.namespace}/events"
        params = {"fieldSelector": f"involvedObject.uid={uid}"}
        answer = await self._connection.request("GET", path, f"list the events of {about}", params=params)
        found: list[Manifest] = answer.get("items") or []
        return found


def adding(review: Review) -> list[dict[str, Any]]:
    """The JSON patch that adds the review to the plan that has its digest, and fails on any other."""
    return [
        {"op": "test", "path": "/spec/digest", "value": review.digest},
        {"op": "add", "path": "/spec/reviews/-", "value": review.wire()},
    ]


@asynccontextmanager
async def reach(where: Whereabouts, timeout: float = 10.0) -> AsyncIterator[KubernetesPerson]:  # noqa: ASYNC109 - of each call
    """The person at that cluster; each call may take `timeout` seconds. Raises Invalid when the kubeconfig names none."""
    files, configuration = _files(where.kubeconfig), Configuration()
    try:
        await config.load_kube_config(files, where.context, configuration, persist_config=False)
        contexts, current = config.list_kube_config_contexts(files)
    except UNREADABLE as problem:
        raise Invalid(f"no cluster is known: {files} can not be used: {why_not(problem)}; {_WAY_OUT}") from problem
    namespace = _namespace(contexts, where.context or current["name"])
    async with aclosing(Connection(ApiClient(configuration), timeout)) as connection:
        yield KubernetesPerson(connection, namespace)


def _files(given: str | None) -> str:
    """Those that are there, as kubectl merges them. Raises Invalid when none is."""
    named = given or os.environ.get("KUBECONFIG") or str(HOME)
    paths = [Path(each).expanduser() for each in named.split(os.pathsep) if each]
    there = [str(path) for path in paths if path.is_file()]
    if not there:
        raise Invalid(f"no cluster is known: there is no file {named}; {_WAY_OUT}")
    return os.pathsep.join(there)


def _namespace(contexts: list[Mapping[str, Any]], name: str) -> str:
    found: Mapping[str, Any] = next((each["context"] for each in contexts if each["name"] == name), {})
    return str(found.get("namespace") or "default")


def _never() -> None:
    raise Forbidden("this command only reads objects")
