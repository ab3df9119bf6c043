"""Restart: new pods, by a mark on a Deployment's pod template. A restart can't be undone; its verification can fail."""

from datetime import datetime
from typing import ClassVar

from autonomic.domain.actions import Action, PermittedAction, Restart
from autonomic.domain.meta import TargetRef
from autonomic.domain.plans import FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.domain.words import RESTARTED_ANNOTATION
from autonomic.execution.fields import change, pointer, read

_MARK = pointer("spec", "template", "metadata", "annotations", RESTARTED_ANNOTATION)


class RestartAction:
    """Sets a new restart mark on the pod template of a Deployment."""

    type: ClassVar[str] = "Restart"
    reversible: ClassVar[bool] = False

    def fix(self, permitted: PermittedAction, target: Target, mark: str) -> Action:
        """The mark is the plan's time, so that the same plan rolls the pods once, however often it is sent."""
        ref = target.ref
        pinned = TargetRef(api_version=ref.api_version, kind=ref.kind, name=ref.name, uid=target.uid)
        return Action(type="Restart", target_ref=pinned, restart=Restart(at=datetime.fromisoformat(mark)))

    def objection(self, action: Action, target: Target) -> str | None:
        """Not while paused or in the middle of a rollout."""
        if (target.ref.api_version, target.ref.kind) != ("apps/v1", "Deployment"):
            return f"Restart acts on Deployments, not on {target.ref}"
        if action.restart is None:
            return "the action has no mark"
        if read(target.raw, "/spec/paused"):
            return f"{target.ref} is paused: a restart would wait for whoever paused it"
        if _rolling(target) and read(target.raw, _MARK) != action.wire()["restart"]["at"]:
            return f"{target.ref} is in the middle of a rollout"
        return None

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """The mark on the pod template."""
        return change(target, _MARK, action.wire()["restart"]["at"])

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """Pods come back as they were."""
        return frozenset()

    def describe(self, action: Action, target: Target) -> str:
        """`restart all pods`."""
        return "restart all pods"

    def replicas(self, action: Action, target: Target) -> tuple[int, int] | None:
        """None change."""
        return None


def _rolling(target: Target) -> bool:
    status = target.raw.get("status") or {}
    wanted = read(target.raw, "/spec/replicas")
    wanted = 1 if wanted is None else int(wanted)
    observed = status.get("observedGeneration", 0) >= target.raw["metadata"].get("generation", 0)
    return not observed or status.get("updatedReplicas", 0) < wanted or status.get("replicas", 0) > wanted
