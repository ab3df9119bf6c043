"""What was counted of each route, copied: a page of metrics is rendered in a thread, while tasks go on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from autonomic.cycle.routing.service import AdaptiveRoutingService
from autonomic.routing.counterfactual import Estimate
from autonomic.routing.tally import Tally


@dataclass(frozen=True)
class RouteFigures:
    """Keys are task type and candidate, and then: the result (success, failure, unknown), or whether it explored."""

    namespace: str
    route: str
    outcomes: Mapping[tuple[str, str, str], int]
    decisions: Mapping[tuple[str, str, bool], int]
    weights: Mapping[tuple[str, str], int]
    awaited: int
    tallies: Mapping[tuple[str, str], Tally]
    estimates: Mapping[str, Estimate]
    """By task type, where it is known what the policy would have earned."""


def figures_of(service: AdaptiveRoutingService) -> tuple[RouteFigures, ...]:
    """Of each route that this replica decides for; to be called in the event loop."""
    return tuple(
        RouteFigures(
            namespace=desk.route.metadata.namespace or "",
            route=desk.route.metadata.name,
            outcomes={
                (task_type, candidate, result): number
                for task_type, learner in desk.learners.items()
                for (candidate, result), number in learner.results.items()
            },
            decisions=dict(desk.decided),
            weights={
                (task_type, each.name): standing.weights.get(each.name, 0)
                for task_type, standing in desk.weights.items()
                for each in desk.spec.candidates
            },
            awaited=len(desk.awaited),
            tallies={
                (task_type, candidate): replace(tally, latencies=list(tally.latencies))
                for task_type, learner in desk.learners.items()
                for candidate, tally in learner.tallies.items()
            },
            estimates={name: each for name, each in desk.estimates.items() if isinstance(each, Estimate)},
        )
        for desk in service.desks.values()
    )
