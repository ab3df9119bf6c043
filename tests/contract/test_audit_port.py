"""What every `AuditLog` does: one that remembers, one in a file."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autonomic.adapters.journal.sinks import FileSink
from autonomic.adapters.journal.writer import JournalWriter
from autonomic.domain.audit.record import BEGUN, Entry
from autonomic.domain.errors import Unavailable
from autonomic.ports.audit import AuditLog
from autonomic.ports.memory.audit import MemoryAuditLog
from autonomic.ports.memory.clock import ManualClock

NOW = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass
class Kept:
    """A log, what it kept by now, and how it is broken and mended."""

    log: AuditLog
    kinds: Callable[[], list[str]]
    fail: Callable[[], None]
    mend: Callable[[], None]


def in_memory(_: Path) -> Kept:
    log = MemoryAuditLog()

    def fail() -> None:
        log.failure = "no room"

    def mend() -> None:
        log.failure = None

    return Kept(log, lambda: [each.kind for each in log.entries], fail, mend)


def in_a_file(folder: Path) -> Kept:
    room = folder / "room"
    room.mkdir()
    path, away = room / "journal", folder / "away"
    sink = FileSink(path)

    async def nothing() -> None:
        return None

    def kinds() -> list[str]:
        lines = path.read_text().splitlines() if path.exists() else []
        return [kind for line in lines if (kind := json.loads(line)["kind"]) != BEGUN]

    def fail() -> None:
        sink.close()
        room.rename(away)

    def mend() -> None:
        away.rename(room)

    return Kept(JournalWriter(sink, ManualClock(NOW), nothing, {"holder": "a"}), kinds, fail, mend)


@pytest.fixture(params=[in_memory, in_a_file], ids=["memory", "file"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    make: Callable[[Path], Kept] = request.param
    return make(tmp_path)


async def test_what_was_appended_is_kept_when_append_returns(kept: Kept) -> None:
    await kept.log.append(Entry("First", "AdaptationPlan shop/a", {"digest": "é\n"}))
    assert kept.kinds() == ["First"]


async def test_the_order_is_that_of_the_calls(kept: Kept) -> None:
    await asyncio.gather(*(kept.log.append(Entry(f"N{number}", "it")) for number in range(50)))
    assert kept.kinds() == [f"N{number}" for number in range(50)]


async def test_what_can_not_be_kept_is_told_to_whoever_wanted_to_act_on_it(kept: Kept) -> None:
    await kept.log.append(Entry("Before", "it"))
    kept.fail()
    with pytest.raises(Unavailable, match="the journal cannot be written"):
        await kept.log.append(Entry("Lost", "it"))
    kept.mend()
    assert kept.kinds() == ["Before"]


async def test_after_a_failure_it_goes_on(kept: Kept) -> None:
    await kept.log.append(Entry("Before", "it"))
    kept.fail()
    results = await asyncio.gather(*(kept.log.append(Entry("Lost", "it")) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in results] == [Unavailable] * 3
    kept.mend()
    await kept.log.append(Entry("After", "it"))
    assert kept.kinds() == ["Before", "After"]


async def test_whoever_gives_up_waiting_does_not_disturb_the_others(kept: Kept) -> None:
    impatient = asyncio.create_task(kept.log.append(Entry("First", "it")))
    patient = asyncio.create_task(kept.log.append(Entry("Second", "it")))
    await asyncio.sleep(0)
    impatient.cancel()
    await patient
    assert kept.kinds() == ["First", "Second"] or kept.kinds() == ["Second"]
