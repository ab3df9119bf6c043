"""A log of signals in a folder: one sync for all requests that wait for one."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autonomic.adapters.intake.frames import packed, unpacked
from autonomic.adapters.intake.ledger import Bounds, Ledger
from autonomic.adapters.intake.segments import Segment, Slot
from autonomic.domain.errors import Unavailable
from autonomic.ports.clock import Clock
from autonomic.ports.signals import Accepted, SignalLog


@dataclass(frozen=True)
class _Waiting:
    accepted: Accepted
    frame: bytes
    kept: asyncio.Future[None]


class FileSignalLog(SignalLog):
    """Keeps signals in segments below `folder`; `torn` says how many bytes were found that are no whole record."""

    def __init__(self, folder: Path, clock: Clock, bounds: Bounds | None = None) -> None:
        self.torn = 0
        self._folder = folder
        self._clock = clock
        self._bounds = bounds or Bounds()
        self._ledger = Ledger(self._bounds)
        self._slot: Slot | None = None
        self._file: tuple[Path, int] | None = None
        self._current: Segment | None = None
        self._unlink: list[Path] = []
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    def replay(self) -> Iterator[Accepted]:
        """What is kept, older first; takes the folder. Raises Unavailable."""
        self._slot = Slot(self._folder)
        oldest = self._clock.now() - self._bounds.retention
        for path in self._slot.files():
            for accepted in self._found(path):
                if accepted.received > oldest:
                    yield accepted

    async def append(self, accepted: Accepted) -> None:
        """Returns when it is on the disk. Raises LogFull and Unavailable."""
        if self._slot is None:
            raise Unavailable("the log of signals is not open")
        frame = packed(accepted) if accepted.signals or not accepted.sender else b""
        if frame:
            self._drop_old()
            self._ledger.reserve(accepted.sender, len(frame), self._clock.now())
        elif self._task is None or self._task.done():
            return
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(accepted, frame, kept))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_all(), name="signals")
        await kept

    async def aclose(self) -> None:
        """Writes what waits, and lets another process have the folder."""
        if self._task:
            await self._task
        self._close()
        if self._slot:
            self._slot.close()
            self._slot = None

    async def _keep_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            problem = await self._keep(batch)
            if problem:
                # Who waits behind a failure may wait for what it held: a duplicate is not kept before its first is.
                later, self._waiting = self._waiting, []
                for each in (*batch, *later):
                    self._ledger.release(each.accepted.sender, len(each.frame))
                batch += later
            for each in batch:
                _settle(each.kept, problem)
            if self._waiting:
                await self._clock.sleep(self._bounds.gather)

    async def _keep(self, batch: list[_Waiting]) -> str | None:
        """Why it could not be kept; None when it is."""
        data = b"".join([each.frame for each in batch])
        if not data:
            return None
        segment = self._segment()
        gone, self._unlink = self._unlink, []
        try:
            await asyncio.to_thread(self._write, segment.path, data, gone)
        except OSError as error:
            # What was cut short ends this segment: nothing behind it could be read.
            self._current = None
            return f"signals can't be kept: {segment.path.parent}: {error.strerror or error}"
        for each in batch:
            if each.frame:
                segment.add(each.accepted.sender, len(each.frame), each.accepted.received)
        return None

    def _segment(self) -> Segment:
        """The segment that is written now."""
        now, current = self._clock.now(), self._current
        fits = current and current.size < self._bounds.segment and now - current.first < self._bounds.segment_age
        if current is None or not fits or current not in self._ledger.segments:
            assert self._slot  # noqa: S101 - `append` looked
            current = self._current = Segment(self._slot.next(), now, now)
            self._ledger.segments.append(current)
        return current

    def _drop_old(self) -> None:
        self._unlink += [segment.path for segment in self._ledger.outdated(self._clock.now())]

    def _write(self, path: Path, data: bytes, gone: list[Path]) -> None:
        """In a thread."""
        for each in gone:
            each.unlink(missing_ok=True)
        if self._file is None or self._file[0] != path:
            self._close()
            self._file = path, os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            assert self._slot  # noqa: S101 - the path is one of its
            self._slot.sync()
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._file[1], rest) :]
        os.fdatasync(self._file[1])

    def _close(self) -> None:
        if self._file:
            os.close(self._file[1])
            self._file = None

    def _found(self, path: Path) -> Iterator[Accepted]:
        """The records of one segment, which is entered into the ledger."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Unavailable(f"kept signals can't be read: {path}: {error.strerror}") from None
        segment: Segment | None = None
        for accepted, size in unpacked(data):
            segment = segment or Segment(path, accepted.received, accepted.received)
            segment.add(accepted.sender, size, accepted.received)
            yield accepted
        self.torn += len(data) - (segment.size if segment else 0)
        if segment:
            self._ledger.restore(segment)
        else:
            with suppress(OSError):
                path.unlink()


def _settle(kept: asyncio.Future[None], problem: str | None) -> None:
    if kept.done():
        return  # who waited was cancelled
    if problem:
        kept.set_exception(Unavailable(problem))
    else:
        kept.set_result(None)
