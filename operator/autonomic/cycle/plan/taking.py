"""Whether a change has taken: a rollout that hangs has changed nothing, nor has a value that somebody put back."""

from dataclasses import dataclass

from autonomic.cycle.compose import Actions
from autonomic.cycle.gathering import gather_targets
from autonomic.domain.errors import NotFound
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.targets import Target
from autonomic.domain.view import View
from autonomic.execution.fields import standing
from autonomic.execution.ownership import others_at
from autonomic.ports.cluster import Cluster


@dataclass(frozen=True)
class Taking:
    """Asks each action of a plan about its target."""

    cluster: Cluster
    actions: Actions

    async def pending(self, plan: AdaptationPlan, view: View) -> str | None:
        """What is still to be seen; None when every change has taken. Raises Unavailable, Forbidden."""
        try:
            kinds = (self.actions.get(each.type) for each in plan.spec.actions)
            targets = await gather_targets(self.cluster, plan.refs, view, kinds)
        except NotFound as error:
            return str(error)
        asked = zip(plan.spec.actions, targets, strict=True)
        waits = (self.actions[action.type].pending(action, target) for action, target in asked)
        return _undone(plan, targets) or next((each for each in waits if each), None)


def _undone(plan: AdaptationPlan, targets: tuple[Target, ...]) -> str | None:
    """A field that is no longer as the plan left it."""
    steps = plan.status.execution.steps if plan.status.execution else ()
    changed = (
        (path, targets[step.action])
        for step in steps
        for path in standing(step.changes, targets[step.action].raw, "after")
    )
    return next(
        (f"{path} of {target.ref} was changed by {others_at(path, target.raw)}" for path, target in changed), None
    )
