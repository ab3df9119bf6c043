"""The server as a guest in somebody else's event loop."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from autonomic.api import serve
from autonomic.domain.errors import Invalid
from testbed.ports import LOOPBACK, with_free_ports


@contextlib.asynccontextmanager
async def served(app: FastAPI, port: int) -> AsyncIterator[asyncio.Task[None]]:
    """The app, served by a task that is ended with the block."""
    task = asyncio.create_task(serve(app, LOOPBACK, port))
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def free_port() -> int:
    """A port that nobody listens on just now."""
    return with_free_ports(1, lambda ports: ports[0])


@pytest.fixture
def app() -> FastAPI:
    """An app whose one answer waits until it is let go."""
    slow = FastAPI()
    slow.state.asked, slow.state.go_on = asyncio.Event(), asyncio.Event()

    @slow.get("/")
    async def answer() -> str:
        slow.state.asked.set()
        await slow.state.go_on.wait()
        return "done"

    return slow


async def test_a_request_under_way_is_answered_before_the_server_ends(app: FastAPI) -> None:
    port = free_port()
    async with served(app, port) as task, httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=5)) as client:
        asking = asyncio.create_task(client.get(f"http://{LOOPBACK}:{port}/"))
        await app.state.asked.wait()
        order: list[str] = []
        asking.add_done_callback(lambda _: order.append("answered"))
        task.add_done_callback(lambda _: order.append("ended"))
        task.cancel()
        app.state.go_on.set()
        assert (await asking).json() == "done"
        with pytest.raises(asyncio.CancelledError):
            await task
        assert order == ["answered", "ended"]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((LOOPBACK, port))


async def test_the_signals_of_the_process_stay_with_who_owns_it(app: FastAPI) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    port = free_port()
    app.state.go_on.set()
    async with served(app, port), httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=5)) as client:
        await client.get(f"http://{LOOPBACK}:{port}/")
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


async def test_a_port_that_is_taken_is_named_with_the_way_out(app: FastAPI) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Invalid, match=f"port {port}.*AUTONOMIC_HTTP_PORT"):
            await serve(app, LOOPBACK, port)


async def test_the_second_half_of_an_answer_does_not_wait_until_the_first_is_acknowledged() -> None:
    port = free_port()
    async with served(FastAPI(), port):
        client = await _connected(port)
        try:
            assert _undelayed(port) == {1}
        finally:
            client.close()


async def _connected(port: int) -> asyncio.StreamWriter:
    """A connection that had an answer, so that it was accepted."""
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=5)) as client:
        await client.get(f"http://{LOOPBACK}:{port}/")
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(b"GET / HTTP/1.1\r\nHost: autonomic\r\n\r\n")
    await reader.readline()
    return writer


def _undelayed(port: int) -> set[int]:
    """Of the server's ends of connections, whether they send at once: it lives in this very process."""
    found = set()
    for number in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(int(number.name))) as one:
            if one.getsockname()[1:2] == (port,) and one.getpeername():
                found.add(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    return found
