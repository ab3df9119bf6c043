"""The weights in force, among those candidates that hold what one task demands beyond the route's own constraints."""

from autonomic.cycle.routing.desk import Desk, InForce, in_force
from autonomic.cycle.routing.refusals import NoCandidate
from autonomic.domain import candidates
from autonomic.domain.candidates import WHOLE
from autonomic.domain.routes import AdaptiveRouteSpec
from autonomic.domain.units import seconds
from autonomic.routing.scoring import Candidate, Constraints, Profiles, eligible


def narrowed(desk: Desk, task_type: str, standing: InForce, wanted: candidates.Constraints, now: float) -> InForce:
    """Raises NoCandidate with the reason of each, unless the route lets its baseline stand in."""
    names, reasons = fitting(desk.spec, desk.learners[task_type].profiles(now), wanted)
    kept = {name: standing.weights[name] for name in names if name in standing.weights}
    if kept:
        return in_force(kept, f"{standing.why}, among those that hold the task's constraints")
    if names:
        return in_force({names[0]: WHOLE}, "the only kind of candidate that holds the task's constraints")
    if desk.spec.safety.no_candidate == "Baseline":
        return in_force({desk.spec.baseline: WHOLE}, "no candidate holds the task's constraints: baseline")
    raise NoCandidate(desk.key, task_type, reasons)


def fitting(
    spec: AdaptiveRouteSpec, profiles: Profiles, wanted: candidates.Constraints
) -> tuple[tuple[str, ...], dict[str, str]]:
    """(names that hold the constraints, the reason of each other)."""
    known = [Candidate(each.name, each.context_length, each.labels) for each in spec.candidates]
    return eligible(known, profiles, _plain(wanted))


def _plain(wanted: candidates.Constraints) -> Constraints:
    return Constraints(
        min_success=None if wanted.min_success is None else float(wanted.min_success),
        latency_p95=None if wanted.p95_latency is None else seconds(wanted.p95_latency),
        cost_per_task=None if wanted.max_cost is None else float(wanted.max_cost),
        context_length=wanted.context_length,
        residency=wanted.labels,
    )
