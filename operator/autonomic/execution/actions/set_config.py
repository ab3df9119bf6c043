"""SetConfig: one key of a ConfigMap, where its owner listed it."""

from typing import ClassVar

from autonomic.domain.actions import Action
from autonomic.execution.actions.keyed import Keyed


class SetConfigAction(Keyed):
    """Sets `data.KEY`."""

    type: ClassVar[str] = "SetConfig"
    what: ClassVar[str] = "set a key"

    def wanted(self, action: Action) -> tuple[str, str] | None:
        """As the action says."""
        wish = action.set_config
        return (wish.key, wish.value) if wish else None
