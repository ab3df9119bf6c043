"""A sender that begins and does not go on, over a real connection."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import get_args

import pytest
from prometheus_client import CollectorRegistry

from autonomic.adapters.telemetry.cut_offs import CutOffs
from autonomic.api.connections import Patience
from autonomic.api.serving import Manner, serve
from autonomic.domain.slowness import Slowness
from autonomic.signals.limits import Limits
from testbed.ports import LOOPBACK, is_listening, with_free_ports
from testbed.waiting import until
from tests.unit.signals.sending import World

HEAD = (
    b"POST /autonomic/signals HTTP/1.1\r\nHost: operator\r\nAuthorization: Bearer workers\r\n"
    b"Content-Type: application/cloudevents-batch+json\r\nContent-Length: 100\r\n\r\n["
)
LIVE = b"GET /livez HTTP/1.1\r\nHost: operator\r\n"
ENDLESS = LIVE + b"X-Filler: " + b"x" * 10_000
HASTY = Patience(headers=0.4, body=0.4)


@contextlib.asynccontextmanager
async def connected(
    patience: Patience | None = None,
    world: World | None = None,
    cut_off: Callable[[Slowness], None] = lambda _: None,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to the app, served as the operator serves it."""
    port = with_free_ports(1, lambda ports: ports[0])
    manner = Manner(patience or Patience(), cut_off=cut_off)
    serving = asyncio.create_task(serve((world or World()).app, LOOPBACK, port, manner))
    try:
        await asyncio.to_thread(until, lambda: is_listening(port), 10, "the server to listen")
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        yield reader, writer
        writer.close()
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def trickle(writer: asyncio.StreamWriter, text: bytes, ended: asyncio.Task[bytes]) -> int:
    """A byte at a time, for ever, until the other side has had enough; how many were sent."""
    sent = 0
    with contextlib.suppress(ConnectionError):
        while not ended.done():
            writer.write(text[sent % len(text) :][:1])
            await writer.drain()
            await asyncio.wait([ended], timeout=0.02)
            sent += 1
    return sent


async def answer(reader: asyncio.StreamReader) -> bytes:
    """The head of one answer, with its body read as well."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    return head


async def rest(reader: asyncio.StreamReader) -> bytes:
    """What comes until the connection ends, however it ends."""
    found = b""
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(4096):
            found += piece
    return found


@pytest.mark.timeout(30)
async def test_a_slow_sender_is_cut_off_and_told_why() -> None:
    world = World(Limits(body_seconds=0.1))
    async with connected(world=world) as (reader, writer):
        writer.write(HEAD)
        told = (await reader.read()).decode()
        assert told.startswith("HTTP/1.1 408 ")
        assert "the body took longer than 0.1 s" in told
    assert 'reason="BodyTooSlow"' in world.metric("autonomic_signals_refused_total{")[0]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("text", [ENDLESS, b"\r\n"], ids=["headers", "empty lines"])
async def test_headers_that_come_a_byte_at_a_time_are_cut_off(text: bytes) -> None:
    async with connected(HASTY) as (reader, writer):
        ended = asyncio.create_task(rest(reader))
        assert await trickle(writer, text, ended) > 3
        assert ended.result().startswith(b"HTTP/1.1 408 ")


@pytest.mark.timeout(30)
async def test_who_connects_and_says_nothing_is_cut_off() -> None:
    async with connected(HASTY) as (reader, _):
        assert (await rest(reader)).startswith(b"HTTP/1.1 408 ")


@pytest.mark.timeout(30)
@pytest.mark.parametrize("text", [ENDLESS, b"\r\n"], ids=["headers", "empty lines"])
async def test_the_second_request_of_a_connection_is_held_to_the_same(text: bytes) -> None:
    async with connected(HASTY) as (reader, writer):
        writer.write(LIVE + b"\r\n")
        assert (await answer(reader)).startswith(b"HTTP/1.1 200 ")
        ended = asyncio.create_task(rest(reader))
        assert await trickle(writer, text, ended) > 3
        assert b" 200 " not in ended.result()


@pytest.mark.timeout(30)
async def test_who_is_cut_off_is_counted_by_what_was_waited_for() -> None:
    registry = CollectorRegistry()
    counts = CutOffs(registry)
    async with connected(HASTY, cut_off=counts) as (reader, _):
        await rest(reader)
    async with connected(HASTY, cut_off=counts) as (reader, writer):
        writer.write(LIVE + b"Content-Length: 1000000\r\n\r\n")
        assert (await answer(reader)).startswith(b"HTTP/1.1 200 ")
        assert await rest(reader) == b""
    found = {
        slow: registry.get_sample_value("autonomic_http_cut_off_total", {"slow": slow}) for slow in get_args(Slowness)
    }
    assert found == {"Headers": 1, "Body": 1, "Reader": 0}


@pytest.mark.timeout(30)
async def test_a_body_that_nobody_reads_and_that_never_ends_is_cut_off() -> None:
    async with connected(HASTY) as (reader, writer):
        writer.write(LIVE + b"Content-Length: 1000000\r\n\r\n")
        assert (await answer(reader)).startswith(b"HTTP/1.1 200 ")
        ended = asyncio.create_task(rest(reader))
        assert await trickle(writer, b"x", ended) < 1000
        assert ended.result() == b""


@pytest.mark.timeout(30)
async def test_headers_without_an_end_are_refused_before_they_fill_the_memory() -> None:
    async with connected(Patience(header_bytes=100_000)) as (reader, writer):
        ended = asyncio.create_task(rest(reader))
        writer.write(LIVE)
        sent = 0
        with contextlib.suppress(ConnectionError):
            while not ended.done() and sent < 50_000_000:
                writer.write(b"X-Filler: " + b"x" * 50_000 + b"\r\n")
                await writer.drain()
                sent += 50_000
        assert sent < 50_000_000
        assert (await ended).startswith(b"HTTP/1.1 431 ") or ended.result() == b""


@pytest.mark.timeout(30)
async def test_who_is_quick_is_served_for_longer_than_any_patience() -> None:
    async with connected(HASTY) as (reader, writer):
        begun = asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() < begun + 3 * HASTY.headers:
            writer.write(LIVE + b"\r\n")
            assert (await answer(reader)).startswith(b"HTTP/1.1 200 ")
