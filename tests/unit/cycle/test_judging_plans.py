"""After the change: did it help, and what a person says of it."""

import pytest

from autonomic.domain.plans import AdaptationPlan
from tests.unit.cycle.world import World, message
from tests.unit.domain.specimens import DEPLOYMENT


async def test_a_change_that_did_not_help_is_rolled_back_and_says_why() -> None:
    async with World() as world:
        world.cures = False
        world.trouble()
        world.start()
        plan = await world.until("RolledBack")
        assert world.moves == [4, 2]
        assert message(plan) == "not better by the deadline: burn over 5m is 100.0, wanted below 14.4; rolled back"


async def test_a_rollback_over_another_s_change_is_refused_and_names_the_field() -> None:
    async with World() as world:
        world.cures = False
        world.trouble()
        world.start()
        await world.until("Verifying")
        await world.cluster.patch_as("hpa", DEPLOYMENT, {"spec": {"replicas": 5}})
        await world.cluster.patch_as("hpa", DEPLOYMENT, {"spec": {"replicas": 4}})
        plan = await world.until("Failed")
        assert "not rolled back: /spec/replicas now belongs to hpa" in message(plan)
        assert (world.moves, await world.replicas()) == ([4], 4)


async def inconclusive(world: World) -> AdaptationPlan:
    world.trouble()
    world.start()
    await world.until("Verifying")
    world.model.down = True
    plan = await world.until("Inconclusive")
    world.model.down = False
    return plan


async def test_what_can_t_be_judged_waits_for_a_person_however_long() -> None:
    async with World() as world:
        plan = await inconclusive(world)
        assert message(plan, "Verified").startswith("cannot be judged at the deadline: Prometheus is down")
        await world.passes(3600)
        assert world.moves == [4]
        assert (await world.plans())[0].status.phase == "Inconclusive"


async def test_a_person_may_keep_what_could_not_be_judged() -> None:
    async with World() as world:
        await inconclusive(world)
        await world.review("Keep", by="ann", message="looks good")
        plan = await world.until("Succeeded")
        assert message(plan) == "kept by ann: looks good"
        assert world.moves == [4]


async def test_a_person_may_roll_back_what_could_not_be_judged() -> None:
    async with World() as world:
        await inconclusive(world)
        await world.review("RollBack", by="ann")
        plan = await world.until("RolledBack")
        assert (world.moves, plan.status.reviewed_by) == ([4, 2], "ann")


@pytest.mark.parametrize("void", [{"by": ""}, {"digest": "sha256:" + "a" * 64}], ids=["nobody", "another digest"])
async def test_an_answer_that_does_not_count_leaves_an_inconclusive_plan_waiting(void: dict[str, str]) -> None:
    async with World() as world:
        await inconclusive(world)
        await world.review("RollBack", **void)
        await world.passes(60)
        assert ((await world.plans())[0].status.phase, world.moves) == ("Inconclusive", [4])


async def test_a_plan_that_succeeded_can_be_taken_back_once() -> None:
    async with World() as world:
        world.trouble()
        world.start()
        await world.until("Succeeded")
        await world.review("RollBack", by="ann", message="too dear")
        plan = await world.until("RolledBack")
        assert message(plan) == "ann wants it rolled back: too dear; rolled back"
        await world.review("RollBack", by="ann")
        await world.passes(60)
        assert world.moves == [4, 2]
