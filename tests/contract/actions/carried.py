"""An action on its way through a test: fixed on a live target, claimed in a plan, carried out by the executor."""

from dataclasses import dataclass
from typing import Any

from autonomic.cycle.compose import step_facts
from autonomic.cycle.gathering import gather_targets
from autonomic.domain.actions import Action, PermittedAction
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan, AdaptationPlanStatus, Execution, Step
from autonomic.domain.targets import StepFacts, Target
from autonomic.domain.view import NamespaceView, View
from autonomic.domain.words import EPOCH_ANNOTATION, OPERATION_ANNOTATION, SEQUENCE_ANNOTATION
from autonomic.execution.action import ActionKind
from autonomic.execution.actions import built_in
from autonomic.execution.calling import Calling
from autonomic.execution.creating import Creating
from autonomic.execution.executor import HealingExecutor, steps_for
from autonomic.execution.restoring import restored, restoring
from autonomic.ports.memory.outlets import MemoryOutlets
from tests.contract.actions.row import Manifest
from tests.contract.actions.stage import NAMESPACE_LABELS, Stage
from tests.unit.domain.specimens import NOW, plan

EPOCH, SEQ = 7, 3
STAMPS = (OPERATION_ANNOTATION, SEQUENCE_ANNOTATION, EPOCH_ANNOTATION)
KINDS = built_in(frozenset({"oncall"}), frozenset({"conductor"}))


@dataclass
class Carried:
    """The action, on its target as it was when the plan was made, and the plan that claimed it."""

    stage: Stage
    outlets: MemoryOutlets
    target: Target
    action: Action
    facts: StepFacts
    plan: AdaptationPlan

    @classmethod
    async def begin(cls, stage: Stage, ref: ObjectRef, permitted: dict[str, Any]) -> "Carried":
        """The plan is made and claimed; nothing is done yet."""
        target = await read(stage, ref)
        kind = KINDS[permitted["type"]]
        action = kind.fix(PermittedAction.model_validate(permitted), target, NOW.isoformat())
        (facts,) = step_facts((action,), (target,), KINDS)
        outlets = MemoryOutlets("oncall", endpoints=("conductor",))
        return cls(stage, outlets, target, action, facts, claimed(stage, action, facts))

    @property
    def kind(self) -> ActionKind:
        """What knows the action."""
        return KINDS[self.action.type]

    @property
    def step(self) -> Step:
        """The only step."""
        assert self.plan.status.execution is not None
        return self.plan.status.execution.steps[0]

    @property
    def executor(self) -> HealingExecutor:
        """One that has just begun: it remembers nothing."""
        wire = self.stage.wire
        creating = Creating(wire, KINDS, lambda: None)
        return HealingExecutor(wire, lambda: EPOCH, lambda: None, creating, Calling(self.outlets))

    async def apply(self) -> None:
        """Carries it out."""
        await self.executor.apply(self.plan, self.step)

    async def undo(self) -> None:
        """Takes it back."""
        await self.executor.undo(self.plan, self.step)

    async def giving_back(self) -> "Carried":
        """The plan of its own that gives the change back, claimed on the target as it is now."""
        target = await read(self.stage, self.target.ref)
        action = restoring(self.action, self.step.changes)
        assert action is not None
        (facts,) = step_facts((action,), (target,), KINDS)
        assert (facts.objection, set(facts.changes)) == (None, set(restored(self.action, self.step.changes)))
        return Carried(self.stage, self.outlets, target, action, facts, claimed(self.stage, action, facts, "uid-back"))

    async def live(self) -> Manifest:
        """The target now."""
        return await self.stage.wire.get(self.target.ref)

    async def version(self) -> str:
        """What changes with every write to the target."""
        return str((await self.live())["metadata"]["resourceVersion"])

    async def pending(self) -> str | None:
        """What is still to be seen."""
        return self.kind.pending(self.action, await read(self.stage, self.target.ref))


def claimed(stage: Stage, action: Action, facts: StepFacts, uid: str = "uid-plan") -> AdaptationPlan:
    """The plan of an action, with its step recorded."""
    made = plan(actions=[action.wire()])
    named = {"namespace": stage.namespace, "uid": uid}
    placed = made.model_copy(update={"metadata": made.metadata.model_copy(update=named)})
    execution = Execution(holder="a", epoch=EPOCH, seq=SEQ, steps=steps_for(placed, (facts,), NOW))
    return placed.model_copy(update={"status": AdaptationPlanStatus(execution=execution)})


async def read(stage: Stage, ref: ObjectRef) -> Target:
    """The target, with what stands around it."""
    spaces = {stage.namespace: NamespaceView(stage.namespace, NAMESPACE_LABELS, {})}
    (target,) = await gather_targets(stage.wire, (ref,), View(NOW, namespaces=spaces), (None,))
    return target
