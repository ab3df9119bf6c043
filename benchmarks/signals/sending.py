"""Senders over real connections, at a steady pace."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.signals.events import BATCH, TOKENS, requests

_CONNECTIONS = 4


@dataclass
class Load:
    """How long each request took, in seconds, and how many events were sent, while it was counted."""

    took: list[float] = field(default_factory=list)
    events: int = 0


async def send(port: int, per_second: float, load: Load) -> None:
    """Sends until cancelled, `per_second` events, over several connections of each sender."""
    pause = BATCH * _CONNECTIONS * len(TOKENS) / per_second
    async with asyncio.TaskGroup() as senders:
        for token in TOKENS:
            bodies = requests(token)
            for _ in range(_CONNECTIONS):
                senders.create_task(_connection(port, bodies, pause, load))


async def _connection(port: int, bodies: Iterator[bytes], pause: float, load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    due = time.perf_counter()
    try:
        while True:
            body = next(bodies)
            began = time.perf_counter()
            writer.write(body)
            await _answer(reader)
            load.took.append(time.perf_counter() - began)
            load.events += BATCH
            due = max(due + pause, time.perf_counter() - pause)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    if b" 202 " not in head.split(b"\r\n")[0] + b" " or f'"accepted":{BATCH}'.encode() not in body:
        raise AssertionError(f"not accepted: {head!r} {body[:300]!r}")
