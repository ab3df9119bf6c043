"""Money that a LiteLLM proxy counts: tasks at a rate and a price that a test chooses, in a real Prometheus, in real time."""

from datetime import UTC, datetime, timedelta

from testbed.prometheus import Prometheus
from testbed.remote_write import Sample, Series
from testbed.traffic import Traffic

HISTORY = 4000


class Spending(Traffic):
    """Counters `litellm_spend_metric_total{workload}` and `litellm_requests_metric_total{workload}`.

    They have a little more than an hour of history in which `amount` was spent an hour, for a task a second.
    """

    def __init__(self, prometheus: Prometheus, workload: str, amount: float) -> None:
        super().__init__(prometheus, workload)
        self._tasks, self._price = 1.0, amount / 3600
        self._counted = {"litellm_spend_metric_total": 0.0, "litellm_requests_metric_total": 0.0}
        self._last = datetime.now(UTC) - timedelta(seconds=HISTORY)

    def spend(self, tasks: float | None = None, cheaper: float = 1.0) -> None:
        """Tasks a second from now on, and the factor by which a task is cheaper than it was."""
        with self._lock:
            self._tasks = self._tasks if tasks is None else tasks
            self._price /= cheaper

    def _write(self, now: datetime) -> None:
        samples: dict[Series, list[Sample]] = {}
        while self._last < now:
            step = min(timedelta(seconds=1), now - self._last)
            self._last += step
            done = self._tasks * step.total_seconds()
            self._counted["litellm_spend_metric_total"] += done * self._price
            self._counted["litellm_requests_metric_total"] += done
            for metric, total in self._counted.items():
                self._add(samples, metric, total)
        self._prometheus.write(samples)
