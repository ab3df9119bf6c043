"""One agent: a queue of tasks, served by the ready pods of a Deployment, under a load and a fault that can be set."""

from bisect import bisect_left
from dataclasses import replace
from enum import StrEnum
from random import Random

from examples.conductor.queueing import Capacity, Queue, Settings
from examples.conductor.workers import Workers, Workload

UPSTREAM_FAILURE_RATIO = 0.4
"""Share of the tasks that a broken upstream fails, whatever the number of workers."""
BUCKETS_S = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.5)
"""Upper bounds of the histogram of task seconds; above the last stands +Inf."""


class Fault(StrEnum):
    """What can be wrong with an agent besides too few workers."""

    UPSTREAM = "upstream"
    WEDGED = "wedged"


class NoWorkerError(Exception):
    """A pod was to be wedged where none is ready."""


class Agent:
    """One workload and its tasks. None arrives before its first worker is ready: nobody uses what is not there yet."""

    def __init__(self, workload: Workload, workers: Workers, rng: Random, settings: Settings | None = None) -> None:
        self.workload = workload
        self.seconds_sum = 0.0
        self.bucket_counts = [0] * (len(BUCKETS_S) + 1)
        self._settings = settings or Settings()
        self._workers = workers
        self._rng = rng
        self._queue: Queue | None = None
        self._upstream_broken = False
        self._wedged_uid: str | None = None

    @property
    def fault(self) -> Fault | None:
        """The fault that holds now; a wedged pod that is gone is none."""
        if self._wedged_uid is not None:
            return Fault.WEDGED
        return Fault.UPSTREAM if self._upstream_broken else None

    @property
    def arrival_per_s(self) -> float:
        """Tasks that arrive in a second."""
        return self._settings.arrival_per_s

    @property
    def succeeded(self) -> int:
        """Tasks that have succeeded so far."""
        return self._queue.succeeded if self._queue else 0

    @property
    def failed(self) -> int:
        """Tasks that have failed so far."""
        return self._queue.failed if self._queue else 0

    @property
    def waiting(self) -> int:
        """Tasks in the queue."""
        return self._queue.waiting if self._queue else 0

    @property
    def ready(self) -> int:
        """Pods that serve tasks, a wedged one among them."""
        return len(self._ready_uids())

    @property
    def wedged(self) -> int:
        """Pods that are wedged and still exist."""
        return int(self._wedged_uid is not None)

    def set_condition(self, arrival_per_s: float, fault: Fault | None) -> None:
        """Set load and fault as a whole. NoWorkerError (and nothing is changed) where no ready pod could be wedged."""
        wedged_uid = self._choose_wedged() if fault is Fault.WEDGED else None
        upstream = UPSTREAM_FAILURE_RATIO if fault is Fault.UPSTREAM else 0.0
        settings = replace(self._settings, arrival_per_s=arrival_per_s, upstream_failure_ratio=upstream)
        self._settings, self._wedged_uid = settings, wedged_uid
        self._upstream_broken = fault is Fault.UPSTREAM
        if self._queue:
            self._queue.configure(settings)

    def advance(self, now: float) -> None:
        """Live on until `now` (seconds of a monotonic clock) with the pods as they are."""
        self._heal()
        ready = self._ready_uids()
        if self._queue is None and ready:
            self._queue = Queue(self._settings, self._rng, start=now)
        if self._queue:
            for outcome in self._queue.advance(now, Capacity(len(ready), int(self._wedged_uid in ready))):
                self.seconds_sum += outcome.seconds
                self.bucket_counts[bisect_left(BUCKETS_S, outcome.seconds)] += 1

    def _ready_uids(self) -> frozenset[str]:
        return frozenset(pod.uid for pod in self._workers.pods(self.workload) if pod.ready)

    def _choose_wedged(self) -> str:
        """The pod that is wedged already, or else the first ready one."""
        ready = self._ready_uids()
        if not ready:
            raise NoWorkerError(f"no pod of {'/'.join(self.workload)} is ready: wait for one, then wedge it")
        return self._wedged_uid or min(ready)

    def _heal(self) -> None:
        """A wedged pod is healed by being gone; one that is merely not ready, or going, is not yet."""
        if self._wedged_uid not in {pod.uid for pod in self._workers.pods(self.workload)}:
            self._wedged_uid = None
