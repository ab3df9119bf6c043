"""step-down: a key of a ConfigMap goes one step down a list, from whatever it is now."""

from collections.abc import Mapping
from typing import ClassVar

from autonomic.sdk.plugins import PermittedAction, Target


class StepDown:
    """Parameters: `key`, and `steps`, the values from the best to the cheapest with commas between them."""

    name: ClassVar[str] = "step-down"

    def act(self, parameters: Mapping[str, str], target: Target) -> PermittedAction | None:
        """SetConfig to the step below the present one; None at the last step, and at a value that is no step."""
        key, steps = parameters["key"], parameters["steps"].split(",")
        now = (target.raw.get("data") or {}).get(key)
        if now not in steps[:-1]:
            return None
        below = steps[steps.index(now) + 1]
        return PermittedAction.model_validate({"type": "SetConfig", "setConfig": {"key": key, "value": below}})
