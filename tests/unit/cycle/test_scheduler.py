"""The scheduler: when jobs run, and that nothing is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from hypothesis import given
from hypothesis import strategies as st

from autonomic.cycle.scheduler import RETRY_AFTER, Job, Scheduler
from autonomic.ports.memory.clock import ManualClock
from tests.unit.domain.specimens import NOW

A, B = Job("work", "a"), Job("work", "b")


class Bench:
    """A scheduler whose only kind of job is `work`, and what it did when."""

    def __init__(self, at_once: int = 16) -> None:
        self.clock = ManualClock(NOW)
        self.ran: list[tuple[float, str]] = []
        self.failures: list[str] = []
        self.then: dict[str, float | None] = {}
        self.gates: dict[str, asyncio.Event] = {}
        self.running: list[str] = []
        self.most = 0
        self.broken: set[str] = set()
        self.failed: Callable[[Job, Exception], Awaitable[None]] = self.note
        self.scheduler = Scheduler(self.clock, {"work": self.work}, self._failed, at_once=at_once)

    async def work(self, key: str) -> float | None:
        """Runs until its gate opens, where it has one."""
        assert key not in self.running, "one job never runs twice at once"
        self.running.append(key)
        self.most = max(self.most, len(self.running))
        self.ran.append((self.clock.monotonic(), key))
        try:
            if key in self.gates:
                await self.gates[key].wait()
            if key in self.broken:
                raise RuntimeError(f"{key} is broken")
            return self.then.get(key)
        finally:
            self.running.remove(key)

    async def note(self, job: Job, error: Exception) -> None:
        """Remembers the failure."""
        self.failures.append(f"{job.key}: {error}")

    async def _failed(self, job: Job, error: Exception) -> None:
        await self.failed(job, error)

    @asynccontextmanager
    async def turning(self) -> AsyncIterator[None]:
        """The scheduler runs inside, and is gone after it."""
        task = asyncio.create_task(self.scheduler.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_a_job_runs_when_it_is_due_and_not_before() -> None:
    bench = Bench()
    bench.scheduler.wake(A, 10)
    async with bench.turning():
        await bench.clock.advance(9.9)
        assert bench.ran == []
        await bench.clock.advance(0.2)
        assert bench.ran == [(10, "a")]


async def test_a_job_comes_back_after_the_time_it_asked_for() -> None:
    bench = Bench()
    bench.then["a"] = 3
    bench.scheduler.wake(A)
    async with bench.turning():
        await bench.clock.advance(10)
    assert bench.ran == [(0, "a"), (3, "a"), (6, "a"), (9, "a")]


async def test_a_job_that_asks_for_no_time_waits_for_an_event() -> None:
    bench = Bench()
    bench.scheduler.wake(A)
    async with bench.turning():
        await bench.clock.advance(100)
        bench.scheduler.wake(A)
        await bench.clock.advance(1)
    assert bench.ran == [(0, "a"), (100, "a")]


async def test_an_event_wakes_a_job_early_and_a_later_time_does_not_delay_it() -> None:
    bench = Bench()
    bench.scheduler.wake(A, 60)
    async with bench.turning():
        await bench.clock.advance(5)
        bench.scheduler.wake(A)
        bench.scheduler.wake(A, 30)
        await bench.clock.advance(100)
    assert bench.ran == [(5, "a")]


async def test_a_job_woken_while_it_runs_runs_once_more_and_never_twice_at_once() -> None:
    bench = Bench()
    bench.gates["a"] = asyncio.Event()
    bench.scheduler.wake(A)
    async with bench.turning():
        await bench.clock.advance(1)
        for _ in range(5):
            bench.scheduler.wake(A)
            await bench.clock.advance(1)
        assert bench.ran == [(0, "a")]
        bench.gates["a"].set()
        await bench.clock.advance(1)
    assert [key for _, key in bench.ran] == ["a", "a"]


async def test_a_job_that_raises_is_told_and_tried_again_while_others_go_on() -> None:
    bench = Bench()
    bench.broken.add("a")
    bench.then["b"] = 1
    bench.scheduler.wake(A)
    bench.scheduler.wake(B)
    async with bench.turning():
        await bench.clock.advance(RETRY_AFTER + 0.5)
    assert bench.failures == ["a: a is broken"] * 2
    assert [at for at, key in bench.ran if key == "a"] == [0, RETRY_AFTER]
    assert [at for at, key in bench.ran if key == "b"] == [0, 1, 2, 3, 4, 5]


async def test_a_job_is_tried_again_even_when_telling_of_its_failure_fails() -> None:
    bench = Bench()
    bench.broken.add("a")

    async def refuse(job: Job, error: Exception) -> None:
        raise OSError("the journal is full")

    bench.failed = refuse
    bench.scheduler.wake(A)
    async with bench.turning():
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        await bench.clock.advance(RETRY_AFTER + 0.5)
    assert [at for at, _ in bench.ran] == [0, RETRY_AFTER]


async def test_no_more_run_at_once_than_allowed_and_the_rest_come_after() -> None:
    bench = Bench(at_once=2)
    for key in "abcde":
        bench.gates[key] = asyncio.Event()
        bench.scheduler.wake(Job("work", key))
    async with bench.turning():
        await bench.clock.advance(1)
        assert [key for _, key in bench.ran] == ["a", "b"]
        for gate in bench.gates.values():
            gate.set()
        await bench.clock.advance(1)
    assert sorted(key for _, key in bench.ran) == list("abcde")
    assert bench.most == 2


async def test_when_the_scheduler_ends_what_runs_is_cancelled() -> None:
    bench = Bench()
    bench.gates["a"] = asyncio.Event()
    bench.scheduler.wake(A)
    async with bench.turning():
        await bench.clock.advance(1)
        assert bench.running == ["a"]
    assert bench.running == []


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=12))
async def test_every_wake_is_followed_by_a_run_no_later_than_it_asked_for(wakes: list[tuple[str, int]]) -> None:
    bench = Bench(at_once=1)
    async with bench.turning():
        for key, after in wakes:
            bench.scheduler.wake(Job("work", key), after)
        await bench.clock.advance(10)
    first = {key: min(after for name, after in wakes if name == key) for key, _ in wakes}
    assert {key: at for at, key in bench.ran} == first
