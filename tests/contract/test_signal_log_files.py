"""The log of signals on the disk: torn, shared, killed."""

import asyncio
import errno
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.intake.frames import packed
from autonomic.adapters.intake.ledger import Bounds
from autonomic.adapters.intake.log import FileSignalLog
from autonomic.domain.errors import Unavailable
from autonomic.ports.memory.clock import ManualClock
from tests.contract.test_signal_log_port import NOON, accepted, replayed


def opened(folder: Path, clock: ManualClock | None = None, bounds: Bounds | None = None) -> FileSignalLog:
    """A log that took its folder."""
    log = FileSignalLog(folder, clock or ManualClock(NOON), bounds)
    list(log.replay())
    return log


def segments(folder: Path) -> list[Path]:
    """The files, older first."""
    return sorted(folder.glob("*/*.signals"))


@pytest.mark.parametrize("cut", [1, 7, 8, 20])
async def test_what_was_cut_short_is_left_out_and_what_was_before_it_is_not(tmp_path: Path, cut: int) -> None:
    log = opened(tmp_path)
    await log.append(accepted("1"))
    await log.append(accepted("2"))
    await log.aclose()
    (path,) = segments(tmp_path)
    path.write_bytes(path.read_bytes()[:-cut])
    again = FileSignalLog(tmp_path, ManualClock(NOON))
    assert replayed(again) == ["1"]
    assert again.torn > 0
    await again.append(accepted("3"))
    await again.aclose()
    assert replayed(FileSignalLog(tmp_path, ManualClock(NOON))) == ["1", "3"]


async def test_a_byte_that_changed_is_found_out(tmp_path: Path) -> None:
    log = opened(tmp_path)
    await log.append(accepted("1"))
    await log.aclose()
    (path,) = segments(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"QueueDepth", b"QueueDeptH"))
    assert replayed(FileSignalLog(tmp_path, ManualClock(NOON))) == []


async def test_two_processes_on_one_volume_keep_apart_and_the_next_finds_what_was_left(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    await first.append(accepted("1"))
    await second.append(accepted("2"))
    await first.aclose()
    third = FileSignalLog(tmp_path, ManualClock(NOON))
    assert replayed(third) == ["1"]
    await second.aclose()
    await third.aclose()


async def test_segments_are_begun_by_size_and_dropped_by_age(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    bounds = Bounds(timedelta(minutes=15), segment=3 * len(packed(accepted("1"))))
    log = opened(tmp_path, clock, bounds)
    for number in range(9):
        await log.append(accepted(str(number)))
    assert len(segments(tmp_path)) == 3
    await clock.advance(1000)
    await log.append(accepted("9", at=clock.now()))
    assert len(segments(tmp_path)) == 1
    await log.aclose()


async def test_after_a_write_that_was_cut_short_a_new_segment_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = opened(tmp_path)
    await log.append(accepted("1"))
    write = log._write

    def full(path: Path, data: bytes, gone: list[Path]) -> None:
        write(path, data[: len(data) // 2], gone)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched, pytest.raises(Unavailable, match="No space left"):
        patched.setattr(log, "_write", full)
        await log.append(accepted("2"))
    await log.append(accepted("3"))
    await log.aclose()
    assert replayed(FileSignalLog(tmp_path, ManualClock(NOON))) == ["1", "3"]


async def test_many_that_wait_share_one_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, written = opened(tmp_path), []
    write = log._write

    def counting(path: Path, data: bytes, gone: list[Path]) -> None:
        written.append(len(data))
        write(path, data, gone)

    monkeypatch.setattr(log, "_write", counting)
    await asyncio.gather(*(log.append(accepted(str(number))) for number in range(50)))
    assert len(written) <= 2
    await log.aclose()


async def test_what_comes_while_one_is_written_waits_a_little_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, bounds, begun, go_on, written = ManualClock(NOON), Bounds(), asyncio.Event(), threading.Event(), list[int]()
    log, loop = opened(tmp_path, clock, bounds), asyncio.get_running_loop()
    write = log._write

    def slow(path: Path, data: bytes, gone: list[Path]) -> None:
        written.append(len(data))
        loop.call_soon_threadsafe(begun.set)
        assert go_on.wait(10)
        write(path, data, gone)

    monkeypatch.setattr(log, "_write", slow)
    async with asyncio.TaskGroup() as senders:
        first = senders.create_task(log.append(accepted("1")))
        await begun.wait()
        second = senders.create_task(log.append(accepted("2")))
        await asyncio.sleep(0)
        go_on.set()
        await first
        third = senders.create_task(log.append(accepted("3")))
        await clock.advance(bounds.gather / 2)
        assert not second.done()
        assert not third.done()
        await clock.advance(bounds.gather)
    one = len(packed(accepted("1")))
    assert written == [one, 2 * one]
    await log.aclose()


KILLED = """
import asyncio, sys
from pathlib import Path
from autonomic.adapters.clock import SystemClock
from autonomic.adapters.intake.log import FileSignalLog
from autonomic.domain.signals.received import Signal
from autonomic.ports.signals import Accepted

async def main():
    clock = SystemClock()
    log = FileSignalLog(Path(sys.argv[1]), clock)
    list(log.replay())
    async def sender(name):
        for number in range(10**9):
            id_ = f"{name}-{number}"
            await log.append(Accepted(name, clock.now(), [Signal("X", "shop", {}, 1.0, clock.now(), "/s", id_)]))
            print(id_, flush=True)
    await asyncio.gather(*(sender(f"s{each}") for each in range(5)))

asyncio.run(main())
"""


def test_nothing_that_was_accepted_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        told = [child.stdout.readline().strip() for _ in range(300)]
        child.kill()
        told += [line.strip() for line in child.stdout if line.endswith("\n")]
    kept = replayed(FileSignalLog(tmp_path, SystemClock()))
    assert set(told) <= set(kept)
    assert len(set(kept)) == len(kept)
