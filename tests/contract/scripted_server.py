"""A peer that fails in a chosen way: it takes a request and sends bytes, or nothing, on loopback."""

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field


@dataclass
class ScriptedServer:
    """Where it listens, and each request it took: head and body."""

    url: str
    requests: list[tuple[str, str]] = field(default_factory=list)


def http(
    status: int, body: str, headers: str = "Content-Type: application/json\r\n", length: int | None = None
) -> bytes:
    """A response; `length` promises another number of bytes than the body has."""
    promised = len(body.encode()) if length is None else length
    return (
        f"HTTP/1.1 {status} Scripted\r\nConnection: close\r\n{headers}Content-Length: {promised}\r\n\r\n{body}".encode()
    )


@contextlib.asynccontextmanager
async def answering(
    reply: bytes | None, drip: float = 0, first: bytes | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[ScriptedServer]:
    """A server that sends `reply` to every request and hangs up; that never answers when it is None.

    With `drip` the body comes byte by byte, with so many seconds before each. The first request gets `first`, if that is given.
    With `tls` it speaks HTTPS.
    """
    over = asyncio.Event()
    scripted = ScriptedServer("")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            scripted.requests.append(await _request(reader))
            now = first if first is not None and len(scripted.requests) == 1 else reply
            for part in _parts(now, drip):
                writer.write(part)
                await writer.drain()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(over.wait(), drip)
            if now is None:
                await over.wait()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    scripted.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield scripted
    finally:
        over.set()
        server.close()
        await server.wait_closed()


def _parts(reply: bytes | None, drip: float) -> list[bytes]:
    if not reply or not drip:
        return [reply] if reply else []
    head, _, body = reply.partition(b"\r\n\r\n")
    return [head + b"\r\n\r\n", *(bytes([byte]) for byte in body)]


async def _request(reader: asyncio.StreamReader) -> tuple[str, str]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = re.search(r"(?i)content-length: (\d+)", head)
    return head, (await reader.readexactly(int(length[1]) if length else 0)).decode()
