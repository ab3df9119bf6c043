"""The metrics of adaptive routes: what was decided, how it went, and the weights in force."""

from collections.abc import Iterator, Sequence
from math import isinf

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    SummaryMetricFamily,
)

from autonomic.cycle.routing.figures import RouteFigures

_ROUTE = ("namespace", "route")
_CANDIDATE = (*_ROUTE, "task_type", "candidate")


def route_metrics(routes: Sequence[RouteFigures]) -> Iterator[Metric]:
    """None has a sample where this replica decides nothing."""
    outcomes = CounterMetricFamily(
        "autonomic_route_outcomes", "Outcomes that were told or never came, by result.", labels=[*_CANDIDATE, "result"]
    )
    decisions = CounterMetricFamily(
        "autonomic_route_decisions",
        "Tasks that were decided, by whether that explored.",
        labels=[*_CANDIDATE, "explored"],
    )
    weights = GaugeMetricFamily("autonomic_route_weight", "Tasks of 1000 that a candidate gets now.", labels=_CANDIDATE)
    awaited = GaugeMetricFamily("autonomic_route_awaited", "Decisions whose outcome is awaited.", labels=_ROUTE)
    yield from _tallies(routes)
    yield from _estimates(routes)
    for each in routes:
        own = (each.namespace, each.route)
        for outcome, number in each.outcomes.items():
            outcomes.add_metric([*own, *outcome], number)
        for (task_type, candidate, explored), number in each.decisions.items():
            decisions.add_metric([*own, task_type, candidate, str(explored).lower()], number)
        for standing, weight in each.weights.items():
            weights.add_metric([*own, *standing], weight)
        awaited.add_metric(own, each.awaited)
    yield from (outcomes, decisions, weights, awaited)


def _tallies(routes: Sequence[RouteFigures]) -> Iterator[Metric]:
    """From these, and from the outcomes, the next replica rebuilds the profiles. What was never reported has no sample."""
    latency = HistogramMetricFamily(
        "autonomic_route_latency_seconds", "How long tasks took, as told with their outcomes.", labels=_CANDIDATE
    )
    cost = SummaryMetricFamily("autonomic_route_cost", "Money that tasks cost, as told.", labels=_CANDIDATE)
    json = CounterMetricFamily(
        "autonomic_route_json", "Answers that were valid JSON or were not, as told.", labels=[*_CANDIDATE, "valid"]
    )
    for each in routes:
        for place, tally in each.tallies.items():
            own = [each.namespace, each.route, *place]
            if any(tally.latencies):
                buckets = [("+Inf" if isinf(end) else str(end), count) for end, count in tally.up_to()]
                latency.add_metric(own, buckets, tally.seconds)
            if tally.priced:
                cost.add_metric(own, int(tally.priced), tally.money)
            if tally.valid or tally.invalid:
                json.add_metric([*own, "true"], tally.valid)
                json.add_metric([*own, "false"], tally.invalid)
    yield from (latency, cost, json)


def _estimates(routes: Sequence[RouteFigures]) -> Iterator[Metric]:
    """What is not known has no sample."""
    kind = (*_ROUTE, "task_type")
    success = GaugeMetricFamily(
        "autonomic_route_counterfactual_success",
        "Share of tasks that the policy would have done well, while it is not in force; bounds hold it 19 times of 20.",
        labels=[*kind, "bound"],
    )
    effective = GaugeMetricFamily(
        "autonomic_route_counterfactual_effective_samples",
        "How many decisions of the policy's own that share is worth.",
        labels=kind,
    )
    for each in routes:
        for task_type, found in each.estimates.items():
            own = (each.namespace, each.route, task_type)
            for bound, value in (("mean", found.value), ("low", found.low), ("high", found.high)):
                success.add_metric([*own, bound], value)
            effective.add_metric(own, found.effective)
    yield from (success, effective)
