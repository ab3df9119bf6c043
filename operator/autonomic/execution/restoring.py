"""Giving back: the action that takes a recorded step back, as a new plan may do it."""

import json
from collections.abc import Callable
from typing import Any

from autonomic.domain.actions import Action
from autonomic.domain.plans import FieldChange
from autonomic.domain.quantities import quantity
from autonomic.execution.actions.scale import implied
from autonomic.execution.fields import inverse, parts

Parameters = dict[str, Any]
_UNSAID = {"ShiftTraffic": "1", "Reroute": "1", "Quarantine": "false"}
"""What stands for a field that says nothing, of types whose actions always say it."""


def restoring(action: Action, changes: tuple[FieldChange, ...]) -> Action | None:
    """The action that sets the changed fields of the same object back; None where no action can say so.

    What was absent before is taken away again.
    """
    if not changes or action.type not in _INVERSES:
        return None
    parameters = _INVERSES[action.type](action, changes)
    if not parameters:
        return None
    return Action.model_validate({"type": action.type, "targetRef": action.target_ref.wire(), **parameters})


def restored(action: Action, changes: tuple[FieldChange, ...]) -> tuple[FieldChange, ...]:
    """What the restoring action must come to: the recorded inverse, but that an unsaid weight, or suspension, is said."""
    unsaid = None if any("labels" in parts(each.path) for each in changes) else _UNSAID.get(action.type)
    back = inverse(changes)
    return tuple(each if each.after is not None else each.model_copy(update={"after": unsaid}) for each in back)


def _before(change: FieldChange) -> Any:
    """The JSON value that the field had; None where it was absent."""
    return None if change.before is None else json.loads(change.before)


def _scale(action: Action, changes: tuple[FieldChange, ...]) -> Parameters:
    assert action.scale is not None  # noqa: S101 - the union's type says so
    before = _before(changes[0])
    if isinstance(before, int):
        return {"scale": action.scale.wire() | {"replicas": before}}
    unsaid = implied(action.target_ref, action.scale.bound) if before is None else None
    return {} if unsaid is None else {"scale": action.scale.wire() | {"replicas": unsaid}, "absent": True}


def _resize(action: Action, changes: tuple[FieldChange, ...]) -> Parameters:
    assert action.resize is not None  # noqa: S101 - the union's type says so
    before = _before(changes[0])
    return {"resize": action.resize.wire() | {"quantity": before}} if isinstance(before, str) else {}


def _set_env(action: Action, changes: tuple[FieldChange, ...]) -> Parameters:
    """A variable without a value has an empty one; one that was not there goes as a whole."""
    assert action.set_env is not None  # noqa: S101 - the union's type says so
    before, wire = _before(changes[0]), action.set_env.wire()
    if before is None and parts(changes[0].path)[-1] != "value":
        return {"setEnv": wire, "absent": True}
    return {"setEnv": wire | {"value": before or ""}}


def _keyed(member: str, field: str) -> Callable[[Action, tuple[FieldChange, ...]], Parameters]:
    def back(action: Action, changes: tuple[FieldChange, ...]) -> Parameters:
        before, wire = _before(changes[0]), action.wire()[member]
        if before is None:
            return {member: wire, "absent": True}
        return {member: wire | {field: before}} if isinstance(before, str) else {}

    return back


def _shed_load(action: Action, changes: tuple[FieldChange, ...]) -> Parameters:
    """A key that held no share before is set as any other."""
    assert action.shed_load is not None  # noqa: S101 - the union's type says so
    before, wish = _before(changes[0]), action.shed_load
    if before is None:
        return {"shedLoad": wish.wire(), "absent": True}
    if isinstance(before, str) and before.isascii() and before.isdecimal() and str(int(before)) == before:
        return {"shedLoad": wish.wire() | {"percent": int(before)}} if int(before) <= 95 else _as_key(wish.key, before)
    return _as_key(wish.key, before)


def _as_key(key: str, before: Any) -> Parameters:
    return {"type": "SetConfig", "setConfig": {"key": key, "value": before}} if isinstance(before, str) else {}


def _throttle(action: Action, changes: tuple[FieldChange, ...]) -> Parameters:
    assert action.throttle_queue is not None  # noqa: S101 - the union's type says so
    wish, before = action.throttle_queue, _before(changes[0])
    wire = wish.wire()
    if wish.to:
        absent = {"absent": True} if before is None else {}
        return {"throttleQueue": wire | {"to": "Run" if wish.to == "Hold" else "Hold"}, **absent}
    if before is None:
        return {"throttleQueue": wire, "absent": True}
    number = quantity(before)
    return {"throttleQueue": wire | {"limit": int(number)}} if number is not None and number == int(number) else {}


def _weights(action: Action, changes: tuple[FieldChange, ...]) -> Parameters:
    """On the very rule that the step was made on, wherever its weights went."""
    wish = action.shift_traffic or action.reroute
    assert wish is not None  # noqa: S101 - the union's type says so
    before = {_backend(each): _before(each) for each in changes}
    weights = {name: 1 if weight is None else weight for name, weight in before.items()}
    back = {"rule": wish.rule, "ruleDigest": wish.rule_digest, "weights": weights}
    return {"type": "ShiftTraffic", "shiftTraffic": back}


def _backend(change: FieldChange) -> str:
    """The name in `/spec/rules/0/backendRefs/[name=large]/weight`."""
    return parts(change.path)[-2][1:-1].partition("=")[2]


def _quarantine(_: Action, changes: tuple[FieldChange, ...]) -> Parameters:
    return {"quarantine": {}, "absent": True} if not _before(changes[0]) else {}


_INVERSES: dict[str, Callable[[Action, tuple[FieldChange, ...]], Parameters]] = {
    "Scale": _scale,
    "Resize": _resize,
    "SetEnv": _set_env,
    "SetConfig": _keyed("setConfig", "value"),
    "DegradedMode": _keyed("degradedMode", "value"),
    "SwitchModel": _keyed("switchModel", "model"),
    "ShedLoad": _shed_load,
    "ThrottleQueue": _throttle,
    "ShiftTraffic": _weights,
    "Reroute": _weights,
    "Quarantine": _quarantine,
}

LASTING = frozenset({*_INVERSES, "Rollback"})
"""Types whose change stands until somebody takes it back."""
