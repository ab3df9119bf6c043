"""The troubles that plans are made for: one gauge for each story, in a real Prometheus."""

import contextlib
import threading
from datetime import UTC, datetime, timedelta
from typing import Self

import requests

from testbed.prometheus import Prometheus
from testbed.remote_write import Sample, series

METRIC = "trouble"
_TICK = 0.5
_HISTORY = 10


class Signals:
    """A context manager: while the block runs, every gauge that was ever set has samples twice a second."""

    def __init__(self, prometheus: Prometheus) -> None:
        self._prometheus = prometheus
        self._values: dict[str, float] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="signals", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(5)

    def begin(self, story: str) -> None:
        """There is trouble, and it has been there for a while."""
        now = datetime.now(UTC)
        past = [Sample(now - timedelta(seconds=_TICK * back), 1.0) for back in range(_HISTORY, -1, -1)]
        self._prometheus.write({series(METRIC, story=story): past})
        with self._lock:
            self._values[story] = 1.0

    def cease(self, story: str) -> None:
        """The trouble is over."""
        with self._lock:
            self._values[story] = 0.0

    def forget(self, story: str) -> None:
        """The gauge is no longer written."""
        with self._lock:
            self._values.pop(story, None)

    def _run(self) -> None:
        while not self._ended.wait(_TICK):
            with contextlib.suppress(requests.ConnectionError):
                self._tick()

    def _tick(self) -> None:
        with self._lock:
            now = datetime.now(UTC)
            samples = {series(METRIC, story=story): [Sample(now, value)] for story, value in self._values.items()}
        if samples:
            self._prometheus.write(samples)


def selector(story: str) -> str:
    """The PromQL selector of a story's gauge."""
    return f'{METRIC}{{story="{story}"}}'
