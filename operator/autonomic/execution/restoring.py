"""Giving back what a plan changed: the permitted action that takes a recorded step back, as a new plan may ask for it."""

import json
from collections.abc import Callable
from typing import Any

from autonomic.domain.actions import Action, PermittedAction
from autonomic.domain.plans import FieldChange

Before = Any
"""The JSON value that a field had before the step."""


def restoring(action: Action, changes: tuple[FieldChange, ...]) -> PermittedAction | None:
    """The action that sets the changed field back; None where no action can say so, or there is nothing to set back.

    What was absent before can't be given back by a plan: only undoing the plan itself takes a field away.
    """
    if len(changes) != 1 or action.type not in _INVERSES:
        return None
    before = None if changes[0].before is None else json.loads(changes[0].before)
    parameters = _INVERSES[action.type](action, before)
    return PermittedAction.model_validate(_permitted(action) | parameters) if parameters else None


def _permitted(action: Action) -> dict[str, Any]:
    ref = action.target_ref
    target = {"apiVersion": ref.api_version, "kind": ref.kind, "name": ref.name}
    return {"type": action.type, "targetRef": target}


def _scale(action: Action, before: Before) -> dict[str, Any]:
    assert action.scale is not None  # noqa: S101 - the union's type says so
    after = action.scale.replicas
    if not isinstance(before, int) or before == after:
        return {}
    bound = {"bound": action.scale.bound} if action.scale.bound else {}
    return {"scale": {"by": before - after, "min": min(before, after), "max": max(before, after, 1), **bound}}


def _set_env(action: Action, before: Before) -> dict[str, Any]:
    assert action.set_env is not None  # noqa: S101 - the union's type says so
    return {"setEnv": action.set_env.wire() | {"value": before}} if isinstance(before, str) else {}


def _keyed(member: str, field: str) -> Callable[[Action, Before], dict[str, Any]]:
    def inverse(action: Action, before: Before) -> dict[str, Any]:
        return {member: action.wire()[member] | {field: before}} if isinstance(before, str) else {}

    return inverse


def _shed_load(action: Action, before: Before) -> dict[str, Any]:
    assert action.shed_load is not None  # noqa: S101 - the union's type says so
    number = before if isinstance(before, str) and before.isascii() and before.isdecimal() else None
    return {"shedLoad": action.shed_load.wire() | {"percent": int(number)}} if number and int(number) <= 95 else {}


def _throttle(action: Action, before: Before) -> dict[str, Any]:
    assert action.throttle_queue is not None  # noqa: S101 - the union's type says so
    wish = action.throttle_queue
    if wish.to == "Hold":
        return {"throttleQueue": wish.wire() | {"to": "Run"}}
    number = int(before) if isinstance(before, int | str) and str(before).isdecimal() else None
    return {"throttleQueue": wish.wire() | {"limit": number}} if number is not None and wish.limit is not None else {}


_INVERSES: dict[str, Callable[[Action, Before], dict[str, Any]]] = {
    "Scale": _scale,
    "SetEnv": _set_env,
    "SetConfig": _keyed("setConfig", "value"),
    "DegradedMode": _keyed("degradedMode", "value"),
    "SwitchModel": _keyed("switchModel", "model"),
    "ShedLoad": _shed_load,
    "ThrottleQueue": _throttle,
}

LASTING = frozenset(
    {"Scale", "SetEnv", "SetConfig", "DegradedMode", "SwitchModel", "ShedLoad", "ThrottleQueue", "ShiftTraffic", "Reroute",
     "Resize", "Quarantine", "Rollback"}
)  # fmt: skip
"""Types whose change stands until somebody takes it back."""
