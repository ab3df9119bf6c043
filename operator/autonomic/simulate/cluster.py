"""A cluster that is imagined: what is given, over what is known, over what can be read. Every write stays in memory."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from autonomic.cycle.store import Store
from autonomic.domain.errors import NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION
from autonomic.ports.clock import Clock
from autonomic.ports.cluster import Manifest
from autonomic.ports.memory.cluster import MemoryCluster

WORKLOADS = ("Deployment", "StatefulSet")


class Reads(Protocol):
    """The half of a Cluster that changes nothing. Errors are those of Cluster."""

    async def get(self, ref: ObjectRef) -> Manifest:
        """The object."""
        ...

    async def list(self, api_version: str, kind: str, namespace: str | None = None) -> list[Manifest]:
        """All objects of a kind."""
        ...


class Assumed:
    """Behind it is nothing: a workload that is asked for is taken to have two replicas, and `note` is told so."""

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note

    async def get(self, ref: ObjectRef) -> Manifest:
        """A workload at rest. Raises NotFound for anything else."""
        if ref.api_version != "apps/v1" or ref.kind not in WORKLOADS:
            raise NotFound(f"there is no {ref}: add it to the objects")
        self._note(f"{ref} is not among the objects: it is taken to have 2 replicas")
        template: dict[str, Any] = {"metadata": {}, "spec": {"containers": [{"name": "main"}]}}
        counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 2)
        return {
            "apiVersion": ref.api_version,
            "kind": ref.kind,
            "metadata": {"name": ref.name, "namespace": ref.namespace, "uid": f"assumed-{ref.name}"[:64]},
            "spec": {"replicas": 2, "template": template},
            "status": {"observedGeneration": 1, **counts},
        }

    async def list(self, api_version: str, kind: str, namespace: str | None = None) -> list[Manifest]:  # noqa: ARG002
        """None."""
        return []


class ImaginedCluster(MemoryCluster):
    """`known()` has our objects, `behind` is asked for all others, once each. What was deleted here stays deleted.

    `first` is the first resourceVersion that is given here.
    """

    def __init__(self, clock: Clock, known: Callable[[], Store], behind: Reads, first: int) -> None:
        super().__init__(clock, first=first)
        self._known = known
        self._behind = behind
        self._there: set[ObjectRef] = set()
        self._listed: set[tuple[str, str, str | None]] = set()

    def number(self) -> str:
        """A resourceVersion that is newer than all that were given."""
        return str(next(self._numbers))

    def hold(self, manifest: Manifest) -> Manifest:
        """As in memory; what is behind is asked for it no more."""
        held = super().hold(manifest)
        self._there.add(ObjectRef.of(held))
        return held

    async def get(self, ref: ObjectRef) -> Manifest:
        """The object."""
        await self._bring(ref)
        return await super().get(ref)

    async def list(self, api_version: str, kind: str, namespace: str | None = None) -> list[Manifest]:
        """All objects of a kind; ours too."""
        if api_version == API_VERSION:
            for key in self._known().keys(kind):
                await self._bring(_ours(kind, key))
        elif (api_version, kind, namespace) not in self._listed:
            self._listed.add((api_version, kind, namespace))
            for raw in await self._behind.list(api_version, kind, namespace):
                whole = {"apiVersion": api_version, "kind": kind, **raw}
                if ObjectRef.of(whole) not in self._there:
                    self.hold(whole)
        return await super().list(api_version, kind, namespace)

    async def create(self, manifest: Manifest) -> Manifest:
        """The created object. What is behind is not asked whether it has one of that name: the name is of a new plan."""
        made = await super().create(manifest)
        self._there.add(ObjectRef.of(made))
        return made

    async def patch(self, ref: ObjectRef, body: Mapping[str, Any]) -> Manifest:
        """As in memory."""
        await self._bring(ref)
        return await super().patch(ref, body)

    async def patch_json(self, ref: ObjectRef, operations: Sequence[Mapping[str, Any]]) -> Manifest:
        """As in memory."""
        await self._bring(ref)
        return await super().patch_json(ref, operations)

    async def patch_status(self, ref: ObjectRef, body: Mapping[str, Any]) -> Manifest:
        """As in memory."""
        await self._bring(ref)
        return await super().patch_status(ref, body)

    async def delete(self, ref: ObjectRef, uid: str) -> None:
        """As in memory."""
        await self._bring(ref)
        await super().delete(ref, uid)

    async def _bring(self, ref: ObjectRef) -> None:
        """Takes the object in, where it was not yet. Raises NotFound, and what is behind raises."""
        if ref in self._there:
            return
        known = self._known().resource(ref) if ref.api_version == API_VERSION else None
        if known is not None:
            raw = {"apiVersion": API_VERSION, "kind": ref.kind, **known.wire()}
        elif ref.api_version == API_VERSION:
            raise NotFound(f"there is no {ref}")
        else:
            raw = await self._behind.get(ref)
        if ref not in self._there:
            self.hold({"apiVersion": ref.api_version, "kind": ref.kind, **raw})
            self._there.add(ref)  # what is in no namespace is asked for by a plan of one


def _ours(kind: str, key: str) -> ObjectRef:
    namespace, _, name = key.rpartition("/")
    return ObjectRef(api_version=API_VERSION, kind=kind, name=name, namespace=namespace or None)
