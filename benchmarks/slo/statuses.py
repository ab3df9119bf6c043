"""A cluster that takes statuses and keeps none: what the API server does with them is not measured here."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

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

    async def patch_status(self, ref: ObjectRef, body: Mapping[str, Any]) -> Manifest:
        """The contract with that status."""
        self.written += 1
        raw = self._raw(ref.name)
        meta = {**raw["metadata"], "resourceVersion": str(next(self._versions))}
        return {**raw, "metadata": meta, "status": body["status"]}
