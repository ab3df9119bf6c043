"""Signals that were accepted before a kill: acted on after it, and never twice."""

import json

import pytest

from autonomic.cycle.reception import Reception
from autonomic.domain.signals.received import Signal
from autonomic.ports.memory.signals import MemorySignalLog
from autonomic.signals.formats.splitting import Batch
from autonomic.signals.senders import Sender
from tests.unit.cycle.test_heeding import NAMED, book, heal
from tests.unit.cycle.world import World
from tests.unit.signals.sending import event

ENDED = 150.0
"""Seconds in which the cure is carried out and verified."""


class Post:
    """What takes signals in before the layer of a world, each process with one of its own over the same log."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._log = MemorySignalLog(world.clock)
        self._reception = self._begin()

    def _begin(self) -> Reception:
        return Reception(self._log, self._world.clock, lambda signals: self._world.layer.receive(signals))

    async def send(self, *ids: str) -> None:
        """Failed tasks of the agent, now."""
        now = self._world.clock.now().isoformat()
        failed = {"value": 1, "labels": {"deployment": "agent"}}
        body = Batch(_encoded([event(each, time=now, data=failed) for each in ids]))
        await self._reception.events(self._sender(), body, None, _may)

    async def kill(self) -> None:
        """The process is gone; another one takes its place."""
        await self._world.kill()
        self._world.start("b")
        await self._world.passes(0.1)
        self._reception = self._begin()
        self._reception.replay()
        self._reception.hand_on()

    def _sender(self) -> Sender:
        return self._reception.senders.named("worker", self._world.clock.monotonic())


def _encoded(events: list[dict[str, object]]) -> bytes:
    return json.dumps(events).encode()


async def _may(_: str) -> bool:
    return True


async def test_what_was_accepted_a_moment_before_the_kill_is_healed_after_it() -> None:
    async with World() as world:
        await heal(world)
        post = Post(world)
        await post.send("1")
        await post.kill()
        await world.passes(2)
        assert world.moves == ["restart"]


@pytest.mark.parametrize("target", [{}, {"target": NAMED}], ids=["fixed", "named by the signal"])
@pytest.mark.parametrize("seconds", [0.0, 0.2, 1.0, 5.0, 30.0, 60.0, ENDED, 250.0])
async def test_whenever_the_process_is_killed_what_it_took_is_healed_once(
    seconds: float, target: dict[str, object]
) -> None:
    async with World() as world:
        await heal(world, cooldown="1s", verification={"settle": "10s", "within": "10m"}, **target)
        post = Post(world)
        await post.send("1", "2")
        if seconds:
            await world.passes(seconds)
        await post.kill()
        await world.passes(900)
        assert world.moves == ["restart"]
        assert [plan.status.phase for plan in await world.plans()] == ["Succeeded"]
        assert (await book(world)).status.incident is None
        assert (await book(world)).status.incidents == ()


async def test_a_second_kill_heals_nothing_a_second_time() -> None:
    async with World() as world:
        await heal(world, cooldown="1s")
        post = Post(world)
        await post.send("1")
        for _ in range(3):
            await post.kill()
            await world.passes(70)
        assert world.moves == ["restart"]


async def test_what_counts_goes_on_counting_over_a_kill() -> None:
    counted = {"name": "failed", "type": "Signal", "signal": {"type": "TaskFailureCount"}, "count": 3, "within": "5m"}
    async with World() as world:
        await heal(world, triggers=[counted])
        post = Post(world)
        await post.send("1", "2")
        await world.passes(5)
        await post.kill()
        await world.passes(5)
        assert world.moves == []
        await post.send("3")
        await world.passes(1)
        assert world.moves == ["restart"]


async def test_what_is_no_longer_fresh_when_the_process_begins_to_act_is_not_acted_on() -> None:
    async with World() as world:
        await heal(world)
        log, delivered = MemorySignalLog(world.clock), list[Signal]()
        first = Reception(log, world.clock, lambda _: None)
        now = world.clock.now().isoformat()
        body = Batch(_encoded([event("1", time=now)]))
        await first.events(first.senders.named("worker", 0.0), body, None, _may)
        standby = Reception(log, world.clock, delivered.extend)
        standby.replay()
        await world.clock.advance(301)
        standby.hand_on()
        assert delivered == []
        again = Reception(log, world.clock, delivered.extend)
        again.replay()
        assert delivered == []


async def test_what_is_handed_on_is_handed_on_once() -> None:
    async with World() as world:
        await heal(world)
        log, delivered = MemorySignalLog(world.clock), list[Signal]()
        first = Reception(log, world.clock, lambda _: None)
        body = Batch(_encoded([event("1", time=world.clock.now().isoformat())]))
        await first.events(first.senders.named("worker", 0.0), body, None, _may)
        second = Reception(log, world.clock, delivered.extend)
        second.replay()
        assert delivered == []
        second.hand_on()
        second.hand_on()
        assert [each.id for each in delivered] == ["1"]
