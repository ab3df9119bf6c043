"""What a source reads is received as if it had been pushed; what is refused is told once."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from autonomic.adapters.plugins.guard import Guard
from autonomic.cycle.pulling import Pulling
from autonomic.cycle.reception import Reception
from autonomic.domain.signals.received import Signal
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.signals import MemorySignalLog
from autonomic.ports.plugins import PluginStanding
from examples.plugins.early_bird.source import Drops
from tests.unit.domain.specimens import NOW

EVENT = {
    "specversion": "1.0",
    "type": "dev.maestro.signal.TaskFailureCount.v1",
    "source": "/drops",
    "id": "1",
    "namespace": "shop",
    "data": {"value": 2, "labels": {"deployment": "agent"}},
}


class Says:
    """A source that reads what a test says."""

    name: ClassVar[str] = "drops"
    every: ClassVar[float] = 2.0

    def __init__(self, read: Callable[[], Any]) -> None:
        self._read = read

    def read(self) -> Iterable[Mapping[str, object]]:
        """That."""
        found: Iterable[Mapping[str, object]] = self._read()
        return found


class Room:
    """One source, what was delivered of it, and what was told."""

    def __init__(self, read: Callable[[], Any]) -> None:
        clock = ManualClock(NOW)
        self.told: list[tuple[str, str]] = []
        self.delivered: list[Signal] = []
        guard = Guard(PluginStanding("SignalSource", "drops", "early-bird 1.0", "Working"), clock, self._tell)
        reception = Reception(MemorySignalLog(clock), clock, self.delivered.extend)
        self.pulling = Pulling({"drops": (Says(read), guard)}, reception, clock, lambda: self._may, self._tell)

    async def _tell(self, name: str, message: str, _: bool) -> None:
        self.told.append((name, message))

    async def _may(self, namespace: str) -> bool:
        return namespace == "shop"


async def test_what_is_read_twice_is_delivered_once() -> None:
    room = Room(lambda: [EVENT])
    await room.pulling.pull("drops")
    await room.pulling.pull("drops")
    (signal,) = room.delivered
    assert (signal.namespace, signal.type, signal.value) == ("shop", "TaskFailureCount", 2)
    assert room.told == []


async def test_a_source_that_reads_nothing_sends_nothing() -> None:
    room = Room(lambda: [])
    await room.pulling.pull("drops")
    assert (room.delivered, room.told) == ([], [])


async def test_a_signal_of_a_namespace_that_did_not_opt_in_is_refused_and_told_once() -> None:
    room = Room(lambda: [{**EVENT, "namespace": "bank"}])
    await room.pulling.pull("drops")
    await room.pulling.pull("drops")
    assert room.delivered == []
    ((name, message),) = room.told
    assert name == "PluginSignalsRefused"
    assert "not allowed: create signals in namespace bank" in message


@pytest.mark.parametrize(
    ("read", "why"),
    [
        (lambda: 1 / 0, "ZeroDivisionError"),
        (lambda: None, "TypeError"),
        (lambda: [{"a": {1, 2}}], "TypeError: Object of type set is not JSON serializable"),
        (lambda: [EVENT] * 1001, "read gave more than 1000 events"),
        (lambda: [{**EVENT, "subject": "x" * (1 << 20)}], "bytes, at most 1048576 are taken at once"),
    ],
)
async def test_a_source_that_answers_what_it_must_not_has_failed(read: Callable[[], Any], why: str) -> None:
    room = Room(read)
    await room.pulling.pull("drops")
    ((name, message),) = room.told
    assert name == "PluginFailed"
    assert why in message


def test_the_example_reads_the_files_of_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARLY_BIRD_DROPS", str(tmp_path))
    (tmp_path / "1.json").write_text(json.dumps(EVENT))
    assert list(Drops().read()) == [EVENT]
