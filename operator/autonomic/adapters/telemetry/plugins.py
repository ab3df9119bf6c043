"""How plug-ins stand, as metrics, and out of a page of metrics again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast, get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from autonomic.domain.errors import Unavailable
from autonomic.ports.plugins import PluginKind, PluginStanding, PluginState

_PLUGIN = ("kind", "name", "package")
_STATE, _FAILURES = "autonomic_plugin", "autonomic_plugin_failures"


class PluginCollector(Collector):
    """Renders how each plug-in stands at the moment of the scrape."""

    def __init__(self, standings: Callable[[], Sequence[PluginStanding]]) -> None:
        self._standings = standings

    def collect(self) -> Iterator[Metric]:
        """The state of each, and how often it failed."""
        state = GaugeMetricFamily(_STATE, "1 at the state that the plug-in has now.", labels=(*_PLUGIN, "state"))
        failures = CounterMetricFamily(_FAILURES, "Calls of a plug-in that failed.", labels=_PLUGIN)
        for each in self._standings():
            for word in get_args(PluginState):
                state.add_metric((each.kind, each.name, each.package, word), float(each.state == word))
            failures.add_metric((each.kind, each.name, each.package), each.failures)
        yield from (state, failures)


def standings(page: str) -> tuple[PluginStanding, ...]:
    """How each plug-in of the operator stands that renders this page; what went wrong is not on it. Raises Unavailable."""
    ours = "".join(f"{line}\n" for line in page.splitlines() if f"{_STATE}{{" in line or _FAILURES in line)
    try:
        samples = [each for family in text_string_to_metric_families(ours) for each in family.samples]
    except ValueError as problem:
        raise Unavailable(f"the page of metrics can't be read: {problem}") from problem
    failures = {_plugin(each.labels): int(each.value) for each in samples if each.name == f"{_FAILURES}_total"}
    return tuple(
        PluginStanding(
            kind=cast(PluginKind, plugin[0]),
            name=plugin[1],
            package=plugin[2],
            state=cast(PluginState, each.labels["state"]),
            failures=failures.get(plugin, 0),
        )
        for each in samples
        if each.name == _STATE and each.value and (plugin := _plugin(each.labels))
    )


def _plugin(labels: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(labels[name] for name in _PLUGIN)
