"""What most actions say of themselves, so that each file says only what is its own."""

from typing import Any, ClassVar

from autonomic.domain.actions import Action, PermittedAction
from autonomic.domain.plans import Deed
from autonomic.domain.targets import Target
from autonomic.execution.action import pinned


class Ordinary:
    """What most actions say: the target is patched, can be patched back, and nothing else comes of it."""

    reversible: ClassVar[bool] = True
    deed: ClassVar[Deed] = "Patch"
    minds_autoscaler: ClassVar[bool] = False

    def fix(self, permitted: PermittedAction, target: Target, mark: str) -> Action:
        """As the owner wrote it: the values are absolute already."""
        return Action.model_validate({**permitted.wire(), "targetRef": pinned(target).wire()})

    def replicas(self, action: Action, target: Target) -> tuple[int, int] | None:
        """None change."""
        return None

    def traffic(self, action: Action, target: Target) -> int | None:
        """None is moved."""
        return None

    def pending(self, action: Action, target: Target) -> str | None:
        """It has taken as soon as it is written."""
        return None

    def manifest(self, action: Action, target: Target) -> dict[str, Any]:
        """Nothing is created."""
        raise NotImplementedError(f"{action.type} creates nothing")
