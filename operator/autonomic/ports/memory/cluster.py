"""A cluster without a server: objects in a dict, with the rules of the API server that writers depend on."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import Any

from autonomic.domain.errors import AlreadyExists, AutonomicError, Conflict, Invalid, NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.ports.clock import Clock
from autonomic.ports.cluster import Cluster, Manifest
from autonomic.ports.memory.json_patch import patched
from autonomic.ports.memory.managed_fields import owned_after
from autonomic.ports.memory.rollouts import rolled_out

US = "autonomic"
_IN_NO_NAMESPACE = frozenset({"ClusterQueue"})
"""Kinds that a plan of a namespace may name though they are in none."""
_Kind = tuple[str, str]
_Place = tuple[str | None, str]
Listener = Callable[[str, Manifest], None]


@dataclass(frozen=True)
class Write:
    """A write that was committed: `method` is the port's, `body` as it was sent (the UID, of a delete)."""

    method: str
    ref: ObjectRef
    body: Any


@dataclass(frozen=True)
class _Failure:
    error: AutonomicError
    after_commit: bool


class MemoryCluster(Cluster):
    """Objects with uid, resourceVersion, generation, owners of fields and preconditions. Content is not validated.

    `absent` are the kinds, as (apiVersion, kind), that this cluster does not have. `writes` has what was committed.
    `first` is the first resourceVersion: one above those of objects that are known from elsewhere.
    """

    def __init__(
        self,
        clock: Clock,
        may_write: Callable[[], None] = lambda: None,
        absent: Iterable[tuple[str, str]] = (),
        first: int = 1,
    ) -> None:
        self.writes: list[Write] = []
        self._clock = clock
        self._may_write = may_write
        self._absent = frozenset(absent)
        self._objects: dict[_Kind, dict[_Place, Manifest]] = defaultdict(dict)
        self._listeners: list[Listener] = []
        self._failures: dict[str, deque[_Failure]] = defaultdict(deque)
        self._numbers = count(first)

    def watch(self, listener: Listener) -> None:
        """Calls it at once for every later change, with ADDED, MODIFIED or DELETED and the object."""
        self._listeners.append(listener)

    def hold(self, manifest: Manifest) -> Manifest:
        """Takes an object in as it is, its status included; it is no write, and nobody is told. What it lacks, it is given."""
        number, meta = str(next(self._numbers)), manifest["metadata"]
        given = {"uid": f"uid-{number}", "resourceVersion": number, "generation": 1, "creationTimestamp": self.stamp()}
        held = {**manifest, "metadata": {**given, **meta}}
        self._put(ObjectRef.of(held), held)
        return held

    def fail_next(self, method: str, error: AutonomicError, after_commit: bool = False) -> None:
        """Makes the next call of that method raise, in the order given; `after_commit`: the answer alone is lost."""
        self._failures[method].append(_Failure(error, after_commit))

    async def get(self, ref: ObjectRef) -> Manifest:
        """The object."""
        self._fail("get", after_commit=False)
        return deepcopy(self._find(ref))

    async def list(self, api_version: str, kind: str, namespace: str | None = None) -> list[Manifest]:
        """All objects of a kind, by namespace and name."""
        self._fail("list", after_commit=False)
        if (api_version, kind) in self._absent:
            raise NotFound(f"this cluster has no {kind} of {api_version}")
        held = self._objects.get((api_version, kind), {})
        wanted = sorted((place[0] or "", place[1], place) for place in held if namespace in (None, place[0]))
        return [deepcopy(held[place]) for _, _, place in wanted]

    async def create(self, manifest: Manifest) -> Manifest:
        """The created object, without its status: that is written by itself."""
        self._begin("create")
        ref = ObjectRef.of(manifest)
        if self._held(ref) is not None:
            raise AlreadyExists(f"could not create {ref}: it already exists")
        number = next(self._numbers)
        created = deepcopy({key: value for key, value in manifest.items() if key != "status"})
        created["metadata"] |= {"uid": f"uid-{number}", "creationTimestamp": self.stamp(), "generation": 1}
        return self._commit("create", ref, manifest, self._owned({}, created, US), "ADDED")

    async def patch(self, ref: ObjectRef, body: Mapping[str, Any]) -> Manifest:
        """The object after a merge patch of all but its status."""
        self._begin("patch")
        return self._patch("patch", ref, body, US)

    async def patch_json(self, ref: ObjectRef, operations: Sequence[Mapping[str, Any]]) -> Manifest:
        """The object after a JSON Patch. Raises Conflict for another version, Invalid when a test fails."""
        self._begin("patch_json")
        before = self._find(ref)
        after = patched(before, operations)
        self._expected(ref, after)
        return self._commit("patch_json", ref, operations, self._after(before, after, US), "MODIFIED")

    async def patch_status(self, ref: ObjectRef, body: Mapping[str, Any]) -> Manifest:
        """The object after a merge patch of its status alone. Raises Invalid for a UID without a resourceVersion."""
        self._begin("patch_status")
        meta = body.get("metadata") or {}
        if "uid" in meta and "resourceVersion" not in meta:
            raise Invalid(
                f"could not patch the status of {ref}: metadata.uid is no precondition without resourceVersion"
            )
        before = self._expected(ref, body)
        after = {**before, "status": merged(before.get("status"), body.get("status"))}
        return self._commit("patch_status", ref, body, after, "MODIFIED")

    async def delete(self, ref: ObjectRef, uid: str) -> None:
        """Deletes that life of the object."""
        self._begin("delete")
        self._expected(ref, {"metadata": {"uid": uid}})
        gone = self._objects[_kind(ref)].pop(_place(ref))
        self.writes.append(Write("delete", ref, uid))
        self._tell("DELETED", gone)
        self._fail("delete", after_commit=True)

    async def patch_as(self, manager: str, ref: ObjectRef, body: Mapping[str, Any]) -> Manifest:
        """A patch by somebody else, who comes to own what they change. Never fails on request; `writes` has it."""
        return self._patch("patch_as", ref, body, manager)

    def _patch(self, method: str, ref: ObjectRef, body: Mapping[str, Any], manager: str) -> Manifest:
        before = self._expected(ref, body)
        after = merged(before, {key: value for key, value in body.items() if key != "status"})
        return self._commit(method, ref, body, self._after(before, after, manager), "MODIFIED")

    def _after(self, before: Manifest, after: Manifest, manager: str) -> Manifest:
        if after.get("spec") != before.get("spec"):
            after["metadata"]["generation"] += 1
            after = rolled_out(after)
        return self._owned(before, after, manager)

    def _begin(self, method: str) -> None:
        self._may_write()
        self._fail(method, after_commit=False)

    def _fail(self, method: str, after_commit: bool) -> None:
        due = self._failures[method]
        if due and due[0].after_commit == after_commit:
            raise due.popleft().error

    def _find(self, ref: ObjectRef) -> Manifest:
        found = self._held(ref)
        if found is None:
            raise NotFound(f"there is no {ref}")
        return found

    def _held(self, ref: ObjectRef) -> Manifest | None:
        return self._objects.get(_kind(ref), {}).get(_place(ref))

    def _put(self, ref: ObjectRef, manifest: Manifest) -> None:
        self._objects[_kind(ref)][_place(ref)] = manifest

    def _expected(self, ref: ObjectRef, body: Mapping[str, Any]) -> Manifest:
        found = self._find(ref)
        for name in ("resourceVersion", "uid"):
            wanted = (body.get("metadata") or {}).get(name)
            if wanted is not None and wanted != found["metadata"][name]:
                raise Conflict(f"could not write {ref}: {name} is {found['metadata'][name]}, not {wanted}")
        return found

    def _owned(self, before: Manifest, after: Manifest, manager: str) -> Manifest:
        owners = owned_after(before, after, manager, self.stamp())
        return {**after, "metadata": {**after["metadata"], "managedFields": owners}}

    def _commit(self, method: str, ref: ObjectRef, body: Any, after: Manifest, change: str) -> Manifest:
        self.writes.append(Write(method, ref, deepcopy(body)))
        # As on the server, a write that changes nothing makes no new version and no event.
        if after != self._held(ref):
            after["metadata"] = {**after["metadata"], "resourceVersion": str(next(self._numbers))}
            self._put(ref, after)
            self._tell(change, after)
        self._fail(method, after_commit=True)
        return deepcopy(after)

    def _tell(self, change: str, manifest: Manifest) -> None:
        for listener in self._listeners:
            listener(change, deepcopy(manifest))

    def stamp(self) -> str:
        """The present moment as a server writes it into objects."""
        return _written(self._clock.now())


@lru_cache(maxsize=1)
def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def merged(value: Any, patch: Any) -> Any:
    """A JSON merge patch (RFC 7386) of a copy."""
    if not isinstance(patch, Mapping):
        return deepcopy(patch)
    result = deepcopy(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), change)
    return result


def _kind(ref: ObjectRef) -> _Kind:
    return ref.api_version, ref.kind


def _place(ref: ObjectRef) -> _Place:
    return None if ref.kind in _IN_NO_NAMESPACE else ref.namespace, ref.name
