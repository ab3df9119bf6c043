"""The scheduler: jobs by due time on one heap, woken early by events; one job never runs twice at once.

Why not a timer for each object: at 3,000 objects Kopf's timers cost 12 % of a core and a PATCH each (docs/decisions/0002).
"""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autonomic.ports.clock import Clock


@dataclass(frozen=True, slots=True, order=True)
class Job:
    """What shall be done, and to which object."""

    kind: str
    key: str


Work = Callable[[str], Awaitable[float | None]]
"""Does the job on that key; returns the seconds until it is due again, None for when an event wakes it."""

Failed = Callable[[Job, Exception], Awaitable[None]]
"""Told of a job that raised what no job should."""
AT_ONCE = 16
"""Jobs that run at the same time."""
RETRY_AFTER = 5.0
"""Seconds after which a job that raised is tried again."""


class Scheduler:
    """Runs jobs when they are due. A job that is woken while it runs, runs once more."""

    def __init__(self, clock: Clock, work: Mapping[str, Work], failed: Failed, *, at_once: int = AT_ONCE) -> None:
        self._clock = clock
        self._work = work
        self._failed = failed
        self._heap: list[tuple[float, int, Job]] = []
        self._due: dict[Job, float] = {}
        self._order = itertools.count()
        self._running: dict[Job, asyncio.Task[None]] = {}
        self._again: set[Job] = set()
        self._changed = asyncio.Event()
        self._at_once = at_once

    def wake(self, job: Job, after: float = 0.0) -> None:
        """The job is due in `after` seconds, or earlier where it already was."""
        due = self._clock.monotonic() + after
        if due < self._due.get(job, float("inf")):
            self._due[job] = due
            heapq.heappush(self._heap, (due, next(self._order), job))
            self._changed.set()

    async def run(self) -> None:
        """Runs until cancelled; then every job under way is cancelled too."""
        try:
            while True:
                await self._wait(self._start_due())
        finally:
            running = list(self._running.values())
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def _start_due(self) -> float | None:
        """Starts what is due; returns the seconds until the next, None when nothing could start before a change."""
        while self._heap and len(self._running) < self._at_once:
            due, _, job = self._heap[0]
            wait = due - self._clock.monotonic()
            if self._due.get(job) == due and wait > 0:
                return wait
            heapq.heappop(self._heap)
            if self._due.get(job) == due:
                self._start(job)
        return None

    def _start(self, job: Job) -> None:
        del self._due[job]
        if job in self._running:
            self._again.add(job)
            return
        self._running[job] = asyncio.create_task(self._run(job), name=f"{job.kind} {job.key}")

    async def _run(self, job: Job) -> None:
        again: float | None = RETRY_AFTER
        try:
            again = await self._work[job.kind](job.key)
        except Exception as error:  # noqa: BLE001 - one job's bug must never stop the others; it is told and tried again
            await self._failed(job, error)
        finally:
            self._running.pop(job, None)
            self._changed.set()
            self._come_back(job, again)

    def _come_back(self, job: Job, after: float | None) -> None:
        if job in self._again:
            self._again.discard(job)
            after = 0.0
        if after is not None:
            self.wake(job, after)

    async def _wait(self, seconds: float | None) -> None:
        """Returns when something changed, or after that time."""
        waits: set[asyncio.Task[Any]] = {asyncio.create_task(self._changed.wait())}
        if seconds is not None:
            waits.add(asyncio.ensure_future(self._clock.sleep(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._changed.clear()
