"""What holds for every action, on any target: whole, odd, or broken."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autonomic.domain.actions import Action
from autonomic.domain.plans import FieldChange
from autonomic.domain.targets import Target
from autonomic.execution.fields import inverse, standing
from autonomic.execution.patches import json_patch, merge_patch, mergeable
from autonomic.ports.memory.cluster import merged
from autonomic.ports.memory.json_patch import patched
from tests.unit.execution.samples import KINDS, every_sample

SAMPLES = every_sample()
STAMPS = {"autonomic.maestro.dev/op-id": "plan/0"}
LONG = "x" * 40_000
every_action = pytest.mark.parametrize("name", SAMPLES)
junk = st.sampled_from(
    [None, True, 0, -1, 3, "", "many", LONG, [], [3], ["a"], [{"name": "app"}], {}, {"a": "b"}, {"name": 3}]
)


def test_every_type_of_action_is_among_the_samples() -> None:
    assert {action.type for action, _ in SAMPLES.values()} == set(KINDS)


def paths(node: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to everything that is in a value."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [at, *(path for key, value in inner for path in paths(value, (*at, key)))]


def broken(raw: Mapping[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    """A copy with that value there; without the field where it is None."""
    copy: Any = deepcopy(dict(raw))
    node = copy
    for part in path[:-1]:
        node = node[part]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return dict(copy)


def breakable(raw: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Where an object may be broken: the server itself keeps metadata whole."""
    return [path for part in ("spec", "status", "data") if part in raw for path in paths(raw[part], (part,))]


@st.composite
def altered(draw: st.DrawFn, target: Target) -> Target:
    """The target, or something beside it, with up to three fields broken."""
    for _ in range(draw(st.integers(0, 3))):
        beside = draw(st.sampled_from([None, *range(len(target.related))]))
        raw = target.raw if beside is None else target.related[beside]
        if not breakable(raw):
            continue
        raw = broken(raw, draw(st.sampled_from(breakable(raw))), draw(junk))
        if beside is None:
            target = replace(target, raw=raw)
        else:
            related = (*target.related[:beside], raw, *target.related[beside + 1 :])
            target = replace(target, related=related)
    return target


@every_action
@settings(max_examples=60)
@given(data=st.data())
def test_a_broken_target_is_described_and_objected_to_and_never_an_error(name: str, data: st.DataObject) -> None:
    action, whole = SAMPLES[name]
    kind, target = KINDS[action.type], data.draw(altered(whole))
    objection = kind.objection(action, target)
    assert objection is None or objection.strip()
    assert kind.describe(action, target).strip()
    kind.effects(action, target)
    kind.replicas(action, target)
    kind.traffic(action, target)
    kind.pending(action, target)
    if objection is None:
        kind.changes(action, target)
    if objection is None and kind.deed == "Create":
        assert kind.manifest(action, target)


@every_action
@settings(max_examples=60)
@given(data=st.data())
def test_the_inverse_of_a_change_restores_the_target(name: str, data: st.DataObject) -> None:
    action, whole = SAMPLES[name]
    target = data.draw(altered(whole))
    if KINDS[action.type].objection(action, target):
        return
    changes = KINDS[action.type].changes(action, target)
    after = made(changes, target.raw)
    assert standing(changes, after, "after") == ()
    back = made(inverse(changes), after)
    assert filled(back) == filled(stamped(target.raw))


@every_action
def test_nothing_is_left_to_do_when_it_is_done(name: str) -> None:
    action, target = SAMPLES[name]
    kind = KINDS[action.type]
    changes = kind.changes(action, target)
    assert bool(changes) == (kind.deed == "Patch")
    done = replace(target, raw=made(changes, target.raw))
    assert kind.changes(action, done) == ()
    assert kind.objection(action, done) is None


@every_action
def test_an_action_comes_back_from_the_wire_as_it_was(name: str) -> None:
    action, _ = SAMPLES[name]
    assert Action.model_validate(json.loads(json.dumps(action.wire()))) == action


def made(changes: tuple[FieldChange, ...], raw: Mapping[str, Any]) -> dict[str, Any]:
    """The object after the changes, as the executor would send them."""
    if mergeable(changes):
        return dict(stamped(merged(raw, merge_patch(changes))))
    return dict(patched(raw, json_patch(changes, STAMPS, raw)))


def stamped(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object with our stamps."""
    result: Mapping[str, Any] = merged(raw, {"metadata": {"annotations": STAMPS}})
    return result


def filled(value: object) -> object:
    """Without empty maps and lists: a field that is taken away may leave the map that it was in."""
    if isinstance(value, dict):
        inner = {key: filled(each) for key, each in value.items()}
        return {key: each for key, each in inner.items() if each not in ({}, [])}
    return [filled(each) for each in value] if isinstance(value, list) else value
