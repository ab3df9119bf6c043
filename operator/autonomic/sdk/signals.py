"""Signals by code: what is pushed over HTTP, for a program that holds the layer in its hands."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from autonomic.cycle.reception import Receipt, Reception
from autonomic.domain.errors import Invalid
from autonomic.ports.clock import Clock
from autonomic.signals.formats.splitting import Batch

__all__ = ["Receipt", "Signals"]

_SENDER = "program"


class Signals:
    """Takes CloudEvents in, by the same rules and within the same bounds as over HTTP."""

    def __init__(self, reception: Reception, clock: Clock) -> None:
        self._reception = reception
        self._clock = clock

    async def ingest(
        self, events: Mapping[str, Any] | Sequence[Mapping[str, Any]], namespace: str | None = None
    ) -> Receipt:
        """CloudEvents 1.0 as mappings; `namespace` is that of those that name none. Says of each what became of it.

        Raises Invalid for what JSON can't hold, Refused when none can be taken now.
        """
        given = [events] if isinstance(events, Mapping) else list(events)
        try:
            body = json.dumps(given, allow_nan=False).encode()
        except (TypeError, ValueError) as error:
            raise Invalid(f"events: {error}: write what JSON can hold") from None
        sender = self._reception.senders.named(_SENDER, self._clock.monotonic())
        return await self._reception.events(sender, Batch(body), namespace, _always)


async def _always(_: str) -> bool:
    return True
