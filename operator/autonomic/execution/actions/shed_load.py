"""ShedLoad: a share of the requests is turned away, by the key that the application or its gateway reads."""

from typing import ClassVar

from autonomic.domain.actions import Action
from autonomic.domain.targets import Target
from autonomic.execution.actions.keyed import Keyed


class ShedLoadAction(Keyed):
    """Sets the share, in percent."""

    type: ClassVar[str] = "ShedLoad"
    what: ClassVar[str] = "shed load"

    def wanted(self, action: Action) -> tuple[str, str] | None:
        """The key, and the share."""
        wish = action.shed_load
        return (wish.key, str(wish.percent)) if wish else None

    def traffic(self, action: Action, target: Target) -> int | None:
        """All that is turned away."""
        return action.shed_load.percent if action.shed_load and not action.absent else None
