"""Tasks that succeed and fail at rates that a test chooses, as counters in a real Prometheus, in real time."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Self

import requests

from testbed.prometheus import Prometheus
from testbed.remote_write import NotReadyError, Sample, Series, series

TICK = 0.5
HISTORY = 60


class Traffic:
    """Counters `tasks_total{workload, status}` and a gauge `wedged{workload}`, with a minute of healthy history.

    A context manager: it flows until the block ends.
    """

    def __init__(self, prometheus: Prometheus, workload: str) -> None:
        self.workload = workload
        self._prometheus = prometheus
        self._lock = threading.Lock()
        self._good, self._bad, self._wedged = 50.0, 0.0, 0.0
        self._totals = {"succeeded": 0.0, "failed": 0.0}
        self._last = datetime.now(UTC) - timedelta(seconds=HISTORY)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"traffic {workload}", daemon=True)

    def __enter__(self) -> Self:
        self._tick()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(timeout=5)

    def set(self, good: float | None = None, bad: float | None = None, wedged: float | None = None) -> None:
        """Events a second from now on, and the gauge's value."""
        with self._lock:
            self._good = self._good if good is None else good
            self._bad = self._bad if bad is None else bad
            self._wedged = self._wedged if wedged is None else wedged

    def selector(self, metric: str, **labels: str) -> str:
        """The PromQL selector of one of the series."""
        wanted = {"workload": self.workload, **labels}
        return metric + "{" + ",".join(f'{name}="{value}"' for name, value in wanted.items()) + "}"

    def _tick(self) -> None:
        now = datetime.now(UTC)
        with self._lock:
            self._write(now)

    def _run(self) -> None:
        while not self._ended.wait(TICK):
            # A Prometheus that is down loses what happens meanwhile, as it would of a scrape.
            with suppress(requests.ConnectionError, NotReadyError):
                self._tick()

    def _write(self, now: datetime) -> None:
        samples: dict[Series, list[Sample]] = {}
        while self._last < now:
            step = min(timedelta(seconds=1), now - self._last)
            self._last += step
            self._totals["succeeded"] += self._good * step.total_seconds()
            self._totals["failed"] += self._bad * step.total_seconds()
            for status, total in self._totals.items():
                self._add(samples, "tasks_total", total // 1, status=status)
            self._add(samples, "wedged", self._wedged)
        self._prometheus.write(samples)

    def _add(self, samples: dict[Series, list[Sample]], metric: str, value: float, **labels: str) -> None:
        named = series(metric, workload=self.workload, **labels)
        samples.setdefault(named, []).append(Sample(self._last, value))
