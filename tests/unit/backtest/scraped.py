"""What Prometheus holds that scrapes the operator once a minute, and rules of its own: for pushed signals and alerts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families

from autonomic.domain.promql import Selector, selector
from autonomic.domain.readings import Sample, Vector
from autonomic.domain.signals.received import Signal
from autonomic.ports.memory.metrics import Answer
from autonomic.signals.limits import Limits
from autonomic.signals.page import page
from autonomic.signals.series import Series
from autonomic.signals.tally import Tally
from tests.unit.cycle.prometheus_model import PrometheusModel
from tests.unit.domain.specimens import NOW

MINUTE = timedelta(minutes=1)
REPLICA = {"job": "autonomic", "instance": "a:8080", "pod": "autonomic-1"}


class Scraped:
    """`pushed` are signals by the minute after NOW at which they came; `alerts` the minutes in which an alert fires."""

    def __init__(
        self,
        pushed: Mapping[int, Iterable[Signal]] = {},
        alerts: Mapping[str, tuple[Mapping[str, str], range]] = {},
        minutes: int = 240,
    ) -> None:
        self.alerts = alerts
        self._beside = PrometheusModel(NOW)
        self._pages: dict[int, list[tuple[str, dict[str, str], str]]] = {}
        series, tally = Series(Limits(), "namespace"), Tally()
        for minute in range(-60, minutes):
            series.add("sender", pushed.get(minute, ()), minute * 60.0)
            text = page(series, tally, minute * 60.0)
            found = (one for family in text_string_to_metric_families(text) for one in family.samples)
            self._pages[minute] = [(one.name, {**REPLICA, **one.labels}, repr(one.value)) for one in found]

    def answer(self, expr: str, at: datetime) -> Answer:
        """The vector at that time."""
        if not re.match(r"autonomic_signal|ALERTS", expr):
            return self._beside.answer(expr, at)
        wanted, minute = selector(expr, "test"), (at - NOW) // MINUTE
        held = self._firing(minute) if wanted.metric == "ALERTS" else self._pages.get(minute, [])
        found = (Sample({"__name__": name, **labels}, value) for name, labels, value in held if name == wanted.metric)
        return Vector(tuple(each for each in found if _fits(each, wanted)))

    def _firing(self, minute: int) -> Iterator[tuple[str, dict[str, str], str]]:
        for name, (labels, fires) in self.alerts.items():
            if minute in fires:
                yield "ALERTS", {"alertname": name, "alertstate": "firing", **labels}, "1"


def _fits(sample: Sample, wanted: Selector) -> bool:
    return all(re.fullmatch(each.value, sample.labels.get(each.label, "")) for each in wanted.matchers)


def signal(minute: int, value: float = 1.0, type_: str = "LlmJsonFailure", **labels: str) -> Signal:
    """One that was pushed in that minute."""
    return Signal(
        type_, "shop", labels or {"deployment": "agent"}, value, NOW + minute * MINUTE, "/agent", f"{minute}/{value}"
    )
