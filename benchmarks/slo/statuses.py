"""A cluster that takes statuses and keeps none: what the API server does with them is not measured here."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from autonomic.domain.health import HealthSnapshot
from autonomic.domain.meta import ObjectRef
from autonomic.ports.clock import Clock
from autonomic.ports.cluster import Manifest
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.publishing.manifest import RULE_KIND, RULE_VERSION


class Statuses(MemoryCluster):
    """`raw` gives each contract by its name as it was created; `written` counts the writes. There are no rules to publish."""

    def __init__(self, clock: Clock, raw: Callable[[str], Manifest]) -> None:
        super().__init__(clock, absent=[(RULE_VERSION, RULE_KIND)])
        self.written = 0
        self._raw = raw
        self._versions = count(2)
        self._snapshots: dict[str, dict[str, Any]] = {}

    async def list(self, api_version: str, kind: str, namespace: str | None = None) -> list[Manifest]:
        """Of snapshots where they are and in which version: nobody reads more of what did not change."""
        if kind != HealthSnapshot.names.kind:
            return await super().list(api_version, kind, namespace)
        return [{"metadata": meta} for meta in self._snapshots.values()]

    async def create(self, manifest: Manifest) -> Manifest:
        """A snapshot without its status."""
        self.written += 1
        version = str(next(self._versions))
        meta = {**manifest["metadata"], "uid": version, "resourceVersion": version}
        self._snapshots[meta["name"]] = meta
        return {**manifest, "metadata": meta}

    async def patch_status(self, ref: ObjectRef, body: Mapping[str, Any]) -> Manifest:
        """The contract, or the snapshot, with that status."""
        self.written += 1
        snapshot = ref.kind == HealthSnapshot.names.kind
        raw = {"metadata": self._snapshots[ref.name]} if snapshot else self._raw(ref.name)
        meta = {**raw["metadata"], "resourceVersion": str(next(self._versions))}
        if snapshot:
            self._snapshots[ref.name] = meta
        return {**raw, "metadata": meta, "status": body["status"]}
