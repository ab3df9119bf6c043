"""Giving back: every action that lasts, on every kind of target, and what stood there before."""

from dataclasses import replace
from typing import Any

import pytest

from autonomic.domain.actions import Action
from autonomic.domain.plans import FieldChange
from autonomic.domain.targets import Target
from autonomic.execution.fields import inverse, standing
from autonomic.execution.patches import json_patch, merge_patch, mergeable
from autonomic.execution.restoring import LASTING, restored, restoring
from autonomic.ports.memory.cluster import merged
from autonomic.ports.memory.json_patch import patched
from tests.unit.execution.samples import KINDS, every_sample

REF = {"apiVersion": "v1", "kind": "ConfigMap", "name": "models", "uid": "u"}
SCALED = {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "name": "it", "uid": "u"}
SAMPLES = {name: (action, target) for name, (action, target) in every_sample().items() if action.type in LASTING}
GIVEN_BACK = {name: each for name, each in SAMPLES.items() if each[0].type != "Rollback"}


def after(target: Target, changes: tuple[FieldChange, ...]) -> Target:
    """The target as the changes leave it, written as the executor writes them."""
    if mergeable(changes):
        return replace(target, raw=merged(target.raw, merge_patch(changes)))
    return replace(target, raw=patched(target.raw, json_patch(changes, {}, target.raw)))


@pytest.mark.parametrize("name", GIVEN_BACK)
def test_every_action_that_lasts_is_given_back_to_what_was_recorded(name: str) -> None:
    action, target = GIVEN_BACK[name]
    kind = KINDS[action.type]
    changes = kind.changes(action, target)
    changed = after(target, changes)
    back = restoring(action, changes)
    assert back is not None and back.target_ref == action.target_ref
    assert KINDS[back.type].objection(back, changed) is None
    done = KINDS[back.type].changes(back, changed)
    assert set(done) == set(restored(action, changes))
    assert done and standing(inverse(restored(action, changes)), after(changed, done).raw, "before") == ()
    for was, stands in zip(changes, reversed(restored(action, changes)), strict=True):
        assert was.before in (stands.after, None)


def test_the_samples_hold_every_type_that_lasts() -> None:
    assert {action.type for action, _ in SAMPLES.values()} == LASTING


def back(kind: str, parameters: dict[str, Any], before: str | None, path: str = "/x") -> dict[str, Any] | None:
    """The action that takes it back, without its target."""
    member = kind[0].lower() + kind[1:]
    ref = SCALED if kind == "Scale" and "bound" in parameters else REF
    action = Action.model_validate({"type": kind, "targetRef": ref, member: parameters})
    found = restoring(action, (FieldChange(path=path, before=before, after='"after"'),))
    wire = found.wire() if found else {}
    return {name: value for name, value in wire.items() if name != "targetRef"} or None


@pytest.mark.parametrize(
    ("kind", "parameters", "before", "wanted"),
    [
        ("Scale", {"replicas": 2}, "5", {"replicas": 5}),
        ("Scale", {"replicas": 0}, "3", {"replicas": 3}),
        ("Scale", {"replicas": 2, "bound": "Min"}, "4", {"replicas": 4, "bound": "Min"}),
        ("SwitchModel", {"key": "m", "model": "small"}, '"large"', {"key": "m", "model": "large"}),
        ("ShedLoad", {"key": "m", "percent": 50}, '"0"', {"key": "m", "percent": 0}),
        ("ThrottleQueue", {"limit": 1}, '"10k"', {"limit": 10_000}),
        ("ThrottleQueue", {"to": "Run"}, "true", {"to": "Hold"}),
    ],
)
def test_a_step_is_taken_back_to_the_value_before(
    kind: str, parameters: dict[str, Any], before: str, wanted: dict[str, Any]
) -> None:
    assert back(kind, parameters, before) == {"type": kind, kind[0].lower() + kind[1:]: wanted}


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("SwitchModel", {"key": "m", "model": "small"}),
        ("SetConfig", {"key": "m", "value": "1"}),
        ("DegradedMode", {"key": "m", "value": "true"}),
        ("ShedLoad", {"key": "m", "percent": 50}),
        ("SetEnv", {"container": "c", "name": "M", "value": "s"}),
        ("ThrottleQueue", {"limit": 1}),
        ("Scale", {"replicas": 7, "bound": "Max"}),
    ],
)
def test_what_was_not_there_before_is_taken_away_again(kind: str, parameters: dict[str, Any]) -> None:
    found = back(kind, parameters, None, "/spec/x/[name=M]")
    assert found is not None and found["absent"] is True


def test_a_key_that_held_no_share_of_load_is_set_as_any_other_key() -> None:
    found = back("ShedLoad", {"key": "m", "percent": 50}, '"off"')
    assert found == {"type": "SetConfig", "setConfig": {"key": "m", "value": "off"}}


def test_a_variable_that_had_no_value_has_none_again() -> None:
    path = "/spec/template/spec/containers/[name=c]/env/[name=M]/value"
    found = back("SetEnv", {"container": "c", "name": "M", "value": "s"}, None, path)
    assert found is not None and found["setEnv"]["value"] == "" and "absent" not in found


@pytest.mark.parametrize(
    ("kind", "parameters", "before"),
    [
        ("Restart", {"at": "2025-01-01T12:00:00Z"}, None),
        ("Rollback", {"revision": 1, "replicaSet": "it-1"}, "{}"),
        ("ThrottleQueue", {"limit": 1}, '"1500m"'),
        ("SwitchModel", {"key": "m", "model": "small"}, "3"),
    ],
)
def test_what_can_not_be_said_as_an_action_is_left_to_people(
    kind: str, parameters: dict[str, Any], before: str | None
) -> None:
    assert back(kind, parameters, before) is None
