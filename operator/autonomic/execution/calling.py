"""Calls to what is outside the cluster: told with the step's own key, so that a second try is known as such."""

from dataclasses import dataclass

from autonomic.domain.actions import Action
from autonomic.domain.plans import AdaptationPlan, Step
from autonomic.ports.outlets import Outcall, Outlets


@dataclass(frozen=True)
class Calling:
    """Calls outlets."""

    outlets: Outlets

    async def call(self, plan: AdaptationPlan, step: Step) -> None:
        """Sends the step's call, unless it was answered before. Raises Unavailable, Invalid."""
        if not step.done:
            await self.outlets.call(outcall(plan, plan.spec.actions[step.action], step.op_id))


def outcall(plan: AdaptationPlan, action: Action, key: str) -> Outcall:
    """What is sent for an action: Notify to a channel, CallOrchestrator to an endpoint."""
    name = f"{plan.metadata.namespace}/{plan.metadata.name}"
    target = f"{action.target_ref.kind}/{action.target_ref.name}"
    if action.notify:
        return Outcall("Channel", action.notify.channel, name, target, action.notify.message, key)
    if action.call_orchestrator:
        wish = action.call_orchestrator
        return Outcall("Endpoint", wish.endpoint, name, target, wish.operation, key, wish.parameters)
    raise ValueError(f"{action.type} calls nobody")
