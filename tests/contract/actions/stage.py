"""Where actions act in these tests: a cluster in memory or a real one, with people and controllers beside us."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from autonomic.adapters.kubernetes.paths import home_path, object_path
from autonomic.domain.errors import Unavailable
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import RETRY_LABEL
from autonomic.execution.rollouts import WORKLOADS
from autonomic.ports.cluster import Cluster
from autonomic.ports.memory.cluster import MemoryCluster
from testbed.api import Api, ApiError
from testbed.waiting import until
from tests.contract.actions.row import Manifest

MAKER = "kubectl-create"
_REVISION = "deployment.kubernetes.io/revision"
_SECONDS = 60.0


class World(Protocol):
    """Everybody but us."""

    namespace: str

    async def make(self, made: Manifest) -> None:
        """Somebody makes the object, and owns what is in it."""

    async def write(self, manager: str, ref: ObjectRef, wanted: Manifest) -> None:
        """Somebody writes the object so."""

    async def rest(self, ref: ObjectRef) -> None:
        """The controllers have done what they had to."""

    async def gone(self, ref: ObjectRef) -> None:
        """What was deleted is no longer there."""


@dataclass
class Wire(Cluster):
    """Our way to the cluster. `lose` makes the answer of the next patch get lost; `answers` has those that came."""

    port: Cluster
    lose: bool = False
    answers: list[Manifest] = field(default_factory=list)

    async def get(self, ref: ObjectRef) -> Manifest:
        """As the port's."""
        return await self.port.get(ref)

    async def list(self, api_version: str, kind: str, namespace: str | None = None) -> list[Manifest]:
        """As the port's."""
        return await self.port.list(api_version, kind, namespace)

    async def create(self, manifest: Manifest) -> Manifest:
        """As the port's."""
        return self._answer(await self.port.create(manifest))

    async def patch(self, ref: ObjectRef, body: Mapping[str, Any]) -> Manifest:
        """As the port's."""
        return self._answer(await self.port.patch(ref, body))

    async def patch_json(self, ref: ObjectRef, operations: Sequence[Mapping[str, Any]]) -> Manifest:
        """As the port's."""
        return self._answer(await self.port.patch_json(ref, operations))

    async def patch_status(self, ref: ObjectRef, body: Mapping[str, Any]) -> Manifest:
        """As the port's."""
        return await self.port.patch_status(ref, body)

    async def delete(self, ref: ObjectRef, uid: str) -> None:
        """As the port's."""
        await self.port.delete(ref, uid)

    def _answer(self, answer: Manifest) -> Manifest:
        self.answers.append(answer)
        if self.lose:
            self.lose = False
            raise Unavailable("connection reset")
        return answer


@dataclass
class MemoryWorld:
    """People and controllers of a cluster in memory."""

    cluster: MemoryCluster
    namespace: str

    async def make(self, made: Manifest) -> None:
        """An empty object, which its maker fills."""
        bare = {key: made[key] for key in ("apiVersion", "kind")}
        meta = {
            key: made["metadata"][key] for key in ("name", "namespace", "ownerReferences") if key in made["metadata"]
        }
        await self.cluster.create({**bare, "metadata": meta})
        await self.cluster.patch_as(MAKER, ref_of(made), made)

    async def write(self, manager: str, ref: ObjectRef, wanted: Manifest) -> None:
        """A merge patch of what differs."""
        live = await self.cluster.get(ref)
        await self.cluster.patch_as(manager, ref, merge_patch(content(live), content(wanted)))

    async def rest(self, ref: ObjectRef) -> None:
        """The status of a workload whose pods are all there; a Deployment has a ReplicaSet for each release."""
        live = await self.cluster.get(ref)
        if (ref.api_version.partition("/")[0], ref.kind) not in WORKLOADS:
            return
        count = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas"), live["spec"]["replicas"])
        seen = {"observedGeneration": live["metadata"]["generation"], **count}
        await self.cluster.patch_status(ref, {"status": seen})
        if ref.kind == "Deployment":
            await self._release(ref, live)

    async def gone(self, ref: ObjectRef) -> None:
        """At once."""

    async def _release(self, ref: ObjectRef, live: Manifest) -> None:
        of = [each for each in await self.cluster.list("apps/v1", "ReplicaSet", ref.namespace) if _is_of(each, live)]
        number = str(len(of) + 1)
        meta = {
            "name": f"{ref.name}-{live['metadata']['uid']}-{number}",
            "namespace": ref.namespace,
            "annotations": {_REVISION: number},
            "ownerReferences": [{"kind": "Deployment", "name": ref.name, "uid": live["metadata"]["uid"]}],
        }
        template = live["spec"]["template"]
        labels = {**template["metadata"]["labels"], "pod-template-hash": number}
        kept = {**template, "metadata": {**template["metadata"], "labels": labels}}
        made = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": meta, "spec": {"template": kept}}
        await self.cluster.create(made)
        await self.cluster.patch_as("deployment-controller", ref, {"metadata": {"annotations": {_REVISION: number}}})


