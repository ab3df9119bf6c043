"""SLIs out of indicators."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from autonomic.domain.borders import BUCKET, border, plain
from autonomic.domain.errors import Invalid
from autonomic.domain.indicators import Indicator, LatencyIndicator, RatioIndicator, RatioQueryIndicator
from autonomic.domain.units import milliseconds
from autonomic.openslo.indicators import OPS
from autonomic.openslo.indicators import indicator as read
from autonomic.openslo.library import Library
from autonomic.openslo.node import Inconvertible, Node
from autonomic.openslo.queries import WINDOW
from autonomic.openslo.signals import spelt_out

_WORDS = {ours: theirs for theirs, ours in OPS.items()}


@dataclass(frozen=True, slots=True)
class Sli:
    """The spec of an SLI, and what of the indicator stands in the objective."""

    spec: dict[str, Any]
    bound: dict[str, Any] = field(default_factory=dict)


def sli(indicator: Indicator) -> Sli | None:
    """The indicator in OpenSLO's terms; None for one that has none: a composite, a signal that is not in the catalogue."""
    told = spelt_out(indicator.signal) if indicator.signal else indicator
    return _gauge(told) or _events(told) if told else None


def _events(indicator: Indicator) -> Sli | None:
    if indicator.ratio:
        return _ratio(indicator.ratio, counter=True, form="sum({})")
    if indicator.ratio_query:
        return _ratio(indicator.ratio_query, counter=False, form="{}")
    return _latency(indicator.latency) if indicator.latency else None


def _gauge(indicator: Indicator) -> Sli | None:
    if gauge := indicator.threshold:
        return _threshold(f"{gauge.aggregate.lower()}({gauge.selector})", gauge.op, gauge.value)
    asked = indicator.threshold_query
    return _threshold(asked.query, asked.op, asked.value) if asked else None


def reads_back(measured: Sli, indicator: Indicator) -> bool:
    """Whether an import makes the same indicator of it."""
    place = "the exported SLI"
    try:
        again = read(Node(measured.spec, place), Node(measured.bound, place), Library(()))
        return Indicator.model_validate(again) == indicator
    except (Inconvertible, Invalid, ValidationError):
        return False


def has_window(spec: dict[str, Any]) -> bool:
    """Whether a query of the SLI leaves its range open."""
    return WINDOW in json.dumps(spec)


def _ratio(ratio: RatioIndicator | RatioQueryIndicator, counter: bool, form: str) -> Sli:
    sides = {side: _metric(form.format(text)) for side, text in ratio.wire().items()}
    return Sli({"ratioMetric": {"counter": counter, **sides}})


def _threshold(query: str, op: str, value: str) -> Sli:
    return Sli({"thresholdMetric": _metric(query)}, {"op": _WORDS[op], "value": Decimal(value)})


def _latency(latency: LatencyIndicator) -> Sli:
    size = 1000 if latency.unit == "Seconds" else 1
    bound = Decimal(milliseconds(latency.threshold)) / size
    good, total = (_native if latency.buckets == "Native" else _classic)(latency, bound)
    counter = latency.buckets == "Classic"
    return Sli({"ratioMetric": {"counter": counter, "good": _metric(good), "total": _metric(total)}})


def _classic(latency: LatencyIndicator, bound: Decimal) -> tuple[str, str]:
    matchers = latency.selector.strip("{} ,")
    good = f"sum({latency.histogram}{BUCKET}{{{', '.join(filter(None, (matchers, str(border(bound)))))}}})"
    return good, f"sum({latency.histogram}_count{latency.selector if matchers else ''})"


def _native(latency: LatencyIndicator, bound: Decimal) -> tuple[str, str]:
    increase = f"sum(increase({latency.histogram}{latency.selector}[{WINDOW}]))"
    return (
        f"histogram_fraction(0, {plain(bound)}, {increase}) * histogram_count({increase})",
        f"histogram_count({increase})",
    )


def _metric(query: str) -> dict[str, Any]:
    return {"metricSource": {"type": "Prometheus", "spec": {"query": query}}}
