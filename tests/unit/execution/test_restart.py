"""Restart: a mark that rolls the pods once."""

from typing import Any

import pytest

from autonomic.domain.actions import PermittedAction
from autonomic.domain.meta import ObjectRef
from autonomic.domain.targets import Target
from autonomic.domain.words import RESTARTED_ANNOTATION
from autonomic.execution.actions.restart import RestartAction
from tests.unit.domain.specimens import deployment, target

RESTART = RestartAction()
STATEFUL_SET = ObjectRef(api_version="apps/v1", kind="StatefulSet", name="agent", namespace="shop")
MARK = "2025-01-01T12:00:00+00:00"
ACTION = RESTART.fix(PermittedAction.model_validate({"type": "Restart", "restart": {}}), target(), MARK)


def marked(**status: Any) -> Target:
    raw = deployment(**status)
    raw["spec"]["template"]["metadata"] = {"annotations": {RESTARTED_ANNOTATION: "2025-01-01T12:00:00Z"}}
    return target(raw)


def test_a_restart_changes_the_mark_of_the_pod_template_and_nothing_else() -> None:
    (change,) = RESTART.changes(ACTION, target())
    assert change.path == "/spec/template/metadata/annotations/autonomic.maestro.dev~1restartedAt"
    assert (change.before, change.after) == (None, '"2025-01-01T12:00:00Z"')


def test_the_same_mark_rolls_the_pods_once() -> None:
    assert RESTART.changes(ACTION, marked()) == ()


@pytest.mark.parametrize(
    "status",
    [{"observedGeneration": 0}, {"updatedReplicas": 1}, {"replicas": 3}, {"updatedReplicas": 0, "replicas": 0}],
    ids=str,
)
def test_a_workload_in_the_middle_of_a_rollout_is_not_restarted(status: dict[str, int]) -> None:
    said = RESTART.objection(ACTION, target(deployment(**status)))
    assert said == "Deployment shop/agent is in the middle of a rollout"


def test_our_own_rollout_is_no_objection() -> None:
    assert RESTART.objection(ACTION, marked(updatedReplicas=0)) is None


def test_a_workload_that_never_reported_counts_as_rolling() -> None:
    raw = deployment()
    raw["status"] = {}
    assert RESTART.objection(ACTION, target(raw)) is not None


def test_a_paused_workload_is_not_restarted() -> None:
    raw = deployment()
    raw["spec"]["paused"] = True
    said = RESTART.objection(ACTION, target(raw))
    assert said is not None
    assert "paused" in said


def test_a_workload_at_rest_may_be_restarted() -> None:
    assert RESTART.objection(ACTION, target()) is None
    assert RESTART.objection(ACTION, target(deployment(0))) is None
    assert RESTART.replicas(ACTION, target()) is None
    assert RESTART.effects(ACTION, target()) == frozenset()
    assert not RESTART.reversible


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"updateStrategy": {"type": "OnDelete"}}, "replaces pods only when somebody deletes them"),
        ({"updateStrategy": {"rollingUpdate": {"partition": 2}}}, "holds 2 of its pods back"),
    ],
    ids=["on delete", "partition"],
)
def test_a_stateful_set_whose_pods_would_stay_is_not_restarted(spec: dict[str, Any], why: str) -> None:
    raw = deployment()
    raw["spec"] |= spec
    said = RESTART.objection(ACTION, Target(STATEFUL_SET, raw))
    assert said is not None
    assert why in said


def test_a_stateful_set_is_restarted_like_a_deployment() -> None:
    assert RESTART.objection(ACTION, Target(STATEFUL_SET, deployment())) is None
    assert RESTART.changes(ACTION, Target(STATEFUL_SET, deployment())) == RESTART.changes(ACTION, target())


@pytest.mark.parametrize(("group", "kind"), [("batch/v1", "CronJob"), ("example.com/v1", "Deployment")])
def test_nothing_else_is_restarted(group: str, kind: str) -> None:
    other = Target(ObjectRef(api_version=group, kind=kind, name="agent", namespace="shop"), deployment())
    assert RESTART.objection(ACTION, other) == f"Restart acts on Deployments and StatefulSets, not on {kind} shop/agent"


def test_it_has_taken_when_all_pods_are_new_and_ready() -> None:
    assert RESTART.pending(ACTION, target(deployment(readyReplicas=2))) is None
    assert (
        RESTART.pending(ACTION, target(deployment(readyReplicas=1)))
        == "Deployment shop/agent: 1 of 2 replicas are ready"
    )
    unseen = RESTART.pending(ACTION, target(deployment(readyReplicas=2, observedGeneration=0)))
    assert unseen == "Deployment shop/agent: the controller has not seen the change yet"
