"""Journals for tests: written by the real writer, into real files."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from autonomic.adapters.journal.sinks import FileSink, Sink
from autonomic.adapters.journal.writer import JournalWriter
from autonomic.domain.audit.record import Entry, Head
from autonomic.ports.memory.clock import ManualClock

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)


def writer(sink: Sink, published: Head | None = None) -> JournalWriter:
    """A new process that writes to the sink, in a cluster whose Lease bears that head."""

    async def head() -> Head | None:
        return published

    return JournalWriter(sink, ManualClock(NOW), head, {"holder": "autonomic-0"})


async def lived(path: Path, kinds: Sequence[str], published: Head | None = None) -> Head:
    """A process that begins, writes a record of each kind, and ends; the head that it leaves."""
    sink = FileSink(path)
    journal = writer(sink, published)
    for number, kind in enumerate(kinds):
        await journal.append(Entry(kind, "AdaptationPlan shop/agent", {"number": number, "why": "é <&> \u2028"}))
    sink.close()
    assert journal.head is not None
    return journal.head
