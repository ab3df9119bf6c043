"""A journal that goes on: over restarts, crashes, failures, and from one replica to another."""

import asyncio
import io
import json
import os
from pathlib import Path

import pytest

from autonomic.adapters.journal.head import HEAD_ANNOTATION
from autonomic.adapters.journal.sinks import FileSink, StreamSink, Tail
from autonomic.adapters.journal.writer import JournalWriter
from autonomic.domain.audit.chain import against, examine
from autonomic.domain.audit.record import GENESIS, Entry, Head
from autonomic.domain.errors import Unavailable
from autonomic.ports.memory.clock import ManualClock
from tests.unit.journal.journals import NOW, lived, writer

ENTRY = Entry("A", "it")


async def test_over_a_restart_the_chain_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    await lived(path, ["A", "B"])
    last = await lived(path, ["C"])
    reading = examine(path.read_bytes())
    assert (reading.fault, reading.elsewhere, reading.heads[-1], last.seq) == (None, (), last, 5)


async def test_a_torn_last_line_is_recognised_named_and_gone_on_after(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    await lived(path, ["A", "B"])
    path.write_bytes(path.read_bytes()[:-30])
    torn = examine(path.read_bytes()).fault
    assert torn
    assert (torn.what, torn.line) == ("Torn", 3)
    await lived(path, ["C"])
    content = path.read_bytes()
    assert examine(content).fault is None
    lines = content.splitlines(keepends=True)
    for spoilt in (lines[:2] + lines[3:], [*lines[:2], lines[2].replace(b"a", b"b", 1), *lines[3:]]):
        assert examine(b"".join(spoilt)).fault


async def test_a_file_whose_last_line_is_no_record_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    await lived(path, ["A"])
    path.write_bytes(path.read_bytes() + b"hello\n")
    with pytest.raises(Unavailable, match="its last line is no record"):
        await lived(path, ["B"])
    assert path.read_bytes().endswith(b"hello\n")


async def test_a_file_that_another_process_writes_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    first = FileSink(path)
    await writer(first).append(ENTRY)
    with pytest.raises(Unavailable, match="another process writes it"):
        await writer(FileSink(path)).append(ENTRY)
    first.close()
    await lived(path, ["B"])
    assert examine(path.read_bytes()).fault is None


async def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    await lived(tmp_path / "journal", ["A"])
    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o600


async def test_nobody_goes_on_before_the_record_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, synced = tmp_path / "journal", list[int]()
    real = os.fsync

    def fsync(handle: int) -> None:
        real(handle)
        synced.append(path.stat().st_size)

    monkeypatch.setattr(os, "fsync", fsync)
    journal = writer(FileSink(path))
    for _ in range(2):
        await journal.append(ENTRY)
        assert synced[-1] == path.stat().st_size > 0


async def test_a_longer_last_line_than_one_block_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    sink = FileSink(path)
    await writer(sink).append(Entry("Long", "it", {"template": "x" * 300_000}))
    sink.close()
    await lived(path, ["B"])
    assert examine(path.read_bytes()).fault is None


async def test_another_replica_goes_on_after_the_head_that_the_cluster_keeps(tmp_path: Path) -> None:
    left = await lived(tmp_path / "a", ["A", "B"])
    last = await lived(tmp_path / "b", ["C"], published=left)
    back = await lived(tmp_path / "a", ["D"], published=last)
    a, b = (examine((tmp_path / name).read_bytes()) for name in "ab")
    assert (a.fault, b.fault) == (None, None)
    assert [place.seq for place in (*a.heads, *b.heads)] == [1, 2, 3, 6, 7, 4, 5]
    assert (a.elsewhere, b.elsewhere) == ((last,), (left,))
    assert against([a, b], back) is None
    assert against([b], back)


async def test_what_one_replica_wrote_beside_the_other_is_no_fault(tmp_path: Path) -> None:
    """The head in the cluster is a few seconds old: what was written after it is followed by nobody."""
    sink = FileSink(tmp_path / "a")
    first = writer(sink)
    await first.append(ENTRY)
    published = first.head
    await first.append(ENTRY)
    last = await lived(tmp_path / "b", ["C"], published=published)
    readings = [examine((tmp_path / name).read_bytes()) for name in "ab"]
    assert [reading.fault for reading in readings] == [None, None]
    assert against(readings, last) is None
    sink.close()


async def test_a_stream_is_chained_too_and_goes_on_after_the_head_in_the_cluster() -> None:
    out = io.BytesIO()
    first = writer(StreamSink(out))
    await first.append(ENTRY)
    await writer(StreamSink(out), first.head).append(ENTRY)
    assert examine(out.getvalue()).fault is None
    content = out.getvalue().splitlines(keepends=True)
    assert examine(b"".join([content[0], *content[2:]])).fault is None  # all of one replica may stand elsewhere
    assert examine(b"".join([*content[:2], content[3]])).fault


async def test_the_head_is_not_told_before_there_is_a_record_and_is_kept_over_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    sink = FileSink(path)
    journal = writer(sink, Head(7, "sha256:" + "a" * 64))
    assert journal.marks() == {}
    await journal.append(ENTRY)
    assert journal.head
    assert (journal.marks(), journal.head.seq) == ({HEAD_ANNOTATION: str(journal.head)}, 9)
    sink.close()
    with pytest.raises(Unavailable):
        await journal.append(ENTRY)
    assert journal.marks()[HEAD_ANNOTATION].startswith("9:")
    await journal.append(ENTRY)
    assert [place.seq for place in examine(path.read_bytes()).heads] == [8, 9, 10, 11]


class Slow:
    """A sink that tells how many lines each write had."""

    name = "slow"

    def __init__(self) -> None:
        self.writes: list[int] = []

    def open(self) -> Tail:
        """Nothing was there."""
        return Tail()

    def write(self, lines: bytes) -> None:
        """Counts them."""
        self.writes.append(lines.count(b"\n"))


async def test_entries_that_wait_together_are_written_together() -> None:
    sink = Slow()
    journal = writer(sink)
    await asyncio.gather(*(journal.append(ENTRY) for _ in range(100)))
    assert sum(sink.writes) == 101
    assert len(sink.writes) <= 3


async def test_a_cluster_that_does_not_tell_its_head_lets_nothing_be_recorded(tmp_path: Path) -> None:
    async def silent() -> Head | None:
        raise Unavailable("no answer")

    path = tmp_path / "journal"
    with pytest.raises(Unavailable, match=r"without a record nothing is done: .*no answer"):
        await JournalWriter(FileSink(path), ManualClock(NOW), silent, {}).append(ENTRY)
    assert not path.exists()


async def test_the_first_record_says_who_writes_and_what_it_found(tmp_path: Path) -> None:
    await lived(tmp_path / "journal", ["A"])
    first = json.loads((tmp_path / "journal").read_text().splitlines()[0])
    assert (first["kind"], first["content"]) == ("Begun", {"holder": "autonomic-0", "after": str(GENESIS), "file": ""})
