"""Alerts from the series in which Prometheus keeps its own: told when they begin, while they go on, and when they end."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

import numpy as np

from autonomic.backtest.alerts import runs
from autonomic.backtest.cures import STEP
from autonomic.backtest.pushed.samples import Row, Samples, samples
from autonomic.backtest.pushed.signals import Place
from autonomic.domain.promql import Matcher, Selector
from autonomic.domain.signals.board import ALERTMANAGER
from autonomic.domain.signals.received import Signal
from autonomic.ports.metrics import Metrics

AGAIN = timedelta(hours=4)
"""Between two tellings of an alert that goes on: Alertmanager's own repeat_interval."""
_OWN = ("alertstate", "alertname", "namespace")


async def alerts(metrics: Metrics, places: Iterable[Place], span: tuple[datetime, datetime]) -> list[Signal]:
    """Those of these names, by all servers, in order of time. Raises Invalid, Unavailable."""
    wanted = frozenset(places)
    if not wanted:
        return []
    either = "|".join(re.escape(name) for name in sorted({name for _, name in wanted}))
    asked = str(Selector("ALERTS", (Matcher("alertname", "=~", either), Matcher("alertstate", "=", "firing"))))
    found = list[Signal]()
    for server in metrics.servers:
        looks = await samples(metrics, asked, span, server)
        for key, row in looks.rows.items():
            labels = dict(key)
            if (labels.get("namespace", ""), labels.get("alertname", "")) in wanted:
                found.extend(_told(labels, row, looks))
    return sorted(found, key=lambda each: each.at)


def _told(labels: Mapping[str, str], row: Row, looks: Samples) -> Iterator[Signal]:
    own = {name: value for name, value in labels.items() if name not in _OWN}
    fires = np.zeros(looks.number, np.bool_)
    fires[row.at] = True
    for first, last in runs(fires):
        for at in range(first, last + 1, AGAIN // timedelta(milliseconds=STEP)):
            yield _signal(labels, own, 1.0, looks, at)
        if last + 1 < looks.number:
            yield _signal(labels, own, 0.0, looks, last + 1)


def _signal(labels: Mapping[str, str], own: Mapping[str, str], value: float, looks: Samples, at: int) -> Signal:
    mark = f"{sorted(labels.items())}/{at}"
    return Signal(labels["alertname"], labels["namespace"], own, value, looks.time(at), ALERTMANAGER, mark)
