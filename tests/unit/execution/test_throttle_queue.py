"""ThrottleQueue: each kind in its own way, and never so that work is lost."""

import pytest

from autonomic.domain.actions import PermittedAction
from tests.contract.actions.autoscalers import scaled_object
from tests.contract.actions.config import config_map
from tests.contract.actions.queues import (
    cluster_queue,
    consumer,
    cron_job,
    job,
    kafka_user,
    local_queue,
    policy,
    runner_set,
)
from tests.contract.actions.row import Manifest, manifest
from tests.unit.execution.samples import KINDS, fixed, placed, target_of

THROTTLE = KINDS["ThrottleQueue"]
GPU = {"flavor": "a100", "resource": "nvidia.com/gpu"}


def changed(made: Manifest, **wish: object) -> dict[str, str | None]:
    """The values after, by path."""
    target = target_of(placed(made))
    action = fixed({"type": "ThrottleQueue", "throttleQueue": wish}, target)
    assert THROTTLE.objection(action, target) is None
    return {each.path: each.after for each in THROTTLE.changes(action, target)}


def said(made: Manifest, **wish: object) -> str:
    """What is objected."""
    target = target_of(placed(made))
    return str(THROTTLE.objection(fixed({"type": "ThrottleQueue", "throttleQueue": wish}, target), target))


def test_what_is_held_runs_again() -> None:
    held = local_queue("it")
    held["spec"]["stopPolicy"] = "Hold"
    assert changed(held, to="Run") == {"/spec/stopPolicy": '"None"'}
    suspended = cron_job("it")
    suspended["spec"]["suspend"] = True
    assert changed(suspended, to="Run") == {"/spec/suspend": "false"}
    paused = {**scaled_object("it")}
    paused["metadata"] = {"name": "it", "annotations": {"autoscaling.keda.sh/paused-scale-out": "true"}}
    assert changed(paused, to="Run") == {"/metadata/annotations/autoscaling.keda.sh~1paused-scale-out": None}


@pytest.mark.parametrize(
    ("limit", "written"),
    [(0, "0"), (4, "4"), (999, "999"), (1000, "1k"), (1500, "1500"), (64_000, "64k"), (2_000_000, "2M"), (10**9, "1G")],
)
def test_a_quota_is_written_as_kueue_writes_it(limit: int, written: str) -> None:
    assert list(changed(cluster_queue("it"), limit=limit, **GPU).values()) == [f'"{written}"']


def test_a_quota_is_found_in_whichever_group_it_is() -> None:
    assert list(changed(cluster_queue("it"), limit=9, flavor="spot", resource="cpu")) == [
        "/spec/resourceGroups/0/flavors/[name=spot]/resources/[name=cpu]/nominalQuota"
    ]


def test_a_quota_that_it_has_already_is_no_change() -> None:
    assert changed(cluster_queue("it"), limit=8, **GPU) == {}


@pytest.mark.parametrize(
    ("made", "wish", "why"),
    [
        (local_queue("it"), {"limit": 3}, "LocalQueue shop/it takes to: Hold or Run, not a limit"),
        (job("it"), {"to": "Hold"}, "Job shop/it takes a limit, not to"),
        (job("it"), {"limit": 0}, "limit 0 is below 1"),
        (scaled_object("it"), {"limit": 0}, "limit 0 is below 1"),
        (consumer("it"), {"limit": 0}, "limit 0 is below 1"),
        (policy("it"), {"limit": 0}, "limit 0 is below 1"),
        (config_map("it", limit="5"), {"limit": 0, "key": "limit"}, "limit 0 is below 1"),
        (config_map("it", limit="5"), {"limit": 3}, "a ConfigMap needs key"),
        (config_map("it", secretive="5"), {"limit": 3, "key": "secretive"}, "does not let secretive be changed"),
        (config_map("it"), {"limit": 3, "key": "limit"}, "holds (none), and no number of a semaphore"),
        (cluster_queue("it"), {"limit": 3, "flavor": "a100"}, "a ClusterQueue needs resource"),
        (cluster_queue("it"), {"limit": 3, "flavor": "spot", "resource": "nvidia.com/gpu"}, "has no quota"),
        (kafka_user("it"), {"limit": 3, "resource": "requestPercentage"}, "resource is one of producerByteRate"),
        (runner_set("it"), {"to": "Hold"}, "AutoscalingRunnerSet shop/it takes a limit, not to"),
        (runner_set("it"), {"limit": 0}, "limit 0 is below 1"),
        (runner_set("it", minRunners=3), {"limit": 2}, "keeps at least 3 runners: a limit of 2 is below that"),
        (manifest("apps/v1", "Deployment", "it"), {"limit": 3}, "not on Deployment shop/it"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_kind_does_not_understand_or_could_not_live_with_is_refused(
    made: Manifest, wish: dict[str, object], why: str
) -> None:
    assert why in said(made, **wish)


def test_a_queue_lent_to_nobody_or_to_another_namespace_is_left_alone() -> None:
    for lent in ({}, {"autonomic.maestro.dev/tenant": "bank"}):
        made = cluster_queue("it")
        made["metadata"] = {"name": "it", "annotations": lent}
        assert "is not annotated autonomic.maestro.dev/tenant=shop" in said(made, limit=3, **GPU)


def test_a_policy_that_throws_messages_away_is_never_tightened() -> None:
    for overflow in ({}, {"overflow": "drop-head"}, {"overflow": "reject-publish-dlx"}):
        made = policy("it")
        made["spec"]["definition"] = {"max-length": 10, **overflow}
        assert "would delete messages" in said(made, limit=3)


@pytest.mark.parametrize(
    ("made", "wish", "counted"),
    [
        (scaled_object("it", maxReplicaCount=10), {"limit": 2}, (10, 2)),
        (scaled_object("it"), {"limit": 2}, (100, 2)),
        (scaled_object("it"), {"to": "Hold"}, None),
        (consumer("it"), {"limit": 2}, None),
    ],
)
def test_a_limit_of_replicas_is_held_to_the_limits_of_scaling(
    made: Manifest, wish: dict[str, object], counted: tuple[int, int] | None
) -> None:
    target = target_of(placed(made))
    assert THROTTLE.replicas(fixed({"type": "ThrottleQueue", "throttleQueue": wish}, target), target) == counted


@pytest.mark.parametrize("wish", [{}, {"to": "Hold", "limit": 3}, {"to": "HoldAndDrain"}], ids=str)
def test_a_wish_that_is_none_or_two_or_would_evict_cannot_be_said(wish: dict[str, object]) -> None:
    if wish.get("to") == "HoldAndDrain":
        with pytest.raises(ValueError, match="Hold"):
            PermittedAction.model_validate({"type": "ThrottleQueue", "throttleQueue": wish})
    else:
        assert said(local_queue("it"), **wish) == "set exactly one of to and limit"
