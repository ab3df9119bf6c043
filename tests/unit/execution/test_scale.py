"""Scale: how far, on what, and what it declines."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.actions import Action, PermittedAction
from autonomic.domain.meta import ObjectRef
from autonomic.domain.targets import Target
from autonomic.domain.words import SECURITY_SCANNER_LABEL
from autonomic.execution.action import Declined
from autonomic.execution.actions.scale import ScaleAction
from tests.unit.domain.specimens import deployment, target

SCALE = ScaleAction()


def permitted(**scale: Any) -> PermittedAction:
    return PermittedAction.model_validate({"type": "Scale", "scale": scale})


def fixed(replicas: int) -> Action:
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent", "uid": "uid-agent"}
    return Action.model_validate({"type": "Scale", "targetRef": ref, "scale": {"replicas": replicas}})


@pytest.mark.parametrize(
    ("now", "wish", "then"),
    [
        (2, {"by": 2, "max": 10}, 4),
        (9, {"by": 4, "max": 10}, 10),
        (None, {"by": 1, "max": 10}, 2),
        (0, {"by": 1, "max": 10}, 1),
        (5, {"by": -2, "max": 10}, 3),
        (3, {"by": -9, "min": 2, "max": 10}, 2),
        (0, {"by": 1, "min": 5, "max": 10}, 5),
    ],
)
def test_replicas_move_by_so_many_within_the_bounds(now: int | None, wish: dict[str, int], then: int) -> None:
    action = SCALE.fix(permitted(**wish), target(deployment(now)), "")
    assert action.scale is not None
    assert action.scale.replicas == then
    assert action.target_ref.uid == "uid-agent"


@pytest.mark.parametrize(
    ("now", "wish"),
    [
        (10, {"by": 2, "max": 10}),
        (20, {"by": 2, "max": 10}),
        (1, {"by": -2, "max": 10}),
        (1, {"by": -1, "min": 5, "max": 9}),
    ],
)
def test_no_move_in_the_wanted_direction_is_declined(now: int, wish: dict[str, int]) -> None:
    with pytest.raises(Declined, match=f"has {now} replicas"):
        SCALE.fix(permitted(**wish), target(deployment(now)), "")


@given(st.integers(0, 50), st.integers(-20, 20).filter(bool), st.integers(0, 30), st.integers(0, 30))
def test_a_move_is_never_against_its_direction_nor_out_of_bounds(now: int, by: int, low: int, more: int) -> None:
    high = low + more + 1
    try:
        action = SCALE.fix(permitted(by=by, min=low, max=high), target(deployment(now)), "")
    except Declined:
        return
    assert action.scale is not None
    assert (action.scale.replicas - now) * by > 0
    assert low <= action.scale.replicas <= high


def test_a_workload_under_an_autoscaler_is_never_scaled() -> None:
    said = SCALE.objection(fixed(4), target(autoscaler="agent-hpa"))
    assert said is not None
    assert "HorizontalPodAutoscaler agent-hpa" in said


@pytest.mark.parametrize(("group", "kind"), [("apps/v1", "StatefulSet"), ("example.com/v1", "Deployment")])
def test_only_a_deployment_is_scaled(group: str, kind: str) -> None:
    other = Target(ObjectRef(api_version=group, kind=kind, name="agent", namespace="shop"), deployment())
    assert SCALE.objection(fixed(4), other) == f"Scale acts on Deployments, not on {kind} shop/agent"


def test_a_deployment_on_its_own_may_be_scaled_and_only_its_replicas_change() -> None:
    assert SCALE.objection(fixed(4), target()) is None
    (change,) = SCALE.changes(fixed(4), target())
    assert (change.path, change.before, change.after) == ("/spec/replicas", "2", "4")
    assert SCALE.changes(fixed(2), target()) == ()
    assert SCALE.describe(fixed(4), target()) == "scale from 2 to 4 replicas"
    assert SCALE.replicas(fixed(4), target()) == (2, 4)


@pytest.mark.parametrize(
    ("label", "replicas", "disables"), [("true", 0, True), ("true", 1, False), ("false", 0, False)]
)
def test_scaling_a_security_scanner_to_nothing_disables_it(label: str, replicas: int, disables: bool) -> None:
    raw = deployment()
    raw["metadata"]["labels"] = {SECURITY_SCANNER_LABEL: label}
    assert (SCALE.effects(fixed(replicas), target(raw)) == {"DisableSecurityScanners"}) == disables
