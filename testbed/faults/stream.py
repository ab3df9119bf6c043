"""An open watch: its events are passed on line by line, unless something befalls it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
from aiohttp import web

from testbed.faults.answers import gone_event
from testbed.faults.asked import Asked
from testbed.faults.exchange import never
from testbed.faults.fault import Dropped, Duplicated, Gone, OfWatch, Stalled


class WatchStream:
    """One watch between the server's answer `source` and the caller's `response`.

    `passable` returns when lines may pass.
    """

    def __init__(
        self,
        asked: Asked,
        request: web.BaseRequest,
        response: web.StreamResponse,
        passable: Callable[[], Awaitable[object]],
    ) -> None:
        self.asked = asked
        self._request = request
        self._response = response
        self._passable = passable
        self._queue: asyncio.Queue[bytes | OfWatch | None] = asyncio.Queue()
        self._silent = False
        self._repeats = False
        self._last = b""

    def strike(self, what: OfWatch) -> None:
        """That befalls it, after what has come already."""
        self._queue.put_nowait(what)

    async def run(self, source: aiohttp.ClientResponse) -> None:
        """Passes events on until either side ends the watch, or a fault does."""
        pump = asyncio.create_task(self._pump(source))
        try:
            while (item := await self._queue.get()) is not None:
                if not await (self._pass_on(item) if isinstance(item, bytes) else self._befall(item)):
                    return
        finally:
            pump.cancel()
        if self._silent:
            await never()  # that the server ended the watch is not heard either

    async def _pump(self, source: aiohttp.ClientResponse) -> None:
        try:
            async for line in _lines(source):
                self._queue.put_nowait(line)
        except aiohttp.ClientError:
            self._queue.put_nowait(Dropped())
        self._queue.put_nowait(None)

    async def _pass_on(self, line: bytes) -> bool:
        await self._passable()
        if not self._silent:
            again = line + self._last if self._repeats else b""
            await self._response.write(line + again)
            self._last = line
        return True

    async def _befall(self, what: OfWatch) -> bool:
        """Whether the watch goes on."""
        if isinstance(what, Stalled):
            self._silent = True
        elif isinstance(what, Duplicated):
            self._repeats = True
        elif isinstance(what, Gone):
            await self._response.write(gone_event())
            return False
        elif self._request.transport is not None:
            self._request.transport.abort()
            return False
        return True


async def _lines(source: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    # Not by the stream's own lines: an object may be longer than it lets a line be.
    rest = b""
    async for chunk in source.content.iter_any():
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