@dataclass
class RealWorld:
    """People of a real cluster, whose controllers run."""

    api: Api
    namespace: str

    async def make(self, made: Manifest) -> None:
        """Posts it."""
        ref = ref_of(made)
        self.api.post(home_path(ref.api_version, ref.kind, ref.name, ref.namespace), made, fieldManager=MAKER)

    async def write(self, manager: str, ref: ObjectRef, wanted: Manifest) -> None:
        """Puts it, on whatever is there."""

        def put() -> bool:
            live = self.api.get(object_path(ref))
            for key in ("spec", "data"):
                live.pop(key, None)
            meta = {**live["metadata"], "annotations": wanted["metadata"].get("annotations") or {}}
            meta["labels"] = wanted["metadata"].get("labels") or {}
            self.api.put(object_path(ref), {**live, **content(wanted), "metadata": meta}, fieldManager=manager)
            return True

        until(put, _SECONDS, f"{ref} to be written", ignoring=(ApiError,))

    async def rest(self, ref: ObjectRef) -> None:
        """Waits for the pods of a workload."""
        if (ref.api_version.partition("/")[0], ref.kind) in WORKLOADS:
            until(lambda: self._rests(ref), _SECONDS, f"{ref} to be rolled out")

    async def gone(self, ref: ObjectRef) -> None:
        """Waits for it."""
        until(lambda: not self._is_there(ref), _SECONDS, f"{ref} to be gone")

    def _is_there(self, ref: ObjectRef) -> bool:
        try:
            return bool(self.api.get(object_path(ref)))
        except ApiError as problem:
            if problem.status != 404:
                raise
        return False

    def _rests(self, ref: ObjectRef) -> bool:
        live = self.api.get(object_path(ref))
        status, wanted = live.get("status", {}), live["spec"]["replicas"]
        new = status.get("currentReplicas" if ref.kind == "StatefulSet" else "updatedReplicas", 0)
        counts = (status.get("replicas", 0), status.get("readyReplicas", 0), new)
        return status.get("observedGeneration") == live["metadata"]["generation"] and set(counts) == {wanted}


@dataclass
class Stage:
    """`wire` is ours, `world` is everybody else's."""

    wire: Wire
    world: World

    @property
    def namespace(self) -> str:
        """The namespace that all of it is in."""
        return self.world.namespace

    def name(self) -> str:
        """A name that nothing has."""
        return f"it-{secrets.token_hex(4)}"

    async def make(self, made: Manifest) -> ObjectRef:
        """Somebody makes the object in the namespace; where it is."""
        in_none = made["kind"] == "ClusterQueue"
        meta = {**made["metadata"]} | ({} if in_none else {"namespace": self.namespace})
        if "annotations" in meta:
            meta["annotations"] = {
                key: value.replace("{namespace}", self.namespace) for key, value in meta["annotations"].items()
            }
        placed = {**made, "metadata": meta}
        await self.world.make(placed)
        await self.world.rest(ref_of(placed))
        return ref_of(placed).model_copy(update={"namespace": self.namespace})

    async def make_again(self, ref: ObjectRef, made: Manifest) -> None:
        """Another life of the object."""
        await self.wire.delete(ref, (await self.wire.get(ref))["metadata"]["uid"])
        await self.world.gone(ref)
        await self.make(made)


def ref_of(made: Manifest) -> ObjectRef:
    """Where a manifest says that it is."""
    meta = made["metadata"]
    return ObjectRef(
        api_version=made["apiVersion"], kind=made["kind"], name=meta["name"], namespace=meta.get("namespace")
    )


def content(raw: Manifest) -> Manifest:
    """What people write of an object."""
    meta = {key: raw["metadata"][key] for key in ("annotations", "labels") if raw["metadata"].get(key)}
    return {"metadata": meta, **{key: raw[key] for key in ("spec", "data") if key in raw}}


def merge_patch(old: Any, new: Any) -> Any:
    """The merge patch that turns the one into the other."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    gone = {key: None for key in old if key not in new}
    return gone | {key: merge_patch(old.get(key), value) for key, value in new.items() if old.get(key) != value}


def _is_of(replica_set: Manifest, deployment: Manifest) -> bool:
    owners = replica_set["metadata"].get("ownerReferences", [])
    return any(each["uid"] == deployment["metadata"]["uid"] for each in owners)


NAMESPACE_LABELS = {"autonomic.maestro.dev/enabled": "true", RETRY_LABEL: "true"}
