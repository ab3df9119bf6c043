"""What was counted of each route, copied: a page of metrics is rendered in a thread, while tasks go on."""

from collections.abc import Mapping
from dataclasses import dataclass

from autonomic.cycle.routing.service import AdaptiveRoutingService


@dataclass(frozen=True)
class RouteFigures:
    """Keys are task type and candidate, and then: the result (success, failure, unknown), or whether it explored."""

    namespace: str
    route: str
    outcomes: Mapping[tuple[str, str, str], int]
    decisions: Mapping[tuple[str, str, bool], int]
    weights: Mapping[tuple[str, str], int]
    awaited: int


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
        )
        for desk in service.desks.values()
    )
