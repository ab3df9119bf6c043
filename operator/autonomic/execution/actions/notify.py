"""Notify: people are told, over a channel that an administrator configured. Nothing in the cluster changes."""

from typing import ClassVar

from autonomic.domain.actions import Action
from autonomic.domain.plans import Deed, FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.effects import NONE


class NotifyAction(Ordinary):
    """Tells a channel. `channels` are those that there are. It changes nothing, so nothing is to be taken back."""

    type: ClassVar[str] = "Notify"
    deed: ClassVar[Deed] = "Call"

    def __init__(self, channels: frozenset[str] = frozenset()) -> None:
        self._channels = channels

    def objection(self, action: Action, target: Target) -> str | None:
        """Only a channel that there is."""
        wanted = action.notify.channel if action.notify else None
        known = ", ".join(sorted(self._channels)) or "none"
        return None if wanted in self._channels else f"there is no channel {wanted}; configured are: {known}"

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """None."""
        return ()

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """None."""
        return NONE

    def describe(self, action: Action, target: Target) -> str:
        """`notify oncall`."""
        return f"notify {action.notify.channel if action.notify else 'nobody'}"
