"""What the policy of a route would have earned while it is not in force: from logged propensities, or not at all. Pure."""

from collections.abc import Mapping

from autonomic.cycle.routing.desk import Desk
from autonomic.cycle.routing.weighing import Weighed
from autonomic.domain.candidates import WHOLE
from autonomic.domain.readings import Unknown
from autonomic.domain.routes import EstimateStatus
from autonomic.routing.counterfactual import Estimate, self_normalised


def estimated(desk: Desk, weighed: Mapping[str, Weighed]) -> dict[str, Estimate | Unknown]:
    """By task type, of the policy with the weights that it wants now, over the decisions that are logged."""
    return {task_type: _estimated(desk, task_type, each) for task_type, each in weighed.items()}


def _estimated(desk: Desk, task_type: str, weighed: Weighed) -> Estimate | Unknown:
    chances = {name: weight / WHOLE for name, weight in weighed.desired.items() if weight}
    return self_normalised(desk.learners[task_type].log.counts(), lambda _: chances)


def told(desk: Desk) -> tuple[EstimateStatus, ...]:
    """As a status says it."""
    return tuple(_told(desk, task_type, found) for task_type, found in desk.estimates.items())


def _told(desk: Desk, task_type: str, found: Estimate | Unknown) -> EstimateStatus:
    earned = desk.learners[task_type].log.earned()
    shown = "" if earned is None else f"{earned:.3f}"
    if isinstance(found, Unknown):
        return EstimateStatus(task_type=task_type, earned=shown, why=f"{found.reason}: {found.message}")
    return EstimateStatus(
        task_type=task_type,
        success=f"{found.value:.3f}",
        confidence=f"{max(found.low, 0.0):.3f}-{min(found.high, 1.0):.3f}",
        effective=f"{found.effective:.0f}",
        earned=shown,
    )
