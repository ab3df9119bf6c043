"""Prints what the server used, and last one JSON line: accepted_per_cpu_s, p99_ms, rss_growth_pct, render_ms."""

import asyncio
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.signals.rendering import render_ms
from benchmarks.signals.sending import Load, send
from benchmarks.signals.server import SPAN
from benchmarks.slo.measuring import cpu_seconds
from testbed.ports import free_ports, is_listening
from testbed.waiting import until

EVENTS_PER_SECOND = 50_000.0
_FILLING, _FIRST, _LATER = 3.2 * SPAN, 2 * SPAN, 3 * SPAN


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def _peak(pid: int, seconds: float) -> float:
    """The most memory that the process had resident in that time, in MiB."""
    highest = 0.0
    for _ in range(int(seconds * 10)):
        highest = max(highest, _resident(pid))
        await asyncio.sleep(0.1)
    return highest


async def _measure(pid: int, port: int) -> dict[str, float]:
    load = Load()
    sending = asyncio.create_task(send(port, EVENTS_PER_SECOND, load))
    try:
        await asyncio.wait([sending], timeout=_FILLING)
        load.took, load.events = [], 0
        before = cpu_seconds(pid)
        first = await _peak(pid, _FIRST)
        later = await _peak(pid, _LATER)
        used, events, took = cpu_seconds(pid) - before, load.events, sorted(load.took)
    finally:
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
    print(json.dumps({"events": events, "cpu_s": round(used, 2), "rss_mib": round(later, 1)}))
    print(json.dumps({f"p{share}_ms": round(1000 * took[len(took) * share // 100], 2) for share in (50, 90, 99)}))
    return {
        "accepted_per_cpu_s": round(events / used),
        "p99_ms": round(1000 * took[len(took) * 99 // 100], 1),
        "rss_growth_pct": round(100 * (later / first - 1), 1),
    }


def main() -> int:
    """One server, one load, one line."""
    (port,) = free_ports(1)
    with TemporaryDirectory() as folder:
        server = subprocess.Popen([sys.executable, "-m", "benchmarks.signals.server", folder, str(port)])
        try:
            until(lambda: is_listening(port), 20, "the server to listen")
            line = asyncio.run(_measure(server.pid, port))
        finally:
            server.terminate()
            server.wait(10)
    print(json.dumps(line | {"render_ms": round(render_ms(), 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
