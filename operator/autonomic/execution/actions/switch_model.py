"""SwitchModel: the application asks another model, by the key that its owner listed."""

from typing import ClassVar

from autonomic.domain.actions import Action
from autonomic.execution.actions.keyed import Keyed


class SwitchModelAction(Keyed):
    """Sets the key that names the model."""

    type: ClassVar[str] = "SwitchModel"
    what: ClassVar[str] = "switch the model"

    def wanted(self, action: Action) -> tuple[str, str] | None:
        """The key, and the model."""
        wish = action.switch_model
        return (wish.key, wish.model) if wish else None
