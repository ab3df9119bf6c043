"""A connection whose peer has to get on: uvicorn waits for headers, and for readers of its answers, for ever."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import ClassVar

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from autonomic.domain.slowness import Slowness


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a peer may take, in seconds, and how many bytes its headers may have."""

    headers: float = 10.0
    body: float = 30.0
    """After the headers. What reads a body may be less patient."""
    header_bytes: int = 65_536
    reader: float = 20.0
    """While an answer waits for its reader, whose end of the connection is full."""


class Connection(HttpToolsProtocol):
    """Answers 408 where headers come too slowly and 431 where they have no end; ends what stalls later.

    A deadline is held within a quarter of the patience for headers: one timer a connection costs less than one a request.
    """

    patience: ClassVar[Patience] = Patience()
    tell: ClassVar[Callable[[Slowness], None]] = staticmethod(lambda _: None)
    """Called for each connection that is ended for its slowness."""

    _deadline = inf
    _timer: asyncio.TimerHandle | None = None
    _reader: asyncio.TimerHandle | None = None
    _heading = True
    _size = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """From now on the first headers are waited for."""
        super().connection_made(transport)
        self._await(self.patience.headers)
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        for timer in (self._timer, self._reader):
            if timer:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes: what begins with them, even an empty line, has to become a request."""
        if self._deadline == inf:
            self._await(self.patience.headers)
        before = self._heading
        super().data_received(data)
        if before and self._heading:
            self._size += len(data)
            if self._size > self.patience.header_bytes:
                self._end(b"431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self._heading, self._size = True, 0
        if self._deadline == inf:
            self._await(self.patience.headers)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """All headers are there; the body may follow."""
        self._heading = False
        self._await(self.patience.body)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The whole request is there."""
        self._deadline = inf
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The reader is behind: what it does not take in time it never gets, and nobody waits for it."""
        super().pause_writing()
        self._reader = self.loop.call_later(self.patience.reader, self._cut_off)

    def resume_writing(self) -> None:
        """The reader took what was waiting."""
        if self._reader:
            self._reader.cancel()
        super().resume_writing()

    def _cut_off(self) -> None:
        structlog.get_logger("autonomic.api").info("SlowReaderCutOff", path=self.scope.get("path", ""))
        type(self).tell("Reader")
        self.transport.abort()

    def _await(self, seconds: float) -> None:
        self._deadline = self.loop.time() + seconds

    def _look_later(self) -> None:
        self._timer = self.loop.call_later(self.patience.headers / 4, self._look)

    def _look(self) -> None:
        if self.transport.is_closing():
            return
        if self.loop.time() >= self._deadline:
            type(self).tell("Headers" if self._heading else "Body")
            self._end(b"408 Request Timeout")
        else:
            self._look_later()

    def _end(self, status: bytes) -> None:
        """Says why, unless an answer is under way or the request has one already."""
        if self._heading and (self.cycle is None or self.cycle.response_complete):
            self.transport.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            self.transport.close()
        else:
            self.transport.abort()


def held_to(patience: Patience, tell: Callable[[Slowness], None]) -> type[Connection]:
    """Connections of that patience, which tell of those that it ended."""
    return type("Connection", (Connection,), {"patience": patience, "tell": staticmethod(tell)})
