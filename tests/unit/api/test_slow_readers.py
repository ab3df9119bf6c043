"""A reader that does not read, over a real connection: it is cut off, and nobody else waits for it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response, StreamingResponse

from autonomic.api import serve
from autonomic.api.connections import Patience
from autonomic.api.serving import Manner
from autonomic.domain.slowness import Slowness
from testbed.ports import LOOPBACK
from tests.unit.api.test_serving import free_port

LARGE = b"x" * 1_000_000


@pytest.fixture
def ended() -> asyncio.Event:
    """Set once the endless answer has ended."""
    return asyncio.Event()


@pytest.fixture
def cut_offs() -> list[Slowness]:
    """What was too slow."""
    return []


@pytest.fixture
async def port(ended: asyncio.Event, cut_offs: list[Slowness]) -> AsyncIterator[int]:
    """An app with an endless answer and a short one, served with little patience."""
    app, port = FastAPI(), free_port()

    @app.get("/endless")
    async def endless() -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            try:
                while True:
                    yield LARGE
                    await asyncio.sleep(0)
            finally:
                ended.set()

        return StreamingResponse(pieces())

    @app.get("/livez")
    async def livez() -> str:
        return "ok"

    manner = Manner(Patience(reader=0.3), cut_off=cut_offs.append)
    task = asyncio.create_task(serve(app, LOOPBACK, port, manner))
    yield port
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def asked(port: int) -> socket.socket:
    """A connection that asked for the endless answer, and reads nothing of it."""
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=5)) as client:
        await client.get(f"http://{LOOPBACK}:{port}/livez")
    reader = socket.create_connection((LOOPBACK, port))
    reader.sendall(b"GET /endless HTTP/1.1\r\nHost: operator\r\n\r\n")
    return reader


async def test_a_reader_that_takes_nothing_is_cut_off_and_what_wrote_to_it_ends(
    port: int, ended: asyncio.Event, cut_offs: list[Slowness]
) -> None:
    with contextlib.closing(await asked(port)) as stuck:
        async with asyncio.timeout(30):
            await ended.wait()
        assert cut_offs == ["Reader"]
        stuck.settimeout(30)
        with contextlib.suppress(ConnectionResetError):
            while stuck.recv(1_000_000):
                pass


async def test_others_are_answered_while_a_reader_is_stuck(port: int) -> None:
    with contextlib.closing(await asked(port)):
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"http://{LOOPBACK}:{port}/livez")).json() == "ok"
