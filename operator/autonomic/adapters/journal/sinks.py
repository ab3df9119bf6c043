"""Where lines go: a file of our own, or the standard output."""

import contextlib
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from autonomic.domain.audit.record import Damaged, Head, read

_BLOCK = 1 << 16


@dataclass(frozen=True)
class Tail:
    """How a journal ended: its last record, and the beginning of one more where a write was cut short.

    What can't be read back has neither.
    """

    head: Head | None = None
    torn: bytes = b""
    readable: bool = True


class Sink(Protocol):
    """All of it may block, and raises OSError."""

    name: str

    def open(self) -> Tail:
        """Makes it ready to be written, again where it was before; how it ended."""
        ...

    def write(self, lines: bytes) -> None:
        """Returns when the lines are kept."""
        ...


class FileSink:
    """Appends to one file, which nobody else may write meanwhile; kept means on the disk."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        self._file: BinaryIO | None = None

    def open(self) -> Tail:
        """Opens the file, or makes it, and ends a torn line. Raises OSError when another process has it open, too."""
        self.close()
        self._file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "r+b", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(None, "another process writes it: give each replica a file of its own") from None
        tail = _tail(self._file)
        if tail.torn:
            self.write(b"\n")
        _sync_folder(self._path.parent)
        return tail

    def write(self, lines: bytes) -> None:
        """Appends, and waits for the disk."""
        if self._file is None:
            raise OSError(None, "it is not open")
        rest = memoryview(lines)
        while rest:
            rest = rest[self._file.write(rest) :]
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Lets others have the file."""
        if self._file:
            self._file.close()
            self._file = None


class StreamSink:
    """Writes to a stream, which can't be read back; kept means handed over."""

    def __init__(self, stream: BinaryIO, name: str = "the standard output") -> None:
        self.name = name
        self._stream = stream

    def open(self) -> Tail:
        """A stream has no end that could be continued."""
        return Tail(readable=False)

    def write(self, lines: bytes) -> None:
        """Writes and flushes."""
        self._stream.write(lines)
        self._stream.flush()


def _tail(file: BinaryIO) -> Tail:
    """Raises OSError where the last whole line is no record: then the file is not ours, or was edited."""
    lines = _last_lines(file)
    if len(lines) < 2:
        return Tail(None, lines[0])
    try:
        return Tail(read(lines[-2]).head, lines[-1])
    except Damaged as damage:
        raise OSError(None, f"its last line is no record ({damage}): examine it, and move it away") from None


def _last_lines(file: BinaryIO) -> list[bytes]:
    """The last whole line and what follows it, or all there is; read from the end."""
    start = file.seek(0, os.SEEK_END)
    content = b""
    while start > 0 and content.count(b"\n") < 2:
        size = min(_BLOCK, start)
        start = file.seek(start - size)
        content = file.read(size) + content
    return content.split(b"\n")[-2:]


def _sync_folder(folder: Path) -> None:
    """So that a new file's name survives a crash; some filesystems can't."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
