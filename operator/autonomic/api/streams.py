"""One stream of events: what it says, to whom, from where on, and when it ends."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from fastapi import HTTPException
from fastapi.security import HTTPAuthorizationCredentials

from autonomic.api.guard import Guard
from autonomic.api.seals import Seal
from autonomic.api.sources import Events
from autonomic.cycle.feed import Feed, News
from autonomic.domain.errors import Unavailable
from autonomic.ports.access import Caller

_AT_ONCE = 100
_RETRY_MILLISECONDS = 3000
_LOST = "events are not kept any more"
"""How many is not said: most may have been others'."""
_ENCODE = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Place:
    """Where a reader goes on: after that number. `missed` says why events before it are not shown, None where none are."""

    after: int
    missed: str | None = None


def place(feed: Feed, seal: Seal, last_seen: str | None) -> Place:
    """Where a reader goes on who saw that id last; at the newest, where it saw none."""
    if last_seen is None:
        return Place(feed.newest)
    life, _, word = last_seen.rpartition("-")
    number = seal.opened(word) if life == feed.life else None
    if number is None:
        return Place(feed.oldest - 1, "the id is none of this replica's since it started")
    if number < feed.oldest - 1:
        return Place(feed.oldest - 1, _LOST)
    return Place(number)


@dataclass(frozen=True)
class Reader:
    """Who reads, with which token, and what is wanted."""

    guard: Guard
    caller: Caller
    address: str
    sent: HTTPAuthorizationCredentials | None
    namespace: str | None
    kind: str | None

    async def refused(self) -> str | None:
        """Why the caller may read no more: the token expired, or the right is gone. None while it may go on."""
        try:
            await self.guard.known(self.address, self.sent)
            await self.guard.demand(self.caller, "watch", "adaptationplans", self.namespace)
        except HTTPException as refusal:
            return refusal.detail
        return None

    async def wants(self, news: News) -> bool:
        """Whether it is asked for, and may be seen."""
        if self.namespace not in (None, news.namespace) or self.kind not in (None, news.kind):
            return False
        return await self.guard.may(self.caller, "watch", news.resource, self.namespace)


class Stream:
    """`frames` is the body of the answer."""

    def __init__(self, events: Events, reader: Reader, place: Place) -> None:
        self.reader = reader
        self._events = events
        self._feed = events.feed
        self._place = place
        self._at = place.after

    async def frames(self) -> AsyncIterator[bytes]:
        """Frames until the reader leaves, may see no more, or the stream had its time: then it comes back with its last id."""
        until = self._events.clock.monotonic() + self._events.lifetime
        yield b"retry: %d\n\n" % _RETRY_MILLISECONDS
        yield self._opening()
        while not self._feed.closed and self._events.clock.monotonic() < until:
            try:
                if why := await self.reader.refused():
                    yield self._frame("End", {"detail": why})
                    return
                async for frame in self._news():
                    yield frame
            except Unavailable:
                yield self._frame("End", {"detail": "who may see what could not be asked: come back with the last id"})
                return
            if await self._moved():
                await self._events.clock.sleep(self._events.gathering)
            else:
                # The number goes along, so that who sees little does not fall behind what is kept.
                yield b": still here\nid: %b\n\n" % self._id()

    def _opening(self) -> bytes:
        if self._place.missed:
            return self._frame("Gap", {"detail": f"{self._place.missed}: read what you need anew"})
        return self._frame("Open", {"detail": "events follow as they happen"})

    async def _news(self) -> AsyncIterator[bytes]:
        while found := self._feed.after(self._at, _AT_ONCE):
            if found[0][0] > self._at + 1:
                self._at = found[0][0] - 1
                yield self._frame("Gap", {"detail": f"{_LOST}: read what you need anew"})
            for number, news in found:
                self._at = number
                if await self.reader.wants(news):
                    yield self._written(news.kind, _encoded(news))

    async def _moved(self) -> bool:
        """Whether something came before it is time for a sign of life."""
        more = asyncio.create_task(self._feed.more(self._at))
        rest = asyncio.create_task(self._events.clock.sleep(self._events.heartbeat))
        try:
            await asyncio.wait({more, rest}, return_when=asyncio.FIRST_COMPLETED)
            return more.done()
        finally:
            more.cancel()
            rest.cancel()

    def _id(self) -> bytes:
        return f"{self._feed.life}-{self._events.seal.sealed(self._at)}".encode()

    def _frame(self, kind: str, told: Mapping[str, object]) -> bytes:
        return self._written(kind, _ENCODE(told))

    def _written(self, kind: str, told: bytes) -> bytes:
        """JSON has no line ends of its own, so one `data` line holds it."""
        return b"event: %b\nid: %b\ndata: %b\n\n" % (kind.encode(), self._id(), told)


@lru_cache(maxsize=2 * _AT_ONCE)
def _encoded(news: News) -> bytes:
    """Once for all who read it."""
    return _ENCODE({"namespace": news.namespace, "at": news.at.isoformat(), **news.told})
