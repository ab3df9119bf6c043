"""The HTTP API as the operator serves it, over a log on the disk; what it asks the cluster is answered from memory.

Spans are short, so that a run of half a minute sees what a day would: memory that turns, segments that are dropped.
"""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from autonomic.adapters import collector
from autonomic.adapters.clock import SystemClock
from autonomic.adapters.intake.ledger import Bounds
from autonomic.adapters.intake.log import FileSignalLog
from autonomic.api import Intake, build, serve
from autonomic.cycle.reception import Reception
from autonomic.ports.access import Caller
from autonomic.ports.memory.access import MemoryAccess
from autonomic.signals.limits import Limits
from benchmarks.serving import empty_layer, silent_health
from benchmarks.signals.events import NAMESPACE, TOKENS

SPAN = 5.0
"""Seconds for which signals are known again here; ten minutes in the operator."""

LIMITS = Limits(rate=1e9, burst=1e9, remembered_seconds=SPAN, remembered=500_000, remembered_in_all=1_000_000)
BOUNDS = Bounds(retention=timedelta(seconds=10), size=4 << 30, share=1.0)


def intake(folder: Path) -> Reception:
    """A reception whose log is there."""
    clock = SystemClock()
    reception = Reception(FileSignalLog(folder, clock, BOUNDS), clock, lambda _: None, LIMITS)
    reception.replay()
    return reception


async def _run(folder: Path, port: int) -> None:
    clock, reception = SystemClock(), intake(folder)
    callers = {token: Caller(f"system:serviceaccount:{NAMESPACE}:{token}", token, ()) for token in TOKENS}
    access = MemoryAccess(callers, [(each.name, "create", "signals", NAMESPACE) for each in callers.values()])
    app = build(empty_layer(clock), access, silent_health(), Intake(reception, lambda: None, clock.monotonic))
    collector.settle()
    await serve(app, "127.0.0.1", port)


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1]), int(sys.argv[2])))
