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


def test_only_a_deployment_is_restarted() -> None:
    other = Target(ObjectRef(api_version="apps/v1", kind="StatefulSet", name="agent", namespace="shop"), deployment())
    assert RESTART.objection(ACTION, other) == "Restart acts on Deployments, not on StatefulSet shop/agent"
