"""What is read around a target: who scales it, what it scales, and what actions look at beside it."""

import inspect
from typing import Any

import pytest

from autonomic.cycle.gathering import gather_targets
from autonomic.domain.errors import Forbidden, NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.domain.targets import Target
from autonomic.domain.view import NamespaceView, View
from autonomic.execution.actions import BUILT_IN
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster
from tests.contract.actions.autoscalers import hpa, scaled_object
from tests.contract.actions.queues import cluster_queue, job
from tests.contract.actions.row import Manifest, manifest, noted
from tests.contract.actions.workloads import deployment, isolation, stateful_set
from tests.unit.domain.specimens import NOW

VIEW = View(NOW, namespaces={"shop": NamespaceView("shop", {"team": "a"}, {})})


async def gathered(made: Manifest, *around: Manifest) -> Target:
    """The target, in a cluster with these objects around it."""
    cluster = MemoryCluster(ManualClock(NOW))
    for each in (made, *around):
        home = {} if each["kind"] == "ClusterQueue" else {"namespace": "shop"}
        await cluster.create({**each, "metadata": {**home, **each["metadata"]}})
    ref = ObjectRef(api_version=made["apiVersion"], kind=made["kind"], name=made["metadata"]["name"], namespace="shop")
    (target,) = await gather_targets(cluster, (ref,), VIEW, (None,))
    return target


def scaling(make: Any, **ref: str | None) -> Manifest:
    """An autoscaler of that workload."""
    made: Manifest = make("scaler")
    named = {
        key: value
        for key, value in {"apiVersion": "apps/v1", "kind": "Deployment", "name": "it", **ref}.items()
        if value
    }
    return {**made, "spec": {**made["spec"], "scaleTargetRef": named}}


@pytest.mark.parametrize(
    ("scaler", "named"),
    [
        (scaling(hpa), "HorizontalPodAutoscaler scaler"),
        (scaling(scaled_object), "ScaledObject scaler"),
        (scaling(scaled_object, apiVersion=None, kind=None), "ScaledObject scaler"),
        (scaling(hpa, apiVersion="apps/v1beta2"), "HorizontalPodAutoscaler scaler"),
        (scaling(hpa, name="other"), None),
        (scaling(hpa, kind="StatefulSet"), None),
        (scaling(hpa, apiVersion="example.com/v1"), None),
    ],
)
async def test_what_scales_a_workload_is_found(scaler: Manifest, named: str | None) -> None:
    assert (await gathered(deployment("it"), scaler)).autoscaler == named


async def test_a_scaled_object_is_named_rather_than_the_hpa_that_it_made() -> None:
    both = (scaling(hpa), {**scaling(scaled_object), "metadata": {"name": "above"}})
    assert (await gathered(deployment("it"), *both)).autoscaler == "ScaledObject above"


@pytest.mark.parametrize("make", [hpa, scaled_object])
async def test_of_an_autoscaler_the_workload_is_read_too(make: Any) -> None:
    scaled = stateful_set("it")
    target = await gathered(scaling(make, kind="StatefulSet"), scaled)
    assert [(each["kind"], each["metadata"]["name"]) for each in target.related] == [("StatefulSet", "it")]
    assert (await gathered(scaling(make), scaled)).related == ()
    assert (await gathered(scaling(make, apiVersion="example.com/v1", kind="Game"))).related == ()


async def test_what_an_action_looks_at_is_read_only_where_the_owner_lets_it_act() -> None:
    policy = isolation("it")
    kept = manifest("apps/v1", "ReplicaSet", "it-1")
    assert (await gathered(deployment("it"), *policy, kept)).related == ()
    may = await gathered(deployment("it", annotations=noted(allow_quarantine="true")), *policy, kept)
    assert [each["kind"] for each in may.related] == ["NetworkPolicy"]
    may = await gathered(deployment("it", annotations=noted(allow_rollback="true")), *policy, kept)
    assert [each["kind"] for each in may.related] == ["ReplicaSet"]


async def test_beside_a_job_are_the_jobs_of_its_namespace() -> None:
    target = await gathered(job("it"), job("it-retry-1"))
    assert [each["metadata"]["name"] for each in target.related] == ["it", "it-retry-1"]
    assert target.namespace_labels == {"team": "a"}


async def test_what_is_in_no_namespace_is_found_from_one() -> None:
    assert (await gathered(cluster_queue("it"))).ref.namespace == "shop"


async def test_a_target_that_is_missing_is_named() -> None:
    missing = ObjectRef(api_version="apps/v1", kind="Deployment", name="it", namespace="shop")
    with pytest.raises(NotFound, match="Deployment shop/it"):
        await gather_targets(MemoryCluster(ManualClock(NOW)), (missing,), VIEW, (None,))


async def test_an_autoscaler_that_may_not_be_read_is_no_absence_of_one() -> None:
    cluster = MemoryCluster(ManualClock(NOW))
    await cluster.create({**deployment("it"), "metadata": {"name": "it", "namespace": "shop"}})
    cluster.fail_next("list", Forbidden("may not list"))
    ref = ObjectRef(api_version="apps/v1", kind="Deployment", name="it", namespace="shop")
    with pytest.raises(Forbidden):
        await gather_targets(cluster, (ref,), VIEW, (None,))


async def test_what_scales_a_workload_is_asked_for_no_action_that_does_not_look_at_it() -> None:
    cluster = MemoryCluster(ManualClock(NOW))
    await cluster.create({**deployment("it"), "metadata": {"name": "it", "namespace": "shop"}})
    await cluster.create({**scaling(hpa), "metadata": {"name": "scaler", "namespace": "shop"}})
    ref = ObjectRef(api_version="apps/v1", kind="Deployment", name="it", namespace="shop")
    kinds = (BUILT_IN["Scale"], BUILT_IN["Restart"], None)
    targets = await gather_targets(cluster, (ref, ref, ref), VIEW, kinds)
    named = "HorizontalPodAutoscaler scaler"
    assert [each.autoscaler for each in targets] == [named, None, named]


@pytest.mark.parametrize("action", sorted(BUILT_IN))
def test_an_action_that_looks_at_what_scales_its_target_says_so(action: str) -> None:
    lines = inspect.getsource(inspect.getmodule(type(BUILT_IN[action])) or object)
    assert ("target.autoscaler" in lines) == BUILT_IN[action].minds_autoscaler
