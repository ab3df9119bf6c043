"""A plug-in that fails or hangs is named, and left alone for a while; nothing else waits for it."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from autonomic.adapters.plugins.guard import Bounds, Guard
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.plugins import PluginFault, PluginStanding
from tests.unit.domain.specimens import NOW

STANDING = PluginStanding("Loop", "Early", "early-bird 1.0", "Working")
PAUSE = 300.0


class Watch:
    """One guard, and what it told."""

    def __init__(self, seconds: float = 30.0) -> None:
        self.clock = ManualClock(NOW)
        self.told: list[tuple[str, str, bool]] = []
        self.guard = Guard(STANDING, self.clock, self._tell, Bounds(seconds, 3, PAUSE))

    async def _tell(self, name: str, message: str, warning: bool) -> None:
        self.told.append((name, message, warning))

    @property
    def names(self) -> list[str]:
        """The facts' names."""
        return [name for name, _, _ in self.told]

    async def fails(self, times: int = 1) -> str:
        """Asks for what raises, so often; the last message."""
        for _ in range(times):
            with pytest.raises(PluginFault) as fault:
                await self.guard.ask(_raises)
        return str(fault.value)


def _raises() -> None:
    raise ZeroDivisionError("half of nothing")


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    """What hangs waits for this; it is set at the end, so that no thread stays."""
    event = threading.Event()
    yield event
    event.set()


async def test_what_a_plug_in_answers_is_handed_on() -> None:
    watch = Watch()
    assert await watch.guard.ask(lambda: 42) == 42
    assert (watch.guard.standing, watch.told) == (STANDING, [])


async def test_a_failure_names_the_plug_in_its_package_and_the_error() -> None:
    watch = Watch()
    assert await watch.fails() == "plug-in Loop Early of early-bird 1.0: ZeroDivisionError: half of nothing"
    assert watch.told == [
        ("PluginFailed", "plug-in Loop Early of early-bird 1.0: ZeroDivisionError: half of nothing", True)
    ]
    standing = watch.guard.standing
    assert (standing.state, standing.failures, standing.message) == (
        "Failing",
        1,
        "ZeroDivisionError: half of nothing",
    )


async def test_after_three_failures_in_a_row_it_is_not_asked_until_the_pause_is_over() -> None:
    watch, asked = Watch(), []
    await watch.fails(3)
    assert watch.names == ["PluginFailed", "PluginLeftAlone"]
    assert watch.guard.standing.state == "LeftAlone"
    with pytest.raises(PluginFault, match="left alone for a while: ZeroDivisionError"):
        await watch.guard.ask(lambda: asked.append(1))
    await watch.clock.advance(PAUSE)
    await watch.guard.ask(lambda: asked.append(2))
    assert asked == [2]
    assert watch.names[-1] == "PluginRecovered"
    assert (watch.guard.standing.state, watch.guard.standing.failures) == ("Working", 3)


async def test_one_failure_after_the_pause_is_enough_to_leave_it_alone_again() -> None:
    watch = Watch()
    await watch.fails(3)
    await watch.clock.advance(PAUSE)
    await watch.fails()
    assert watch.guard.standing.state == "LeftAlone"
    assert watch.names == ["PluginFailed", "PluginLeftAlone", "PluginLeftAlone"]


async def test_a_call_that_hangs_ends_after_its_time_and_no_second_one_is_begun(stuck: threading.Event) -> None:
    watch, asked = Watch(seconds=0.05), []
    with pytest.raises(PluginFault, match=r"it gave no answer within 0\.05 s"):
        await watch.guard.ask(stuck.wait)
    with pytest.raises(PluginFault, match="an earlier call has not come back yet"):
        await watch.guard.ask(lambda: asked.append(1))
    assert asked == []


async def test_while_a_plug_in_hangs_everything_else_goes_on(stuck: threading.Event) -> None:
    watch = Watch()
    hanging = asyncio.create_task(watch.guard.ask(stuck.wait))
    other = Watch()
    assert await other.guard.ask(lambda: "done") == "done"
    assert not hanging.done()
    stuck.set()
    assert await hanging


async def test_a_plug_in_that_ends_the_process_ends_its_own_call_alone() -> None:
    watch = Watch()
    with pytest.raises(PluginFault, match="SystemExit: 3"):
        await watch.guard.ask(lambda: exec("raise SystemExit(3)"))  # noqa: S102 - as a plug-in would


async def test_two_that_ask_at_once_are_answered_one_after_the_other() -> None:
    watch = Watch()
    both = await asyncio.gather(watch.guard.ask(lambda: 1), watch.guard.ask(lambda: 2))
    assert tuple(both) == (1, 2)


def test_what_hung_in_an_event_loop_that_is_gone_may_be_asked_in_the_next_once_it_came_back(
    stuck: threading.Event,
) -> None:
    watch = Watch(seconds=1.0)
    with pytest.raises(PluginFault, match="gave no answer"):
        asyncio.run(watch.guard.ask(stuck.wait))
    stuck.set()
    for thread in threading.enumerate():
        if thread.name == str(STANDING):
            thread.join(30.0)
    assert asyncio.run(watch.guard.ask(lambda: 42)) == 42
