"""Restart: new pods, by a mark on a workload's pod template. A restart can't be undone; its verification can fail."""

from datetime import datetime
from typing import ClassVar

from autonomic.domain.actions import Action, PermittedAction, Restart
from autonomic.domain.plans import FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.domain.words import RESTARTED_ANNOTATION
from autonomic.execution.action import group_kind, pinned
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.effects import NONE
from autonomic.execution.fields import change, pointer, unchangeable
from autonomic.execution.rollouts import WORKLOADS, is_rolling, template_objection, unready

_MARK = pointer("spec", "template", "metadata", "annotations", RESTARTED_ANNOTATION)


class RestartAction(Ordinary):
    """Sets a new restart mark on the pod template of a Deployment or StatefulSet."""

    type: ClassVar[str] = "Restart"
    reversible: ClassVar[bool] = False

    def fix(self, permitted: PermittedAction, target: Target, mark: str) -> Action:
        """The mark is the plan's time, so that the same plan rolls the pods once, however often it is sent."""
        return Action(type="Restart", target_ref=pinned(target), restart=Restart(at=datetime.fromisoformat(mark)))

    def objection(self, action: Action, target: Target) -> str | None:
        """Not in the middle of a rollout, nor where new pods would not come."""
        if group_kind(target) not in WORKLOADS:
            return f"Restart acts on Deployments and StatefulSets, not on {target.ref}"
        if action.restart is None:
            return "the action has no mark"
        if self.changes(action, target) and is_rolling(target):
            return f"{target.ref} is in the middle of a rollout"
        return template_objection(target) or unchangeable(target, _MARK)

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """The mark on the pod template."""
        return change(target, _MARK, action.wire()["restart"]["at"])

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """Pods come back as they were."""
        return NONE

    def describe(self, action: Action, target: Target) -> str:
        """`restart all pods`."""
        return "restart all pods"

    def pending(self, action: Action, target: Target) -> str | None:
        """Until all pods are new and ready."""
        return unready(target)
