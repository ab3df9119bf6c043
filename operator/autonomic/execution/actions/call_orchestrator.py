"""CallOrchestrator: the orchestrator is asked for something, at an endpoint that an administrator configured."""

from typing import ClassVar

from autonomic.domain.actions import Action
from autonomic.domain.plans import Deed, FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.effects import of_configuring


class CallOrchestratorAction(Ordinary):
    """Calls an endpoint with the step's key. `endpoints` are those that there are. What it does can't be undone from here."""

    type: ClassVar[str] = "CallOrchestrator"
    reversible: ClassVar[bool] = False
    deed: ClassVar[Deed] = "Call"

    def __init__(self, endpoints: frozenset[str] = frozenset()) -> None:
        self._endpoints = endpoints

    def objection(self, action: Action, target: Target) -> str | None:
        """Only an endpoint that there is."""
        wanted = action.call_orchestrator.endpoint if action.call_orchestrator else None
        known = ", ".join(sorted(self._endpoints)) or "none"
        return None if wanted in self._endpoints else f"there is no endpoint {wanted}; configured are: {known}"

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """None that could be seen here."""
        return ()

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """It may change what the target is told, so it counts as that."""
        return of_configuring(target)

    def describe(self, action: Action, target: Target) -> str:
        """`ask conductor to drain-agent`."""
        wish = action.call_orchestrator
        return f"ask {wish.endpoint} to {wish.operation}" if wish else "ask the orchestrator"
