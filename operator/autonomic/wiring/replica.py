"""This process: its connection, its brain, its Lease, its mark on the pod, its figures."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from autonomic.adapters import collector
from autonomic.adapters.clock import SystemClock
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.adapters.kubernetes.pod_label import LeaderLabel
from autonomic.adapters.lease import LeaseHolder
from autonomic.adapters.telemetry.cut_offs import CutOffs
from autonomic.api.sources import Intake
from autonomic.cycle.policies import OwnersPolicies
from autonomic.layer import AutonomicLayer
from autonomic.wiring.plugins import Plugged

_SETTLED_SECONDS = 300.0
"""Time in which a new leader has surely counted everything once."""


@dataclass(frozen=True)
class Replica:
    """This process: its connection, its brain, its Lease, its mark on the pod, its figures."""

    connection: Connection
    clock: SystemClock
    layer: AutonomicLayer
    lease: LeaseHolder
    label: LeaderLabel | None
    policies: OwnersPolicies
    figures: Callable[[str], Awaitable[tuple[bytes, str]]]
    intake: Intake | None
    cut_off: CutOffs
    plugged: Plugged

    async def lead(self) -> None:
        """Waits for the Lease, says so on the pod, and turns until cancelled."""
        await self.lease.wait_held()
        if self.label:
            await self.label.put()
        if self.intake:
            self.intake.reception.hand_on()
        await self.plugged.tell_broken()
        beside = [asyncio.create_task(self._keep_what_stays())]
        pulling = self.plugged.pulling(self.intake.reception if self.intake else None, self.layer)
        if pulling:
            beside.append(asyncio.create_task(pulling.run()))
        try:
            await self.layer.run()
        finally:
            for each in beside:
                each.cancel()

    async def _keep_what_stays(self) -> None:
        """Once everything was counted for the first time."""
        await self.clock.sleep(_SETTLED_SECONDS)
        await asyncio.to_thread(collector.keep)
