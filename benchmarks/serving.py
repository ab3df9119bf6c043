"""What the HTTP API is built over in a benchmark of one of its parts: a layer that knows nothing, probes that say nothing."""

import asyncio

from autonomic.api import Health, LayerView
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import Unavailable
from autonomic.domain.view import View
from autonomic.ports.clock import Clock
from autonomic.slo.account import ContractAccount


def empty_layer(clock: Clock) -> LayerView:
    """No contract, no health, no account."""
    return LayerView(lambda: View(now=clock.now()), lambda _: None, lambda: None, _nothing, lambda: asyncio.sleep(0))


def silent_health() -> Health:
    """Always well; no metrics."""
    return Health(lambda: None, _empty)


async def _nothing(contract: SLAContract) -> ContractAccount:
    raise Unavailable(contract.key)


async def _empty(_: str) -> tuple[bytes, str]:
    return b"", "text/plain"
