"""Giving back: the action that takes a recorded step back, and where no action can."""

from typing import Any

import pytest

from autonomic.domain.actions import Action
from autonomic.domain.plans import FieldChange
from autonomic.execution.restoring import restoring

REF = {"apiVersion": "v1", "kind": "ConfigMap", "name": "models", "uid": "u"}


def back(kind: str, parameters: dict[str, Any], before: str | None, after: str) -> dict[str, Any] | None:
    """The parameters of the action that takes it back."""
    member = kind[0].lower() + kind[1:]
    action = Action.model_validate({"type": kind, "targetRef": REF, member: parameters})
    found = restoring(action, (FieldChange(path="/x", before=before, after=after),))
    assert found is None or found.type == kind
    wire: dict[str, Any] | None = found.wire()[member] if found else None
    return wire


@pytest.mark.parametrize(
    ("kind", "parameters", "before", "wanted"),
    [
        ("Scale", {"replicas": 2}, "5", {"by": 3, "min": 2, "max": 5, "bound": "Max"}),
        ("Scale", {"replicas": 5}, "2", {"by": -3, "min": 2, "max": 5, "bound": "Max"}),
        ("Scale", {"replicas": 2, "bound": "Min"}, "4", {"by": 2, "min": 2, "max": 4, "bound": "Min"}),
        ("SwitchModel", {"key": "m", "model": "small"}, '"large"', {"key": "m", "model": "large"}),
        ("SetConfig", {"key": "m", "value": "1"}, '"2"', {"key": "m", "value": "2"}),
        ("DegradedMode", {"key": "m", "value": "true"}, '"false"', {"key": "m", "value": "false"}),
        ("ShedLoad", {"key": "m", "percent": 50}, '"0"', {"key": "m", "percent": 0}),
        ("SetEnv", {"container": "c", "name": "M", "value": "s"}, '"l"', {"container": "c", "name": "M", "value": "l"}),
        ("ThrottleQueue", {"to": "Hold"}, None, {"to": "Run"}),
        ("ThrottleQueue", {"limit": 1, "key": "k"}, '"4"', {"limit": 4, "key": "k"}),
        ("ThrottleQueue", {"limit": 1}, "7", {"limit": 7}),
    ],
)
def test_a_step_is_taken_back_to_what_was_there_before(
    kind: str, parameters: dict[str, Any], before: str | None, wanted: dict[str, Any]
) -> None:
    assert back(kind, parameters, before, '"after"') == wanted


@pytest.mark.parametrize(
    ("kind", "parameters", "before"),
    [
        ("SwitchModel", {"key": "m", "model": "small"}, None),
        ("SetEnv", {"container": "c", "name": "M", "value": "s"}, None),
        ("ShedLoad", {"key": "m", "percent": 50}, '"a lot"'),
        ("ThrottleQueue", {"limit": 1}, None),
        ("Scale", {"replicas": 2}, None),
        ("Restart", {"at": "2025-01-01T12:00:00Z"}, None),
    ],
)
def test_what_was_not_there_before_or_can_not_be_said_as_an_action_is_left_to_people(
    kind: str, parameters: dict[str, Any], before: str | None
) -> None:
    assert back(kind, parameters, before, '"after"') is None
