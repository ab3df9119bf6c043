"""Chains entries and writes them, many at once where many wait; nobody goes on before theirs is kept."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from autonomic.adapters.journal.head import HEAD_ANNOTATION
from autonomic.adapters.journal.sinks import Sink, Tail
from autonomic.domain.audit.record import BEGUN, GENESIS, Entry, Head, hash_of, write
from autonomic.domain.errors import AutonomicError, Unavailable
from autonomic.ports.clock import Clock


@dataclass(frozen=True)
class _Waiting:
    entry: Entry
    kept: asyncio.Future[None]


class JournalWriter:
    """An `AuditLog`. `published` reads the head that the cluster keeps; `writer` says who writes, for the first record.

    It begins with the first entry: with a record of what it found. After a failure it begins again, with another one.
    """

    def __init__(
        self, sink: Sink, clock: Clock, published: Callable[[], Awaitable[Head | None]], writer: Mapping[str, str]
    ) -> None:
        self.head: Head | None = None
        """The newest record that is kept; None before the first, and after a failure."""
        self._sink = sink
        self._clock = clock
        self._published = published
        self._writer = dict(writer)
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None
        self._newest: Head | None = None

    async def append(self, entry: Entry) -> None:
        """Returns when the entry is kept. Raises Unavailable when it can't be."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(entry, kept))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_all(), name="journal")
        await kept

    def marks(self) -> dict[str, str]:
        """The annotations that keep the head in the cluster; none before there is one."""
        return {HEAD_ANNOTATION: str(self._newest)} if self._newest else {}

    async def _keep_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await self._keep([each.entry for each in batch])
                problem = None
            except (AutonomicError, OSError, ValueError) as error:
                self.head, problem = None, _sentence(self._sink.name, error)
            for each in batch:
                _settle(each.kept, problem)

    async def _keep(self, entries: list[Entry]) -> None:
        head = self.head or await self._begin()
        lines = []
        for entry in entries:
            line, head = write(entry, head, self._clock.now())
            lines.append(line)
        await asyncio.to_thread(self._sink.write, b"".join(lines))
        self.head = self._newest = head

    async def _begin(self) -> Head:
        """Goes on after what is newest: the end of the file, or what another replica wrote elsewhere."""
        published, tail = await self._published(), await asyncio.to_thread(self._sink.open)
        newest = max(self._newest or GENESIS, tail.head or GENESIS, published or GENESIS)
        line, head = write(_begun(self._writer, tail, newest), newest, self._clock.now())
        await asyncio.to_thread(self._sink.write, line)
        return head


def _begun(writer: Mapping[str, str], tail: Tail, newest: Head) -> Entry:
    found = {"file": str(tail.head or "")} if tail.readable else {}
    torn = {"torn": hash_of(tail.torn)} if tail.torn else {}
    return Entry(BEGUN, "Journal", {**writer, "after": str(newest), **found, **torn})


def _settle(kept: asyncio.Future[None], problem: str | None) -> None:
    if kept.done():
        return  # who waited was cancelled
    if problem:
        kept.set_exception(Unavailable(problem))
    else:
        kept.set_result(None)


def _sentence(name: str, error: Exception) -> str:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return f"the journal cannot be written, and without a record nothing is done: {name}: {reason}"
