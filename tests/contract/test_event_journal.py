"""Events come a little after what they tell of, and at the end at once."""

import asyncio
from datetime import UTC, datetime

import pytest

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.kubernetes import events
from autonomic.adapters.kubernetes.events import EventJournal
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectRef
from autonomic.ports.memory.cluster import MemoryCluster

ABOUT = ObjectRef(api_version="v1", kind="ConfigMap", name="settings", namespace="here")


async def test_a_fact_is_told_after_a_pause_with_the_time_when_it_was_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PAUSE_SECONDS", 0.2)
    clock = SystemClock()
    memory, began = MemoryCluster(clock), clock.monotonic()
    journal = EventJournal(memory, clock, "test", lambda _: "")
    told = asyncio.Event()
    memory.watch(lambda *_: told.set())
    journal.start()
    before = datetime.now(UTC)
    await journal.record(Fact("Burning", ABOUT, "the budget burns"))
    after = datetime.now(UTC)
    await told.wait()
    assert clock.monotonic() - began >= 0.2
    assert before <= datetime.fromisoformat(memory.writes[0].body["eventTime"]) <= after
    await journal.aclose()


async def test_at_the_end_facts_are_told_without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PAUSE_SECONDS", 60.0)
    clock = SystemClock()
    memory = MemoryCluster(clock)
    journal = EventJournal(memory, clock, "test", lambda _: "")
    journal.start()
    await journal.record(Fact("Burning", ABOUT, "the budget burns"))
    await asyncio.sleep(0)
    await journal.aclose()
    assert len(memory.writes) == 1
