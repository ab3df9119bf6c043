"""The discrete-event core: tasks arrive, wait in a FIFO queue for a worker, and succeed or fail. No clock, no I/O.

Every random number of a task is drawn when it arrives, so the same seed gives the same tasks whatever the workers do.
"""

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from random import Random


@dataclass(frozen=True, slots=True)
class Settings:
    """How tasks arrive, are served and give up. Ratios are from 0 to 1; a number out of bounds is a ValueError."""

    arrival_per_s: float = 20.0
    """Tasks a second: one at a random moment of each slot of 1/arrival_per_s seconds, so never a burst above two."""
    service_s: float = 0.08
    """Mean seconds that one worker spends on one task."""
    service_jitter: float = 0.2
    """A service time lies within this share of the mean, evenly."""
    deadline_s: float = 1.0
    """Seconds that a task may wait for a worker; this bounds the queue at arrival_per_s x deadline_s tasks."""
    upstream_failure_ratio: float = 0.0
    """Share of the served tasks that fail whichever worker served them."""

    def __post_init__(self) -> None:
        limits = {
            "arrival_per_s": (0.0, inf),
            "service_s": (0.001, inf),
            "service_jitter": (0.0, 1.0),
            "deadline_s": (0.001, inf),
            "upstream_failure_ratio": (0.0, 1.0),
        }
        for field, (least, most) in limits.items():
            value = getattr(self, field)
            if not least <= value <= most or value == inf:
                raise ValueError(f"{field} is {value}: give a finite number from {least} to {most}")


@dataclass(frozen=True, slots=True)
class Capacity:
    """Workers that serve: `ready` of them, `wedged` of which fail every task they are given."""

    ready: int
    wedged: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.wedged <= self.ready:
            raise ValueError(f"wedged is {self.wedged} of {self.ready} ready: give 0 <= wedged <= ready")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one task ended: `seconds` from its arrival to its end."""

    seconds: float
    succeeded: bool


@dataclass(frozen=True, slots=True)
class Task:
    """One task with all its luck: `upstream` and `place` are even draws from 0 to 1."""

    arrived: float
    service_s: float
    upstream: float
    place: float


class Queue:
    """The tasks of one agent from `start` on; times are seconds of any one clock.

    `arrived == succeeded + failed + waiting + in_service` holds between any two calls.
    """

    def __init__(self, settings: Settings, rng: Random, start: float) -> None:
        self.settings = settings
        self.arrived = self.succeeded = self.failed = 0
        self._rng = rng
        self._now = self._slot = start
        self._waiting: deque[Task] = deque()
        self._busy: list[tuple[float, int, bool, Task]] = []  # a heap: end, order of start, on a wedged worker, task
        self._started = 0
        self._next_arrival = self._draw_arrival()

    @property
    def waiting(self) -> int:
        """Tasks that no worker has taken yet."""
        return len(self._waiting)

    @property
    def in_service(self) -> int:
        """Tasks that a worker is busy with."""
        return len(self._busy)

    def configure(self, settings: Settings) -> None:
        """Change the settings from now on; tasks already in service keep the service time they drew."""
        new_rate = settings.arrival_per_s != self.settings.arrival_per_s
        self.settings = settings
        if new_rate:
            self._slot = self._now
            self._next_arrival = self._draw_arrival()

    def advance(self, to: float, capacity: Capacity) -> list[Outcome]:
        """Let everything happen that happens until `to`, with these workers; the tasks that ended, in order.

        Where workers are taken away, those that are busy finish their task first. ValueError when `to` is in the past.
        """
        if to < self._now:
            raise ValueError(f"to is {to}: give a time from {self._now} on")
        ended: list[Outcome] = []
        self._start_tasks(capacity)
        while (event := self._next_event())[0] <= to:
            self._now, happen = event
            ended.extend(happen())
            self._start_tasks(capacity)
        self._now = to
        return ended

    def _next_event(self) -> tuple[float, Callable[[], list[Outcome]]]:
        """The earliest event; at the same instant a worker becomes free before a deadline passes."""
        finish = self._busy[0][0] if self._busy else inf
        expiry = self._waiting[0].arrived + self.settings.deadline_s if self._waiting else inf
        events = ((finish, self._finish), (self._next_arrival, self._arrive), (expiry, self._expire))
        return min(events, key=lambda event: event[0])

    def _arrive(self) -> list[Outcome]:
        settings, draw = self.settings, self._rng.random
        service_s = settings.service_s * (1 + settings.service_jitter * (2 * draw() - 1))
        self._waiting.append(Task(self._now, service_s, upstream=draw(), place=draw()))
        self.arrived += 1
        self._slot += 1 / settings.arrival_per_s
        self._next_arrival = self._draw_arrival()
        return []

    def _finish(self) -> list[Outcome]:
        _, _, wedged, task = heapq.heappop(self._busy)
        return [self._end(task, succeeded=not wedged and task.upstream >= self.settings.upstream_failure_ratio)]

    def _expire(self) -> list[Outcome]:
        return [self._end(self._waiting.popleft(), succeeded=False)]

    def _end(self, task: Task, *, succeeded: bool) -> Outcome:
        self.succeeded += succeeded
        self.failed += not succeeded
        return Outcome(self._now - task.arrived, succeeded)

    def _draw_arrival(self) -> float:
        rate = self.settings.arrival_per_s
        return self._slot + self._rng.random() / rate if rate else inf

    def _start_tasks(self, capacity: Capacity) -> None:
        while self._waiting and len(self._busy) < capacity.ready:
            task = self._waiting.popleft()
            on_wedged = self._lands_on_wedged(task, capacity)
            heapq.heappush(self._busy, (self._now + task.service_s, self._started, on_wedged, task))
            self._started += 1

    def _lands_on_wedged(self, task: Task, capacity: Capacity) -> bool:
        """Every idle worker is as likely as any other."""
        busy_wedged = sum(entry[2] for entry in self._busy)
        idle_wedged = max(0, capacity.wedged - busy_wedged)
        idle_healthy = max(0, capacity.ready - capacity.wedged - (len(self._busy) - busy_wedged))
        return task.place * (idle_wedged + idle_healthy) < idle_wedged
