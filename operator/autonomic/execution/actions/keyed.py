"""What the actions that set one key of a ConfigMap have in common."""

from typing import ClassVar

from autonomic.domain.actions import Action
from autonomic.domain.plans import FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.config_keys import key_change, shown
from autonomic.execution.consent import key_objection
from autonomic.execution.effects import of_configuring


class Keyed(Ordinary):
    """Sets a key that its owner listed. `what` says in a few words what that does."""

    what: ClassVar[str]

    def wanted(self, action: Action) -> tuple[str, str] | None:
        """The key and the value that it shall have; None when the action does not say."""
        raise NotImplementedError

    def objection(self, action: Action, target: Target) -> str | None:
        """Only a listed key of a ConfigMap."""
        wanted = self.wanted(action)
        return key_objection(target, wanted[0]) if wanted else "the action names no key"

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """The key; one that was not there before goes again."""
        wanted = self.wanted(action)
        return key_change(target, wanted[0], None if action.absent else wanted[1]) if wanted else ()

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """What the ConfigMap decides, by its labels."""
        return of_configuring(target)

    def describe(self, action: Action, target: Target) -> str:
        """`set a key (mode: fast -> safe)`."""
        wanted = self.wanted(action)
        return (
            f"{self.what} ({shown(target, wanted[0], None if action.absent else wanted[1])})" if wanted else self.what
        )
