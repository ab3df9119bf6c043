"""DegradedMode: the application does less, by the switch that its owner listed."""

from typing import ClassVar

from autonomic.domain.actions import Action
from autonomic.execution.actions.keyed import Keyed


class DegradedModeAction(Keyed):
    """Sets the switch, a key of a ConfigMap."""

    type: ClassVar[str] = "DegradedMode"
    what: ClassVar[str] = "switch the degraded mode"

    def wanted(self, action: Action) -> tuple[str, str] | None:
        """The switch, and the value that turns it on."""
        wish = action.degraded_mode
        return (wish.key, wish.value) if wish else None
