"""The app over a memory log, and events to send to it."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from autonomic.api import Health, Intake, LayerView, build
from autonomic.cycle.reception import Reception
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import Unavailable
from autonomic.domain.signals.received import Signal
from autonomic.domain.view import View
from autonomic.ports.access import Caller
from autonomic.ports.memory.access import MemoryAccess
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.signals import MemorySignalLog
from autonomic.signals.limits import Limits
from autonomic.slo.account import ContractAccount

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIGNALS, ALERTS = "/autonomic/signals", "/autonomic/alerts"
STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
WORKER = Caller("system:serviceaccount:shop:worker", "1", ())
OTHER = Caller("system:serviceaccount:bank:worker", "2", ())


def event(id_: str = "1", **changes: Any) -> dict[str, Any]:
    """A CloudEvent that tells of two failed tasks at noon; a change to None leaves the attribute out."""
    whole = {
        "specversion": "1.0",
        "type": "dev.maestro.signal.TaskFailureCount.v1",
        "source": "/conductor/shop",
        "id": id_,
        "time": NOON.isoformat(),
        "namespace": "shop",
        "data": {"value": 2, "labels": {"deployment": "triage", "code": "429"}},
    } | changes
    return {name: value for name, value in whole.items() if value is not None}


async def nothing_counted(contract: SLAContract) -> ContractAccount:
    """As of an operator whose Prometheus is silent."""
    raise Unavailable(f"nothing was counted for {contract.key}")


async def no_metrics(_: str) -> tuple[bytes, str]:
    """An empty page."""
    return b"", "text/plain"


@dataclass
class World:
    """The worker may send signals of `shop`, the other of `bank`. Change the clock or the log, then send."""

    limits: Limits = field(default_factory=Limits)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON))
    closed: str | None = None
    delivered: list[Signal] = field(default_factory=list)
    left_out: int = 0

    def __post_init__(self) -> None:
        self.log = MemorySignalLog(self.clock)
        self.begin()

    def begin(self) -> None:
        """A new process over what the log kept."""
        self.reception = Reception(self.log, self.clock, self.deliver, self.limits, left_out=self.leave_out)
        self.reception.replay()
        access = MemoryAccess(
            {"workers": WORKER, "others": OTHER},
            [(WORKER.name, "create", "signals", "shop"), (OTHER.name, "create", "signals", "bank")],
        )
        layer = LayerView(
            lambda: View(now=NOON), lambda _: None, lambda: None, nothing_counted, lambda: asyncio.sleep(0)
        )
        intake = Intake(self.reception, lambda: self.closed, self.clock.monotonic)
        self.app = build(layer, access, Health(lambda: None, no_metrics), intake)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False), base_url="http://operator"
        )

    def deliver(self, signals: Sequence[Signal]) -> None:
        """What playbooks would get."""
        self.delivered.extend(signals)

    def leave_out(self) -> None:
        """Counts how often alerts were left out."""
        self.left_out += 1

    async def send(self, body: Any, kind: str = BATCH, sender: str = "workers", to: str = SIGNALS) -> httpx.Response:
        """The body, as JSON where it is not text."""
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        headers = {"Authorization": f"Bearer {sender}", "Content-Type": kind}
        return await self.http.post(to, content=content, headers=headers)

    def metric(self, start: str) -> list[str]:
        """The lines of the page of metrics that begin so."""
        return [line for line in self.reception.page(openmetrics=False).splitlines() if line.startswith(start)]


def at(**later: float) -> str:
    """A moment after noon, or before it."""
    return (NOON + timedelta(**later)).isoformat()
