"""AutonomicLayer for programs: it starts and stops, turns once, and says what would follow."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from autonomic.adapters.plugins.plugging import installed
from autonomic.cycle.ports import Ports
from autonomic.cycle.reception import Reception
from autonomic.cycle.store import WATCHED
from autonomic.domain.errors import AlreadyExists, Invalid
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectRef
from autonomic.execution.action import ActionKind
from autonomic.layer import LOOPS, Leadership, Timing
from autonomic.layer import AutonomicLayer as Brain
from autonomic.loops.protocol import ControlLoop
from autonomic.ports.cluster import Manifest
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.signals import MemorySignalLog
from autonomic.ports.plugins import PluginStanding
from autonomic.sdk.embedded import embedded
from autonomic.sdk.policy import LaterPolicy, opened, trial
from autonomic.sdk.signals import Signals
from autonomic.simulate import Outcome, Scenario, Simulator, Wish, scenario


class AutonomicLayer(Brain):
    """The whole brain in the event loop of a program. Without `ports` everything is in memory.

    `opa` is the address of an OPA, or its program, which is started over `policies` and ended again; without one every plan
    waits for a person. With `ports` the policy engine is theirs. `loops`, `actions`, `tenant_label` and `home` are as for the
    operator.
    """

    def __init__(
        self,
        ports: Ports | None = None,
        *,
        opa: str | None = None,
        policies: Path | None = None,
        leadership: Leadership | None = None,
        timing: Timing | None = None,
        loops: tuple[ControlLoop, ...] = LOOPS,
        actions: Mapping[str, ActionKind] | None = None,
        tenant_label: str | None = None,
        home: str = "",
    ) -> None:
        if ports is not None and (opa is not None or policies is not None):
            raise Invalid("opa and policies are for a layer without ports: the policy engine is among the ports")
        self._opa, self._policies, self._home = opa, policies, home
        self._policy = LaterPolicy() if ports is None else None
        super().__init__(
            ports or embedded(self._policy or LaterPolicy()),
            leadership,
            timing,
            loops,
            actions,
            tenant_label,
            home,
        )
        self._turning: asyncio.Task[None] | None = None
        self._open: AsyncExitStack | None = None
        self._simulator = Simulator(self, trial=trial(opa, policies))
        self.signals = Signals(self._reception(tenant_label), self.ports.clock)
        if isinstance(self.ports.cluster, MemoryCluster):
            self.ports.cluster.watch(self._seen)

    async def start(self) -> None:
        """Begins to turn; returns once all objects were listed. Raises Invalid, Unavailable, and what the cluster raises."""
        if self._turning is not None:
            raise Invalid("the layer turns already: stop() it before it is started again")
        try:
            await self._begin()
        except BaseException:
            await self.stop()
            raise
        self._turning = asyncio.create_task(self.run(), name="autonomic")

    async def stop(self) -> None:
        """Turns no more, and ends the OPA that was started, which `cycle` and `simulate` do too where there was no `start`.

        Raises what ended the turning before, if anything did.
        """
        turning, self._turning = self._turning, None
        opened_before, self._open = self._open, None
        try:
            if turning is not None:
                turning.cancel()
                with suppress(asyncio.CancelledError):
                    await turning
        finally:
            if opened_before is not None:
                await opened_before.aclose()

    async def __aenter__(self) -> Self:
        """Started."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stopped."""
        await self.stop()

    async def cycle(self) -> None:
        """One whole cycle: figures are judged, every loop turns, every plan is taken as far as it goes now.

        For a layer that was not started. Raises Invalid for one that was, and as `start` does.
        """
        if self._turning is not None:
            raise Invalid("the layer turns by itself: stop() it, or leave cycle() out")
        await self._begin()
        await self._housekeeping.prove("")
        await self.whole.turn()

    async def simulate(self, supposed: Scenario | Mapping[str, Any] | None = None, *, live: bool = True) -> Outcome:
        """What would follow if something were so; nothing is written. `live` begins with what the layer knows.

        Raises Unfit (an Invalid) that names every field of the scenario that is wrong, Busy, TookTooLong, Untried.
        """
        given = supposed if isinstance(supposed, Scenario) else scenario(dict(supposed or {}))
        await self._begin()
        return await self._simulator.simulate(Wish(given, live))

    async def plug_in_installed(self) -> tuple[PluginStanding, ...]:
        """Plugs in the loops and actions of installed packages, each behind a guard, as the operator does; how each stands.

        Before `start`, and once. Never raises for what is broken: it says so.
        """
        found = await installed(self.ports.clock, self._plugin_told)
        self.plug_in(found.plugins)
        return found.standings

    async def _plugin_told(self, name: str, message: str, warning: bool) -> None:
        about = ObjectRef(api_version="v1", kind="Namespace", name=self._home or "default")
        await self.ports.tell(Fact(name, about, message, warning=warning))

    async def apply(self, *manifests: Mapping[str, Any]) -> None:
        """Makes each object, or merges what is given into the one of its name. Raises as the cluster does."""
        for each in manifests:
            await self._apply(dict(each))

    async def _apply(self, manifest: Manifest) -> None:
        ref, cluster = _ref(manifest), self.ports.cluster
        meta = {key: manifest["metadata"][key] for key in _META if key in manifest["metadata"]}
        body = {key: value for key, value in manifest.items() if key not in ("apiVersion", "kind", "status")}
        body["metadata"] = meta
        try:
            made = await cluster.create({**manifest, "metadata": meta})
        except AlreadyExists:
            made = await cluster.patch(ref, body)
        if manifest.get("status"):
            version = {"resourceVersion": made["metadata"]["resourceVersion"]}
            made = await cluster.patch_status(ref, {"metadata": version, "status": manifest["status"]})
        if ref.kind in WATCHED:
            self.store.apply(ref.kind, made)

    async def _begin(self) -> None:
        """The policy engine is open, all objects are known, and whether admission holds."""
        if self._policy is not None and self._policy.engine is None:
            self._open = AsyncExitStack()
            self._policy.engine = await self._open.enter_async_context(opened(self._opa, self._policies))
            self._open.callback(self._closed)
        if not self.filled:
            await self.fill()
            await self._housekeeping.prove("")

    def _closed(self) -> None:
        if self._policy is not None:
            self._policy.engine = None

    def _reception(self, tenant_label: str | None) -> Reception:
        log, clock = MemorySignalLog(self.ports.clock), self.ports.clock
        label = tenant_label or "namespace"
        return Reception(log, clock, self.receive, namespace_label=label, left_out=self.left_out)

    def _seen(self, change: str, raw: Manifest) -> None:
        if raw["kind"] in WATCHED:
            self.observe(change, raw["kind"], raw)


_META = ("name", "namespace", "labels", "annotations")
"""What of its metadata is its maker's."""


def _ref(manifest: Manifest) -> ObjectRef:
    """Raises Invalid that names the field that is missing."""
    meta = manifest.get("metadata") or {}
    missing = [name for name in ("apiVersion", "kind") if not manifest.get(name)]
    missing += [] if meta.get("name") else ["metadata.name"]
    if missing:
        raise Invalid(f"{missing[0]} is missing: write the object as for kubectl")
    return ObjectRef.of(manifest)
