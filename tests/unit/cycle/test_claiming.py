"""The last look before a claim: plans are ruled at the same time, and must not both find the last place free."""

import asyncio
from collections.abc import Mapping
from typing import Any

from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.words import API_VERSION
from tests.unit.cycle.world import APPROVE, World, reason
from tests.unit.domain.specimens import DEPLOYMENT, deployment, plan_spec


async def burn(world: World) -> None:
    """The contract is in breach, and allows nothing itself: the plans of a test are what is asked for."""
    world.trouble()
    contract = DEPLOYMENT.model_copy(update={"api_version": API_VERSION, "kind": "SLAContract", "name": "agent"})
    await world.cluster.patch_as("owner", contract, {"spec": {"adaptations": []}})
    world.start()
    while not await breached(world):
        await world.passes(1)
    await world.kill()


async def breached(world: World) -> bool:
    """Whether the contract's status says so."""
    (raw,) = await world.cluster.list(API_VERSION, "SLAContract")
    return any(each["alert"] == "Breach" for each in raw.get("status", {}).get("objectives", []))


async def add_plan(world: World, name: str, workload: str, loop: str = "reliability", replicas: int = 4) -> None:
    """A plan that scales that workload, to 4."""
    ref = DEPLOYMENT.model_copy(update={"name": workload})
    uid = (await world.cluster.get(ref))["metadata"]["uid"]
    pinned = {"apiVersion": "apps/v1", "kind": "Deployment", "name": workload, "uid": uid}
    action = {"type": "Scale", "targetRef": pinned, "scale": {"replicas": replicas}}
    spec = plan_spec(actions=[action], controlLoop=loop, expiresAt="2025-01-01T12:20:00Z")
    meta = {"name": name, "namespace": "shop"}
    await world.cluster.create(
        {"apiVersion": API_VERSION, "kind": "AdaptationPlan", "metadata": meta, "spec": spec.wire()}
    )


def answer_together(world: World, number: int) -> None:
    """The policy engine answers only when so many have asked: all rulings are under way at once."""
    asked, all_asked = [], asyncio.Event()

    async def decide(request: Mapping[str, Any]) -> object:
        asked.append(request)
        if len(asked) >= number:
            all_asked.set()
        await all_asked.wait()
        return APPROVE

    world.policy.decide = decide  # type: ignore[method-assign]  # the same answer, later


def in_flight(plans: list[AdaptationPlan]) -> list[AdaptationPlan]:
    return [each for each in plans if each.status.execution]


async def test_two_plans_for_one_workload_are_never_carried_out_at_once() -> None:
    async with World() as world:
        await burn(world)
        answer_together(world, 2)
        await add_plan(world, "one", "agent")
        await add_plan(world, "two", "agent", replicas=3)
        world.start()
        await world.passes(5)
        plans = await world.plans()
        (flies,) = in_flight(plans)
        waits = next(each for each in plans if not each.status.execution)
        assert reason(waits, "Governed") == "TargetBusy"
        assert world.moves == [4 if flies.metadata.name == "one" else 3]


async def test_two_plans_never_both_take_the_last_place_that_a_redline_leaves() -> None:
    async with World() as world:
        await burn(world)
        other = deployment(2)
        other["metadata"] = {**other["metadata"], "name": "other"}
        await world.cluster.create(other)
        await world.redline(limits={"maxConcurrent": 1})
        answer_together(world, 2)
        await add_plan(world, "one", "agent")
        await add_plan(world, "two", "other")
        world.start()
        await world.passes(5)
        assert len(in_flight(await world.plans())) == 1


async def test_two_plans_for_two_workloads_are_carried_out_side_by_side() -> None:
    async with World() as world:
        await burn(world)
        other = deployment(2)
        other["metadata"] = {**other["metadata"], "name": "other"}
        await world.cluster.create(other)
        answer_together(world, 2)
        await add_plan(world, "one", "agent")
        await add_plan(world, "two", "other")
        world.start()
        await world.passes(5)
        assert len(in_flight(await world.plans())) == 2
