"""A clock that a test owns: time passes when the test says so, and leaves samples in Prometheus as it does."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from testbed.prometheus import Prometheus, open_metrics_text
from testbed.remote_write import Sample, Series

STEP_SECONDS = 15.0


class MetricsClock:
    """Starts at `now` (aware); every series it writes carries `labels` besides its own."""

    def __init__(self, prometheus: Prometheus, now: datetime, labels: Mapping[str, str]) -> None:
        self.now = now
        self.labels = dict(labels)
        self._prometheus = prometheus
        self._totals: dict[Series, float] = {}

    def write(self, values: Mapping[Series, float]) -> None:
        """One sample of each series (a gauge, or a counter's total) at this moment."""
        self._prometheus.write({self._named(one): [Sample(self.now, value)] for one, value in values.items()})

    def run(self, seconds: float, per_second: Mapping[Series, float], step: float = STEP_SECONDS) -> None:
        """Let time pass while counters grow by those rates; a sample of each every `step` seconds.

        A counter goes on from its last total; one that is new starts at 0, with a sample at the moment it starts.
        """
        samples = self._grow(seconds, per_second, step)
        self._prometheus.write(samples)

    def backfill(self, seconds: float, per_second: Mapping[Series, float], step: float = 300.0) -> None:
        """As `run`, for weeks of history: written by promtool as blocks, which restarts Prometheus."""
        samples = self._grow(seconds, per_second, step)
        self._prometheus.backfill(open_metrics_text(samples))

    def _grow(self, seconds: float, per_second: Mapping[Series, float], step: float) -> dict[Series, list[Sample]]:
        moments = _moments(seconds, step)
        grown = {}
        for one, rate in per_second.items():
            named = self._named(one)
            before = self._totals.get(named)
            start = before or 0.0
            first = [] if before is not None else [0.0]
            grown[named] = [
                Sample(self.now + timedelta(seconds=passed), start + rate * passed) for passed in (*first, *moments)
            ]
            self._totals[named] = start + rate * seconds
        self.now += timedelta(seconds=seconds)
        return grown

    def _named(self, one: Series) -> Series:
        return one.with_labels(self.labels)


def _moments(seconds: float, step: float) -> list[float]:
    whole = [step * number for number in range(1, int(seconds // step) + 1)]
    return whole if whole and whole[-1] == seconds else [*whole, seconds]
