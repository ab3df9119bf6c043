"""Signals from the series that the operator exports: how many came in each minute, and what they said."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from autonomic.backtest.cures import STEP
from autonomic.backtest.pushed.samples import NOTHING, Row, Samples, samples
from autonomic.domain.promql import Matcher, Selector
from autonomic.domain.servers import DEFAULT
from autonomic.domain.signals.received import Signal
from autonomic.ports.metrics import Metrics
from autonomic.signals.limits import Limits

Place = tuple[str, str]
"""Namespace and type."""
_COUNT, _LAST, _SUM = "autonomic_signal_occurrences_total", "autonomic_signal_last", "autonomic_signal_sum"
_TARGETS = "autonomic_signals_unexported_total"
"""A series of each replica without labels of its own: those that it has are the scrape's."""
_NAMESPACE = "namespace"
_OURS = ("signal", _NAMESPACE)
_SOURCE = "history"
MOST = 1000
"""Signals that are made of one minute of one series: no trigger counts further."""


async def signals(metrics: Metrics, places: Iterable[Place], span: tuple[datetime, datetime]) -> list[Signal]:
    """Those of these places, in order of time. Raises Invalid, Unavailable."""
    wanted = frozenset(places)
    if not wanted:
        return []
    counted, last, summed = [
        await samples(metrics, _selector(name, wanted), span, DEFAULT) for name in (_COUNT, _LAST, _SUM)
    ]
    scraped = await _scraped(metrics, span)
    found = list[Signal]()
    for key, row in counted.rows.items():
        labels = dict(key)
        if (labels.get(_NAMESPACE, ""), labels["signal"]) in wanted and "overflow" not in labels:
            said = last.rows.get(key, NOTHING), summed.rows.get(key, NOTHING)
            own = {name: value for name, value in key if name not in _OURS and (name, value) not in scraped}
            found.extend(_of(labels, own, _Said(row, *said), counted))
    return sorted(found, key=lambda each: each.at)


@dataclass(frozen=True)
class _Said:
    """The three rows of one set of labels."""

    counted: Row
    last: Row
    summed: Row


def _selector(name: str, places: Iterable[Place]) -> str:
    namespaces, types = ("|".join(re.escape(each) for each in sorted(set(part))) for part in zip(*places, strict=True))
    return str(Selector(name, (Matcher(_NAMESPACE, "=~", namespaces), Matcher("signal", "=~", types))))


async def _scraped(metrics: Metrics, span: tuple[datetime, datetime]) -> frozenset[tuple[str, str]]:
    """Labels that are of a replica that was scraped, and not of what was pushed to it."""
    found = await samples(metrics, _TARGETS, span, DEFAULT)
    return frozenset(pair for labels in found.rows for pair in labels)


def _of(labels: Mapping[str, str], own: Mapping[str, str], said: _Said, looks: Samples) -> Iterator[Signal]:
    """The signals of one series. Those of one minute come at its end."""
    for at, number, since in _rises(said.counted):
        newest = said.last.get(at)
        before = 0.0 if since is None else said.summed.get(since)
        values = _values(min(number, MOST), 1.0 if np.isnan(newest) else newest, said.summed.get(at) - before)
        for nth, value in enumerate(values):
            mark = f"{sorted(labels.items())}/{at}/{nth}"
            yield Signal(labels["signal"], labels[_NAMESPACE], own, value, looks.time(at), _SOURCE, mark)


def _rises(counted: Row) -> Iterator[tuple[int, int, int | None]]:
    """Where signals came, how many, and at which look there was what they come on top of; None for nothing.

    The operator forgets a series that is silent for long, and begins at nothing when it is heard of again. What was there at
    the first look came nobody knows when.
    """
    forgotten = timedelta(seconds=Limits().series_seconds) // timedelta(milliseconds=STEP)
    before: tuple[int, float] | None = None
    for at, value in zip(counted.at.tolist(), counted.values.tolist(), strict=True):
        anew = before is None or at - before[0] >= forgotten or value < before[1]
        risen = value if before is None or anew else value - before[1]
        if risen > 0 and at > 0:
            yield at, int(risen), None if before is None or anew else before[0]
        before = at, value


def _values(number: int, newest: float, together: float) -> Iterator[float]:
    """The newest one's is known, of the others their mean."""
    if number > 1:
        mean = (together - newest) / (number - 1)
        yield from [mean if np.isfinite(mean) else newest] * (number - 1)
    yield newest
