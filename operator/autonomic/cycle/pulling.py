"""Signals that plug-ins fetch: read again and again behind a guard, then received as if they had been pushed."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from autonomic.cycle.reception import May, Reception
from autonomic.ports.clock import Clock
from autonomic.ports.plugins import Guarded, PluginFault, SignalSource
from autonomic.signals.formats.splitting import Batch
from autonomic.signals.refusal import Refused

SOONEST, LATEST = 1.0, 3600.0
"""Seconds between two reads."""


@dataclass
class Pulling:
    """Reads each source by its own interval. `may` gives what is asked about a namespace anew for each read.

    `tell` takes the name of a fact, its message, and whether it is a warning.
    """

    sources: Mapping[str, tuple[SignalSource, Guarded]]
    reception: Reception
    clock: Clock
    may: Callable[[], May]
    tell: Callable[[str, str, bool], Awaitable[None]]
    _refused: dict[str, str] = field(default_factory=dict)

    async def run(self) -> None:
        """Reads until cancelled."""
        await asyncio.gather(*(self._run(name) for name in self.sources))

    async def pull(self, name: str) -> None:
        """One read of that source, received; what is refused is told once for as long as it stays so. Never raises."""
        source, guard = self.sources[name]
        try:
            body = await guard.ask(lambda: _body(source.read(), self.reception))
            why = await self._receive(name, body) if body else ""
        except PluginFault:  # its guard has told it
            return
        except Refused as refused:
            why = str(refused)
        except Exception as error:  # noqa: BLE001 - one source's signals must never stop the others; it is told
            why = f"{type(error).__name__}: {error}"
        if why and why != self._refused.get(name):
            await self.tell("PluginSignalsRefused", f"{guard.standing}: {why}", True)
        self._refused[name] = why

    async def _run(self, name: str) -> None:
        every = min(max(float(self.sources[name][0].every), SOONEST), LATEST)
        while True:
            await self.pull(name)
            await self.clock.sleep(every)

    async def _receive(self, name: str, body: bytes) -> str:
        """What is wrong with the first event that is not accepted; empty when all are."""
        sender = self.reception.senders.named(f"plug-in {name}", self.clock.monotonic())
        receipt = await self.reception.events(sender, Batch(body), None, self.may())
        return next((f"event {index}: {refused}" for index, refused in receipt.refused), "")


def _body(events: Iterable[Mapping[str, object]], reception: Reception) -> bytes:
    """The events as a batch; empty where there are none. Raises ValueError beyond what one request may hold."""
    limits = reception.limits
    given = [dict(each) for each in islice(events, limits.events + 1)]
    if len(given) > limits.events:
        raise ValueError(f"read gave more than {limits.events} events: give the others the next time")
    body = json.dumps(given, allow_nan=False).encode() if given else b""
    if len(body) > limits.body_bytes:
        raise ValueError(f"read gave events of {len(body)} bytes, at most {limits.body_bytes} are taken at once")
    return body
