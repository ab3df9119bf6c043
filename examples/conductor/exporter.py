"""What Prometheus sees: the agents' counts, read at the moment of the scrape."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from examples.conductor.agent import BUCKETS_S, Agent

LABELS = ("agent", "namespace")


class AgentsCollector(Collector):
    """Every series of every agent, each from 0 on, so that no first value is lost to a counter's increase."""

    def __init__(self, agents: Iterable[Agent]) -> None:
        self._agents = tuple(agents)

    def collect(self) -> Iterator[Metric]:
        """See `Collector.collect`."""
        yield self._tasks()
        yield self._seconds()
        for name, help_text, values in (
            ("conductor_queue_depth", "Tasks that wait for a worker.", [a.waiting for a in self._agents]),
            ("conductor_workers_ready", "Ready pods that serve tasks.", [a.ready for a in self._agents]),
            ("conductor_wedged_workers", "Pods that fail every task they take.", [a.wedged for a in self._agents]),
        ):
            yield self._gauge(name, help_text, values)

    def _tasks(self) -> Metric:
        family = CounterMetricFamily("conductor_tasks", "Tasks that have ended.", labels=(*LABELS, "status"))
        for agent in self._agents:
            family.add_metric((*_labels(agent), "succeeded"), agent.succeeded)
            family.add_metric((*_labels(agent), "failed"), agent.failed)
        return family

    def _seconds(self) -> Metric:
        help_text = "Seconds from a task's arrival to its end, however it ended."
        family = HistogramMetricFamily("conductor_task_seconds", help_text, labels=LABELS)
        bounds = [*map(str, BUCKETS_S), "+Inf"]
        for agent in self._agents:
            counts = accumulate(agent.bucket_counts)
            family.add_metric(_labels(agent), list(zip(bounds, counts, strict=True)), agent.seconds_sum)
        return family

    def _gauge(self, name: str, help_text: str, values: Sequence[int]) -> Metric:
        family = GaugeMetricFamily(name, help_text, labels=LABELS)
        for agent, value in zip(self._agents, values, strict=True):
            family.add_metric(_labels(agent), value)
        return family


def _labels(agent: Agent) -> tuple[str, str]:
    return agent.workload.name, agent.workload.namespace
