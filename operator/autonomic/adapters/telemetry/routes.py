"""The metrics of adaptive routes: what was decided, how it went, and the weights in force."""

from collections.abc import Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from autonomic.cycle.routing.figures import RouteFigures

_ROUTE = ("namespace", "route")
_CANDIDATE = (*_ROUTE, "task_type", "candidate")


def route_metrics(routes: Sequence[RouteFigures]) -> Iterator[Metric]:
    """Four families; none has a sample where this replica decides nothing."""
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
