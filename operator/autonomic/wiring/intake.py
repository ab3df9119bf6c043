"""Where pushed signals go: a log in a folder, the layer's playbooks, and the page of metrics."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import structlog

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.intake.ledger import Bounds
from autonomic.adapters.intake.log import FileSignalLog
from autonomic.adapters.lease import LeaseHolder
from autonomic.api.sources import Intake
from autonomic.cycle.reception import Reception
from autonomic.domain.units import span
from autonomic.layer import AutonomicLayer
from autonomic.settings import Settings

Page = Callable[[str], Awaitable[tuple[bytes, str]]]

STANDS_BY = "this replica stands by: send to the Service `autonomic`, which leads to the one that acts"


async def intake_of(
    settings: Settings, layer: AutonomicLayer, lease: LeaseHolder, clock: SystemClock, stack: AsyncExitStack
) -> Intake | None:
    """None where no folder is given. Raises Unavailable when the folder can't be used."""
    if settings.signals_folder is None:
        return None
    bounds = Bounds(span(settings.signals_retention), settings.signals_log_mib << 20)
    log = FileSignalLog(settings.signals_folder, clock, bounds)
    label = settings.tenant_label or "namespace"
    reception = Reception(log, clock, layer.receive, namespace_label=label, left_out=layer.left_out)
    await asyncio.to_thread(reception.replay)
    stack.push_async_callback(log.aclose)
    if log.torn:
        structlog.get_logger("autonomic").warning("SignalsTorn", bytes=log.torn, folder=str(settings.signals_folder))
    return Intake(reception, lambda: None if lease.held else STANDS_BY, clock.monotonic)


def with_pushed(page: Page, intake: Intake | None) -> Page:
    """The page of metrics, and what was pushed below it."""
    if intake is None:
        return page
    reception = intake.reception

    async def whole(accept: str) -> tuple[bytes, str]:
        text, content_type = await page(accept)
        openmetrics = content_type.startswith("application/openmetrics-text")
        end = b"# EOF\n" if openmetrics else b""
        whole = text.removesuffix(end) + reception.page(openmetrics).encode() + end
        await reception.scraped()
        return whole, content_type

    return whole
