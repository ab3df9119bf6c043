"""From an objective's indicator, as people write it, to what is counted. Every wrong one is refused by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from autonomic.domain.errors import Invalid
from autonomic.domain.indicators import (
    Indicator,
    LatencyIndicator,
    Part,
    RatioIndicator,
    RatioQueryIndicator,
    ThresholdIndicator,
    ThresholdQueryIndicator,
)
from autonomic.domain.objectives import Objective
from autonomic.domain.promql import Matcher, Selector, matchers, selector
from autonomic.domain.tenancy import confined, tenant
from autonomic.domain.units import milliseconds
from autonomic.slo import free_queries, typed_signals
from autonomic.slo.histograms import Histogram, labelled
from autonomic.slo.measures import Events, Gauge, Increase, Latest, Measure, Mix


@dataclass(frozen=True)
class Options:
    """What surrounds an objective.

    `tenant_label` is the label that holds the namespace, where tenants share a server; `free_queries` says that an
    administrator allows whole queries; `contract` is the name of the contract.
    """

    namespace: str
    tenant_label: str | None
    free_queries: bool
    contract: str

    @property
    def tenant(self) -> Matcher | None:
        """The matcher that every selector must carry."""
        return tenant(self.tenant_label, self.namespace)


def measure(objective: Objective, options: Options) -> Measure:
    """What the objective counts. Raises Invalid that names the field, the value and the way out."""
    given = objective.indicator
    if given.signal:
        return typed_signals.measure(given.signal, objective, options.tenant)
    if given.composite:
        return _mix(given.composite, objective.name, options)
    if given.threshold:
        return _threshold(given.threshold, options)
    if given.threshold_query:
        return _threshold_query(given.threshold_query, options)
    return _events(given, options)


def _events(given: Indicator, options: Options) -> Events:
    if given.ratio:
        return _ratio(given.ratio, options)
    if given.latency:
        return _latency(given.latency, options)
    assert given.ratio_query  # noqa: S101 - an indicator is exactly one of its kinds
    return _ratio_query(given.ratio_query, options)


def _selector(text: str, field: str, options: Options) -> Selector:
    return confined(selector(text, field), field, options.tenant)


def _ratio(ratio: RatioIndicator, options: Options) -> Events:
    side = "good" if ratio.good else "bad"
    counted = _selector(ratio.good or ratio.bad or "", f"indicator.ratio.{side}", options)
    total = _selector(ratio.total, "indicator.ratio.total", options)
    if counted == total:
        raise Invalid(
            f"indicator.ratio.{side}: {counted} is the same as total, so every event would be {side}:"
            f" select the {side} ones alone, such as by a label of their outcome"
        )
    return Events(Increase(total), **{side: Increase(counted)})


def _latency(latency: LatencyIndicator, options: Options) -> Events:
    field = "indicator.latency.selector"
    found = confined(labelled(latency.histogram, matchers(latency.selector, field), field), field, options.tenant)
    bound = Decimal(milliseconds(latency.threshold))
    return Histogram(found, native=latency.buckets == "Native").up_to(
        bound / 1000 if latency.unit == "Seconds" else bound
    )


def _threshold(threshold: ThresholdIndicator, options: Options) -> Gauge:
    found = _selector(threshold.selector, "indicator.threshold.selector", options)
    return Gauge(Latest(found, threshold.aggregate.lower()), threshold.op, Decimal(threshold.value))


def _ratio_query(query: RatioQueryIndicator, options: Options) -> Events:
    free_queries.allowed("indicator.ratioQuery", options.namespace, free_queries=options.free_queries)
    side = "good" if query.good else "bad"
    counted = free_queries.counting(query.good or query.bad or "", f"indicator.ratioQuery.{side}", options.tenant)
    total = free_queries.counting(query.total, "indicator.ratioQuery.total", options.tenant)
    return Events(total, **{side: counted})


def _threshold_query(query: ThresholdQueryIndicator, options: Options) -> Gauge:
    free_queries.allowed("indicator.thresholdQuery", options.namespace, free_queries=options.free_queries)
    value = free_queries.looking(query.query, "indicator.thresholdQuery.query", options.tenant)
    return Gauge(value, query.op, Decimal(query.value))


def _mix(parts: Sequence[Part], own: str, options: Options) -> Mix:
    names = [part.objective if "/" in part.objective else f"{options.contract}/{part.objective}" for part in parts]
    for number, name in enumerate(names):
        field = f"indicator.composite[{number}].objective"
        if name == f"{options.contract}/{own}":
            raise Invalid(f"{field}: {name} is this objective itself: name others")
        if name in names[:number]:
            raise Invalid(f"{field}: {name} is named twice: name it once, with a higher weight")
    return Mix(tuple((name, part.weight) for name, part in zip(names, parts, strict=True)))
