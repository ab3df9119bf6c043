"""How plug-ins stand, as metrics."""

from collections.abc import Callable, Iterator, Sequence
from typing import get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from autonomic.ports.plugins import PluginStanding, PluginState

_PLUGIN = ("kind", "name", "package")


class PluginCollector(Collector):
    """Renders how each plug-in stands at the moment of the scrape."""

    def __init__(self, standings: Callable[[], Sequence[PluginStanding]]) -> None:
        self._standings = standings

    def collect(self) -> Iterator[Metric]:
        """The state of each, and how often it failed."""
        state = GaugeMetricFamily(
            "autonomic_plugin", "1 at the state that the plug-in has now.", labels=(*_PLUGIN, "state")
        )
        failures = CounterMetricFamily("autonomic_plugin_failures", "Calls of a plug-in that failed.", labels=_PLUGIN)
        for each in self._standings():
            for word in get_args(PluginState):
                state.add_metric((each.kind, each.name, each.package, word), float(each.state == word))
            failures.add_metric((each.kind, each.name, each.package), each.failures)
        yield from (state, failures)
