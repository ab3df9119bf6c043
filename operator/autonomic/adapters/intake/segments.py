"""The files of a log: numbered, one written at a time, dropped whole when all in them is old."""

import contextlib
import fcntl
import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autonomic.domain.errors import Unavailable

_SLOTS = 16
_SUFFIX = ".signals"


@dataclass(eq=False)
class Segment:
    """One file: what it holds of whom, and when its first and newest record came."""

    path: Path
    first: datetime
    newest: datetime
    size: int = 0
    by_sender: Counter[str] = field(default_factory=Counter)

    def add(self, sender: str, size: int, received: datetime) -> None:
        """One more record."""
        self.size += size
        self.by_sender[sender] += size
        self.newest = max(self.newest, received)


class Slot:
    """A numbered folder below the log's that no other process has: each replica on a shared volume takes one.

    A process that starts again finds the slot that it left, or one that another left behind.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self._lock = _taken(folder)

    def files(self) -> list[Path]:
        """The segments, older first."""
        return sorted(self.folder.glob(f"*{_SUFFIX}"))

    def next(self) -> Path:
        """Where the next segment goes."""
        last = max((int(path.stem) for path in self.files()), default=0)
        return self.folder / f"{last + 1:010d}{_SUFFIX}"

    def sync(self) -> None:
        """So that a new file's name survives a crash; some filesystems can't."""
        with contextlib.suppress(OSError):
            handle = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def close(self) -> None:
        """Lets another process have it."""
        os.close(self._lock)


def _taken(folder: Path) -> tuple[Path, int]:
    for number in range(_SLOTS):
        slot = folder / str(number)
        lock = _locked(slot)
        if lock is not None:
            return slot, lock
    raise Unavailable(f"{folder}: {_SLOTS} processes keep signals there already: give this one a folder of its own")


def _locked(slot: Path) -> int | None:
    try:
        slot.mkdir(parents=True, exist_ok=True)
        lock = os.open(slot / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Unavailable(f"signals can't be kept in {slot}: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        if isinstance(error, BlockingIOError):
            return None
        raise Unavailable(f"signals can't be kept in {slot}, which can't be locked: {error.strerror}") from None
    return lock
