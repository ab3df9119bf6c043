"""Warnings of the cluster: told of the workload behind a pod, and only where a playbook listens to them."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autonomic.cycle.heeding import Heeding
from autonomic.cycle.store import Store
from autonomic.domain.errors import AutonomicError
from autonomic.domain.meta import ObjectRef
from autonomic.healing.cluster_events import OUT_OF_MEMORY, controller, involved, ran_out_of_memory, signals, trouble
from autonomic.ports.clock import Clock
from autonomic.ports.cluster import Cluster

_CLIMBED = ("Pod", "ReplicaSet", "Job")
"""Kinds whose controller people mean, and that the operator may read."""
_REMEMBERED = 4096
"""ReplicaSets and Jobs whose controller is remembered: it never changes."""


@dataclass
class Warnings:
    """Takes Events of type Warning, one at a time."""

    cluster: Cluster
    clock: Clock
    store: Store
    heeding: Heeding
    _controllers: OrderedDict[ObjectRef, ObjectRef | None] = field(default_factory=OrderedDict)

    async def take(self, event: dict[str, Any]) -> None:
        """Hands it on as signals, where a playbook of its namespace listens to them. Never raises."""
        namespace = str((event.get("metadata") or {}).get("namespace") or "")
        known, first = self.store.namespace(namespace), involved(event)
        name = trouble(event)
        if known is None or not known.enabled or first is None or name is None:
            return
        listened = self.heeding.types(namespace)
        if not listened & {name, OUT_OF_MEMORY}:
            return
        raw = await self._read(first)
        starved = first.kind == "Pod" and ran_out_of_memory(raw)
        wanted = listened & {name, *((OUT_OF_MEMORY,) if starved else ())}
        self.heeding.receive(signals(event, sorted(wanted), await self._above(first, raw), self.clock.now()))

    async def _above(self, first: ObjectRef, raw: Mapping[str, Any]) -> list[ObjectRef]:
        """The object and what controls it, up to what nobody controls."""
        chain, above = [first], controller(raw)
        while above is not None and len(chain) < 4:
            chain.append(above)
            above = await self._controller(above)
        return chain

    async def _controller(self, ref: ObjectRef) -> ObjectRef | None:
        if ref.kind not in _CLIMBED:
            return None
        if ref not in self._controllers:
            raw = await self._read(ref)
            if not raw:
                return None
            self._controllers[ref] = controller(raw)
            if len(self._controllers) > _REMEMBERED:
                self._controllers.popitem(last=False)
        return self._controllers[ref]

    async def _read(self, ref: ObjectRef) -> Mapping[str, Any]:
        """The object; nothing where it is gone or can't be read: then only its own name is known."""
        if ref.kind not in _CLIMBED:
            return {}
        try:
            return await self.cluster.get(ref)
        except AutonomicError:
            return {}
