"""Callers: some read nothing of what they asked for, some ask without end, and the kubelet asks whether it lives."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx

NAMESPACE = "shop"
TOKENS = tuple(f"caller-{number}" for number in range(16))
_PAGE = f"/autonomic/plans?namespace={NAMESPACE}&limit="
_STREAM = f"/autonomic/events?namespace={NAMESPACE}"
_PROBE_EVERY = 0.02

Crowd = Callable[[int], AbstractAsyncContextManager[None]]
"""Callers of the port for as long as the block lasts."""


@asynccontextmanager
async def nobody(_: int) -> AsyncIterator[None]:
    """Quiet."""
    yield


def stuck(path: str, count: int) -> Crowd:
    """So many that ask once and read nothing of the answer."""

    @asynccontextmanager
    async def crowd(port: int) -> AsyncIterator[None]:
        writers = []
        for number in range(count):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            token = TOKENS[number % len(TOKENS)]
            writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
            assert isinstance(writer.transport, asyncio.Transport)
            writer.transport.pause_reading()
            writers.append(writer)
        try:
            yield
        finally:
            for each in writers:
                each.transport.abort()

    return crowd


def busy(count: int) -> Crowd:
    """So many that ask for a page of plans again and again, without a pause."""

    @asynccontextmanager
    async def crowd(port: int) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(_asking(port, token)) for token in TOKENS[:count]]
        try:
            yield
        finally:
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    return crowd


async def _asking(port: int, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client:
        while True:
            (await client.get(f"{_PAGE}100")).raise_for_status()


async def probe(port: int, seconds: float) -> list[float]:
    """How long `/livez` and `/readyz` took, in seconds, each on a connection of its own as the kubelet's are."""
    took: list[float] = []
    until = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < until:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            (await client.get("/livez" if len(took) % 2 else "/readyz")).raise_for_status()
        took.append(time.perf_counter() - begun)
        await asyncio.sleep(_PROBE_EVERY)
    return took


CROWDS: dict[str, Crowd] = {
    "nobody": nobody,
    "64 streams that nobody reads": stuck(_STREAM, 64),
    "100 pages of 1,000 plans that nobody reads": stuck(f"{_PAGE}1000", 100),
    "4 callers that list plans without a pause": busy(4),
}
