"""What an indicator measures: bad and total, step by step, for each group."""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from tests.oracle.counting import Steps, events, newest, oldest, step_end, value_at
from tests.oracle.durations import seconds
from tests.oracle.maintenance import Schedule, Stretch
from tests.oracle.promises import Promise
from tests.oracle.samples import Recorded, matchers, selected, wanted

_HOLDS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "GT": operator.gt,
    "GE": operator.ge,
    "LT": operator.lt,
    "LE": operator.le,
}
_AGGREGATES: dict[str, Callable[[list[Fraction]], Fraction]] = {
    "Max": max,
    "Min": min,
    "Sum": lambda values: sum(values, Fraction(0)),
    "Avg": lambda values: sum(values, Fraction(0)) / len(values),
}
Breaks = Sequence[Stretch | Schedule]


@dataclass(frozen=True)
class Measured:
    """Bad and total by the end of each step, and the series whose samples show that there is data at all."""

    series: tuple[Recorded, ...]
    steps: dict[int, tuple[Fraction, Fraction]]
    gauge: bool = False


def measure(promise: Promise, everything: Sequence[Recorded], breaks: Breaks) -> dict[str, Measured]:
    """What the promise's indicator measures, by group; `""` without groups."""
    return {name: _without(_measured(promise, part), breaks) for name, part in _groups(promise, everything).items()}


def _groups(promise: Promise, everything: Sequence[Recorded]) -> dict[str, Sequence[Recorded]]:
    if not promise.group_by:
        return {"": everything}

    def name(one: Recorded) -> str:
        return ",".join(f"{label}={one.labels.get(label, '')}" for label in promise.group_by)

    ups = selected(everything, {"__name__": "up"})
    others = sorted((one for one in everything if one.labels["__name__"] != "up"), key=name)
    return {key: [*members, *ups] for key, members in groupby(others, name)}


def _without(measured: Measured, breaks: Breaks) -> Measured:
    kept = {end: pair for end, pair in measured.steps.items() if not any(each.covers(end) for each in breaks)}
    return Measured(measured.series, kept, measured.gauge)


def _measured(promise: Promise, everything: Sequence[Recorded]) -> Measured:
    indicator = promise.indicator
    if "threshold" in indicator:
        return _gauge(promise, indicator["threshold"], everything)
    sides = _latency(indicator["latency"]) if "latency" in indicator else _ratio(indicator["ratio"])
    counters = {side: selected(everything, labels) for side, labels in sides.items()}
    ups = selected(everything, {"__name__": "up"})
    counts = {side: events(found, ups, promise.grid, promise.lookback) for side, found in counters.items()}
    return Measured(tuple(counters["total"]), _pairs(counts))


def _ratio(written: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {side: wanted(text) for side, text in written.items()}


def _latency(written: dict[str, Any]) -> dict[str, dict[str, str]]:
    more = matchers(written.get("selector", "{}"))
    bound = _bound(written["threshold"], written.get("unit", "Seconds"))
    return {
        "total": {"__name__": written["histogram"] + "_count", **more},
        "good": {"__name__": written["histogram"] + "_bucket", "le": bound, **more},
    }


def _bound(threshold: str, unit: str) -> str:
    in_milliseconds = int(threshold.removesuffix("ms")) if threshold.endswith("ms") else seconds(threshold) * 1000
    return f"{in_milliseconds if unit == 'Milliseconds' else in_milliseconds / 1000}"


def _pairs(counts: dict[str, Steps]) -> dict[int, tuple[Fraction, Fraction]]:
    total, none = counts["total"], Fraction(0)
    ends = set().union(*counts.values())
    if "good" in counts:
        return {end: (total.get(end, none) - counts["good"].get(end, none), total.get(end, none)) for end in ends}
    return {end: (counts["bad"].get(end, none), total.get(end, none)) for end in ends}


def _gauge(promise: Promise, written: dict[str, Any], everything: Sequence[Recorded]) -> Measured:
    """One look at the end of each slice: bad is 1 of 1 where the comparison does not hold."""
    series = selected(everything, wanted(written["selector"]))
    steps: dict[int, tuple[Fraction, Fraction]] = {}
    for end in _slice_ends(promise, series):
        values = [value for one in series if (value := value_at(one, end, promise.lookback)) is not None]
        if values:
            good = _HOLDS[written["op"]](
                _AGGREGATES[written.get("aggregate", "Max")](values), Fraction(written["value"])
            )
            steps[end] = Fraction(0 if good else 1), Fraction(1)
    return Measured(tuple(series), steps, gauge=True)


def _slice_ends(promise: Promise, series: Sequence[Recorded]) -> range:
    first, last = oldest(series), newest(series, float("inf"))
    if first is None or last is None:
        return range(0)
    return range(step_end(first, promise.slice), step_end(last, promise.slice) + promise.lookback, promise.slice)
