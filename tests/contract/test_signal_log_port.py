"""What every `SignalLog` does: one that remembers, one in a folder."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autonomic.adapters.intake.frames import packed
from autonomic.adapters.intake.ledger import Bounds
from autonomic.adapters.intake.log import FileSignalLog
from autonomic.domain.errors import Unavailable
from autonomic.domain.signals.received import Signal
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.signals import MemorySignalLog
from autonomic.ports.signals import Accepted, LogFull, SignalLog

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROOM = 100
"""Signals that fit, about."""


def accepted(*ids: str, sender: str = "worker", at: datetime = NOON) -> Accepted:
    """One request."""
    signals = [Signal("QueueDepth", "shop", {"queue": "é\n"}, 1.5, at, "/s", each) for each in ids]
    return Accepted(sender, at, signals)


SIZE = len(packed(accepted("00")))
"""Bytes of a request of one signal."""


@dataclass
class Kept:
    """A log, its clock, a process that begins after it, and how the log is broken."""

    log: SignalLog
    clock: ManualClock
    again: Callable[[], SignalLog]
    fail: Callable[[], None]


def in_memory(_: Path, clock: ManualClock) -> Kept:
    log = MemorySignalLog(clock, room=ROOM, share=0.5)

    def fail() -> None:
        log.failure = "no room"

    return Kept(log, clock, lambda: log, fail)


def in_a_folder(folder: Path, clock: ManualClock) -> Kept:
    bounds = Bounds(size=ROOM * SIZE, share=0.5, segment=10 * SIZE)
    log = FileSignalLog(folder, clock, bounds)

    def again() -> FileSignalLog:
        assert log._slot
        log._slot.close()
        return FileSignalLog(folder, clock, bounds)

    def fail() -> None:
        assert log._slot
        log._close()
        log._slot.folder.rename(folder / "away")

    return Kept(log, clock, again, fail)


@pytest.fixture(params=[in_memory, in_a_folder], ids=["memory", "folder"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    make: Callable[[Path, ManualClock], Kept] = request.param
    made = make(tmp_path, ManualClock(NOON))
    assert list(made.log.replay()) == []
    return made


def replayed(log: SignalLog) -> list[str]:
    """The ids that a log holds."""
    return [signal.id for each in log.replay() for signal in each.signals]


async def test_what_was_appended_is_replayed_as_it_was(kept: Kept) -> None:
    whole = accepted("1", "2")
    await kept.log.append(whole)
    assert [(each.sender, each.received, list(each.signals)) for each in kept.again().replay()] == [
        ("worker", NOON, list(whole.signals))
    ]


async def test_many_at_once_are_kept_in_their_order(kept: Kept) -> None:
    ids = [f"{number:02}" for number in range(45)]
    await asyncio.gather(*(kept.log.append(accepted(each)) for each in ids))
    assert replayed(kept.again()) == ids


async def test_a_mark_is_kept_between_what_was_before_and_after_it(kept: Kept) -> None:
    for each in (accepted("1"), Accepted("", NOON, ()), accepted("2")):
        await kept.log.append(each)
    assert [each.sender for each in kept.again().replay()] == ["worker", "", "worker"]


async def test_a_request_without_signals_is_kept_by_doing_nothing(kept: Kept) -> None:
    await kept.log.append(accepted())
    assert list(kept.again().replay()) == []


async def test_what_is_older_than_the_retention_is_not_replayed(kept: Kept) -> None:
    await kept.log.append(accepted("1"))
    await kept.clock.advance(600)
    await kept.log.append(accepted("2", at=kept.clock.now()))
    await kept.clock.advance(400)
    assert replayed(kept.again()) == ["2"]


async def test_a_sender_has_a_share_and_all_together_have_a_bound(kept: Kept) -> None:
    for number in range(49):
        await kept.log.append(accepted(f"{number:02}"))
    with pytest.raises(LogFull) as own:
        for number in range(49, 60):
            await kept.log.append(accepted(f"{number:02}"))
    assert own.value.sender
    with pytest.raises(LogFull) as whole:
        for number in range(60):
            await kept.log.append(accepted(f"{number:02}", sender=f"other-{number}"))
    assert not whole.value.sender
    assert whole.value.after > 0


async def test_there_is_room_again_when_older_signals_are_dropped(kept: Kept) -> None:
    with pytest.raises(LogFull):
        for number in range(200):
            await kept.log.append(accepted(f"{number:02}"))
    await kept.clock.advance(timedelta(minutes=16).total_seconds())
    await kept.log.append(accepted("new", at=kept.clock.now()))
    assert replayed(kept.again()) == ["new"]


async def test_a_log_that_can_not_be_written_says_so(kept: Kept) -> None:
    await kept.log.append(accepted("1"))
    kept.fail()
    with pytest.raises(Unavailable):
        await kept.log.append(accepted("2"))
