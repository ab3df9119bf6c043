"""What every `Clock` and every `Entropy` does; and how the clock of tests passes time."""

import asyncio
import re
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import pytest

from autonomic.adapters.clock import SystemClock, SystemEntropy
from autonomic.ports.clock import Clock, Entropy
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
A_MOMENT = 0.05


@pytest.fixture(params=["manual", "system"])
def clock(request: pytest.FixtureRequest) -> Clock:
    return ManualClock(START) if request.param == "manual" else SystemClock()


@pytest.fixture(params=["memory", "system"])
def entropy(request: pytest.FixtureRequest) -> Entropy:
    return MemoryEntropy(seed=7) if request.param == "memory" else SystemEntropy()


async def test_both_times_pass_while_somebody_sleeps_and_they_agree(clock: Clock) -> None:
    wall, steady = clock.now(), clock.monotonic()
    await _passing(clock, clock.sleep(A_MOMENT))
    assert clock.monotonic() - steady >= A_MOMENT
    assert (clock.now() - wall).total_seconds() == pytest.approx(clock.monotonic() - steady, abs=A_MOMENT)


def test_the_time_is_in_utc(clock: Clock) -> None:
    assert clock.now().utcoffset() == timedelta(0)


async def test_a_sleep_of_nothing_lets_others_run_and_returns(clock: Clock) -> None:
    ran = asyncio.Event()
    asyncio.get_running_loop().call_soon(ran.set)
    await clock.sleep(0)
    assert ran.is_set()


def test_nonces_are_32_hexadecimal_digits_and_never_repeat(entropy: Entropy) -> None:
    nonces = [entropy.nonce() for _ in range(1000)]
    assert all(re.fullmatch("[0-9a-f]{32}", nonce) for nonce in nonces)
    assert len(set(nonces)) == 1000


def test_nonces_of_one_seed_are_repeatable() -> None:
    assert [MemoryEntropy(3).nonce()] * 2 == [MemoryEntropy(3).nonce(), MemoryEntropy(3).nonce()]
    assert MemoryEntropy(3).nonce() != MemoryEntropy(4).nonce()


async def test_sleepers_wake_at_their_times_in_their_order() -> None:
    clock, woken = ManualClock(START), list[tuple[str, float]]()

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.monotonic()))

    async with asyncio.TaskGroup() as group:
        for name, seconds in (("late", 30), ("early", 10), ("also early", 10), ("last", 60)):
            group.create_task(sleeper(name, seconds))
        await clock.advance(30)
        assert woken == [("early", 10), ("also early", 10), ("late", 30)]
        assert (clock.now(), clock.sleepers) == (START + timedelta(seconds=30), 1)
        await clock.advance(30)
    assert woken[-1] == ("last", 60)


async def test_who_wakes_and_sleeps_again_wakes_again_in_the_same_stretch() -> None:
    clock, ticks = ManualClock(START), list[float]()

    async def ticking() -> None:
        while True:
            await clock.sleep(10)
            ticks.append(clock.monotonic())

    task = asyncio.create_task(ticking())
    await clock.advance(35)
    task.cancel()
    assert ticks == [10, 20, 30]
    assert clock.monotonic() == 35


async def test_a_sleeper_that_is_cancelled_is_forgotten() -> None:
    clock = ManualClock(START)
    task = asyncio.create_task(clock.sleep(10))
    await clock.asleep()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert clock.sleepers == 0
    await clock.advance(10)
    assert clock.monotonic() == 10


async def test_a_test_can_wait_until_somebody_sleeps() -> None:
    clock = ManualClock(START)
    waiting = asyncio.create_task(clock.asleep(2))
    async with asyncio.TaskGroup() as group:
        group.create_task(clock.sleep(1))
        await clock.asleep(1)
        assert not waiting.done()
        group.create_task(clock.sleep(1))
        await waiting
        await clock.advance(1)


async def _passing(clock: Clock, event: Awaitable[None]) -> None:
    """The event, with time that passes by itself or is made to."""
    task = asyncio.ensure_future(event)
    if isinstance(clock, ManualClock):
        await clock.advance(A_MOMENT)
    await task
