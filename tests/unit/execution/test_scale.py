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
from tests.unit.domain.specimens import deployment, meta, target

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
    said = SCALE.objection(fixed(4), target(autoscaler="HorizontalPodAutoscaler web"))
    assert said == "Deployment shop/agent is scaled by HorizontalPodAutoscaler web: change its bounds instead"


@pytest.mark.parametrize(("group", "kind"), [("batch/v1", "Job"), ("example.com/v1", "Deployment")])
def test_only_workloads_and_autoscalers_are_scaled(group: str, kind: str) -> None:
    other = Target(ObjectRef(api_version=group, kind=kind, name="agent", namespace="shop"), deployment())
    said = SCALE.objection(fixed(4), other)
    assert said is not None
    assert said.endswith(f"not on {kind} shop/agent")


def hpa(**spec: Any) -> Target:
    ref = ObjectRef(api_version="autoscaling/v2", kind="HorizontalPodAutoscaler", name="web", namespace="shop")
    return Target(ref, {"metadata": meta("web"), "spec": {"maxReplicas": 10, **spec}})


def scaled_object(annotations: dict[str, str] | None = None, **spec: Any) -> Target:
    ref = ObjectRef(api_version="keda.sh/v1alpha1", kind="ScaledObject", name="web", namespace="shop")
    return Target(ref, {"metadata": meta("web", annotations=annotations or {}), "spec": spec})


def bounded(bound: str, replicas: int) -> Action:
    ref = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "name": "web", "uid": "uid-web"}
    scale = {"replicas": replicas, "bound": bound}
    return Action.model_validate({"type": "Scale", "targetRef": ref, "scale": scale})


@pytest.mark.parametrize(
    ("autoscaler", "bound", "path", "before", "says"),
    [
        (hpa(), "Max", "/spec/maxReplicas", "10", "lower the most replicas from 10 to 4"),
        (hpa(), "Min", "/spec/minReplicas", None, "raise the fewest replicas from 1 to 4"),
        (scaled_object(), "Max", "/spec/maxReplicaCount", None, "lower the most replicas from 100 to 4"),
        (scaled_object(), "Min", "/spec/minReplicaCount", None, "raise the fewest replicas from 0 to 4"),
    ],
    ids=["hpa max", "hpa min", "keda max", "keda min"],
)
def test_of_an_autoscaler_one_bound_moves(
    autoscaler: Target, bound: str, path: str, before: str | None, says: str
) -> None:
    action = bounded(bound, 4)
    assert SCALE.objection(action, autoscaler) is None
    (change,) = SCALE.changes(action, autoscaler)
    assert (change.path, change.before, change.after) == (path, before, "4")
    assert SCALE.describe(action, autoscaler) == says


@pytest.mark.parametrize(
    ("autoscaler", "action", "why"),
    [
        (hpa(minReplicas=3), bounded("Max", 2), "would have between 3 and 2 replicas"),
        (hpa(), bounded("Min", 11), "would have between 11 and 10 replicas"),
        (hpa(), bounded("Min", 0), "can't scale to nothing"),
        (scaled_object(idleReplicaCount=0), bounded("Min", 0), "has 0 replicas when idle"),
        (scaled_object({"autoscaling.keda.sh/paused": "false"}), bounded("Max", 4), "is paused by its annotation"),
        (hpa(), fixed(4), "say which bound"),
        (hpa(maxReplicas="many"), bounded("Max", 4), "holds no number"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bound_that_makes_no_sense_is_refused(autoscaler: Target, action: Action, why: str) -> None:
    said = SCALE.objection(action, autoscaler)
    assert said is not None
    assert why in said


def test_an_autoscaler_that_another_keeps_is_left_to_it() -> None:
    kept = hpa()
    owner = {"kind": "ScaledObject", "name": "web", "uid": "uid-web", "controller": True}
    owned = Target(kept.ref, {**kept.raw, "metadata": meta("keda-hpa-web", ownerReferences=[owner])})
    said = SCALE.objection(bounded("Max", 4), owned)
    assert said == "HorizontalPodAutoscaler shop/web belongs to ScaledObject web: change that instead"


def test_a_bound_is_for_autoscalers_alone() -> None:
    assert SCALE.objection(bounded("Max", 4), target()) == "bound is for autoscalers alone"
    assert SCALE.replicas(bounded("Max", 4), target()) is None
    assert SCALE.effects(bounded("Max", 4), target()) == frozenset()


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
