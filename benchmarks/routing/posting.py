"""`POST ...:decide` over real connections in an open loop: how many a CPU second takes, and how long they wait."""

import asyncio
import subprocess
import sys
import time

from benchmarks.routing.server import NAME, NAMESPACE, TASK_TYPE, TOKEN
from benchmarks.slo.measuring import cpu_seconds
from testbed.ports import free_ports, is_listening
from testbed.waiting import until

PER_SECOND = 2_000.0
_CONNECTIONS, _WARM, _COUNTED = 8, 2.0, 8.0
_BODY = f'{{"taskType":"{TASK_TYPE}"}}'.encode()
_REQUEST = (
    f"POST /autonomic/routes/{NAMESPACE}/{NAME}:decide HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {TOKEN}\r\n"
    f"Content-Type: application/json\r\nContent-Length: {len(_BODY)}\r\n\r\n"
).encode() + _BODY


def posting() -> dict[str, float]:
    """http_per_cpu_s and http_p99_ms; the time of a request runs from when it was due, whether or not it could be sent."""
    (port,) = free_ports(1)
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.routing.server", str(port)])
    try:
        until(lambda: is_listening(port), 20, "the server to listen")
        return asyncio.run(_measured(server.pid, port))
    finally:
        server.terminate()
        server.wait(10)


async def _measured(pid: int, port: int) -> dict[str, float]:
    took: list[float] = []
    start = time.perf_counter() + 0.1
    async with asyncio.TaskGroup() as senders:
        for place in range(_CONNECTIONS):
            senders.create_task(_connection(port, start + place / PER_SECOND, took))
        await asyncio.sleep(_WARM)
        before, warmed = cpu_seconds(pid), len(took)
        await asyncio.sleep(_COUNTED)
        used, counted = cpu_seconds(pid) - before, took[warmed:]
    counted.sort()
    return {
        "http_per_cpu_s": round(len(counted) / used),
        "http_p99_ms": round(1000 * counted[len(counted) * 99 // 100], 1),
    }


async def _connection(port: int, due: float, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    end = due + _WARM + _COUNTED + 0.5
    try:
        while due < end:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            writer.write(_REQUEST)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
            if b" 200 " not in head[:16]:
                raise AssertionError(f"not decided: {head!r}")
            took.append(time.perf_counter() - due)
            due += _CONNECTIONS / PER_SECOND
    finally:
        writer.close()
