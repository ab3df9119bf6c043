"""Keeps HealthSnapshots in the cluster: what a person saw last of each, written where that changes, deleted when it is over."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from autonomic.cycle.yielding import PIECE, give_way
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import AlreadyExists, Conflict, NotFound
from autonomic.domain.health import HealthSnapshot, HealthSnapshotStatus
from autonomic.domain.words import API_VERSION
from autonomic.health.snapshot import Told, resumed
from autonomic.health.standing import Standing
from autonomic.health.subjects import Key
from autonomic.ports.cluster import Cluster, Manifest

MANAGED_BY = {"app.kubernetes.io/managed-by": "autonomic"}
MOST_OWNERS = 16
_OPTIONAL = ("score", "since", "incident", "cause")
"""A merge patch takes away only what it names."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot in the cluster. `told` is None where its status was never written."""

    uid: str
    version: str
    told: Told | None
    standing: Standing | None
    """How the subject stood when it was written; only of what an earlier process wrote."""


@dataclass
class Keeper:
    """What is in the cluster, by `namespace/name`; `list` brings it up to date."""

    cluster: Cluster
    kept: dict[str, Kept] = field(default_factory=dict)

    async def list(self, now: datetime) -> set[str]:
        """Lists all snapshots; which of those that we knew are gone or were changed by somebody. Raises as Cluster.list."""
        listed = {_path(raw): raw for raw in await self.cluster.list(API_VERSION, HealthSnapshot.names.kind)}
        before, self.kept = self.kept, {}
        for number, (path, raw) in enumerate(listed.items()):
            if number % PIECE == 0:
                await give_way()
            old = before.get(path)
            same = old is not None and old.version == raw["metadata"]["resourceVersion"]
            self.kept[path] = old if same and old else _kept(raw, now)
        return {path for path, old in before.items() if self.kept.get(path) is not old}

    async def write(self, key: Key, status: HealthSnapshotStatus, owners: Iterable[SLAContract]) -> bool:
        """Writes where a person would see another thing; False when somebody wrote at the same time. Raises AutonomicError."""
        path, told = key.ref.key, Told.of(status)
        kept = self.kept.get(path)
        if kept and kept.told and not kept.told.differs(told):
            return True
        try:
            if kept is None:
                self.kept[path] = kept = _kept(await self.cluster.create(_manifest(key, owners)), None)
            body = {**dict.fromkeys(_OPTIONAL), **status.wire()}
            raw = await self.cluster.patch_status(
                key.ref, {"metadata": {"resourceVersion": kept.version}, "status": body}
            )
        except (Conflict, NotFound, AlreadyExists):
            self.kept.pop(path, None)
            return False
        self.kept[path] = Kept(kept.uid, raw["metadata"]["resourceVersion"], told, None)
        return True

    async def delete_all_but(self, paths: Mapping[str, object]) -> None:
        """Deletes what is of nothing any more. Raises AutonomicError."""
        for path in [path for path in self.kept if path not in paths]:
            namespace, _, name = path.partition("/")
            ref = HealthSnapshot.model_validate({"metadata": {"name": name, "namespace": namespace}}).ref
            # It is gone, or another life of it is found by the next listing.
            with suppress(NotFound, Conflict):
                await self.cluster.delete(ref, self.kept[path].uid)
            del self.kept[path]


def _path(raw: Manifest) -> str:
    return f"{raw['metadata']['namespace']}/{raw['metadata']['name']}"


def _kept(raw: Manifest, now: datetime | None) -> Kept:
    """What is not readable is written anew."""
    meta = raw["metadata"]
    try:
        told = HealthSnapshot.read(raw).status
    except ValidationError:
        told = HealthSnapshotStatus()
    known = told.subject is not None
    standing = resumed(told, now) if known and now else None
    return Kept(meta["uid"], meta["resourceVersion"], Told.of(told) if known else None, standing)


def _manifest(key: Key, owners: Iterable[SLAContract]) -> Manifest:
    """The object before its status. It goes with its contracts, also while nobody turns."""
    meta: dict[str, Any] = {"name": key.object_name, "namespace": key.namespace, "labels": MANAGED_BY}
    references = [
        {"apiVersion": API_VERSION, "kind": each.names.kind, "name": each.metadata.name, "uid": each.metadata.uid}
        for each in owners
    ]
    if references:
        meta["ownerReferences"] = references[:MOST_OWNERS]
    return {"apiVersion": API_VERSION, "kind": HealthSnapshot.names.kind, "metadata": meta}
