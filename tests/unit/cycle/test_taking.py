"""Whether a change has taken: rolled out, and still as it was left."""

from typing import Any

from autonomic.cycle.plan.taking import Taking
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.view import View
from autonomic.execution.actions import BUILT_IN
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster
from tests.unit.domain.specimens import DEPLOYMENT, NOW, deployment, execution, plan


async def changed(**status: Any) -> tuple[MemoryCluster, AdaptationPlan]:
    """A Deployment that a plan scaled to 4."""
    cluster = MemoryCluster(ManualClock(NOW))
    await cluster.create(deployment(2))
    await cluster.patch(DEPLOYMENT, {"spec": {"replicas": 4}})
    seen = {"observedGeneration": 2, "replicas": 4, "updatedReplicas": 4, "readyReplicas": 4, **status}
    await cluster.patch_status(DEPLOYMENT, {"status": seen})
    return cluster, plan(status={"execution": execution()})


async def pending(cluster: MemoryCluster, made: AdaptationPlan) -> str | None:
    return await Taking(cluster, BUILT_IN).pending(made, View(NOW))


async def test_a_change_that_is_rolled_out_has_taken() -> None:
    assert await pending(*await changed()) is None


async def test_a_rollout_that_hangs_has_not() -> None:
    said = await pending(*await changed(readyReplicas=3))
    assert said == "Deployment shop/agent: 3 of 4 replicas are ready"


async def test_a_value_that_somebody_put_back_has_not_and_they_are_named() -> None:
    cluster, made = await changed()
    await cluster.patch_as("argocd", DEPLOYMENT, {"spec": {"replicas": 2}})
    await cluster.patch_status(DEPLOYMENT, {"status": {"observedGeneration": 3, "replicas": 2}})
    assert await pending(cluster, made) == "/spec/replicas of Deployment shop/agent was changed by argocd"


async def test_a_target_that_is_gone_has_not() -> None:
    cluster, made = await changed()
    await cluster.delete(DEPLOYMENT, (await cluster.get(DEPLOYMENT))["metadata"]["uid"])
    assert await pending(cluster, made) == "there is no Deployment shop/agent"
