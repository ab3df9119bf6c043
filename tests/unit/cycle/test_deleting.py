"""What becomes of a plan when something that it stands on is deleted: nothing is stuck, and nothing is written blindly."""

from typing import Any

import pytest

from autonomic.domain.errors import Unavailable
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION, ENABLED_LABEL
from tests.unit.cycle.world import PERSON, World, message, reason
from tests.unit.domain.specimens import DEPLOYMENT, contract_raw, objective

CONTRACT = ObjectRef(api_version=API_VERSION, kind="SLAContract", name="agent", namespace="shop")
PLAYBOOK = ObjectRef(api_version=API_VERSION, kind="SelfHealingPlaybook", name="crashes", namespace="shop")
LOOP = ObjectRef(api_version=API_VERSION, kind="ControlLoop", name="reliability")
NAMESPACE = ObjectRef(api_version="v1", kind="Namespace", name="shop")


async def delete(world: World, ref: ObjectRef) -> None:
    """Somebody deletes it."""
    await world.cluster.delete(ref, (await world.cluster.get(ref))["metadata"]["uid"])


async def burning(world: World, phase: str) -> None:
    """A plan of the contract in that phase."""
    if phase == "AwaitingApproval":
        world.policy.answer = PERSON
    if phase == "Executing":
        world.cluster.fail_next("patch", Unavailable("no answer"))
    world.trouble()
    world.start()
    await world.until(phase)


async def test_a_contract_deleted_while_its_plan_waits_supersedes_it() -> None:
    async with World() as world:
        await burning(world, "AwaitingApproval")
        await delete(world, CONTRACT)
        plan = await world.until("Superseded", within=60)
        assert message(plan) == "the objective agent/success is gone"
        assert world.moves == []


async def test_a_contract_deleted_while_its_plan_is_verified_leaves_the_judgement_to_a_person() -> None:
    async with World() as world:
        await burning(world, "Verifying")
        await delete(world, CONTRACT)
        plan = await world.until("Inconclusive", within=200)
        assert message(plan, "Verified") == "the objective agent/success is gone; review it with Keep or RollBack"
        await world.review("RollBack")
        await world.until("RolledBack")
        assert world.moves == [4, 2]


async def test_a_contract_that_is_renamed_has_plans_of_its_own_once_the_old_one_s_is_over() -> None:
    async with World() as world:
        await burning(world, "AwaitingApproval")
        old = await world.cluster.get(CONTRACT)
        await delete(world, CONTRACT)
        spec = {**old["spec"], "objectives": [objective(alerting=old["spec"]["objectives"][0]["alerting"])]}
        await world.cluster.create({**contract_raw("renamed"), "spec": spec})
        await world.passes(120)
        plans = {each.metadata.name.split("-")[0]: each.status.phase for each in await world.plans()}
        assert plans == {"agent": "Superseded", "renamed": "AwaitingApproval"}


async def test_a_playbook_deleted_while_its_plan_waits_supersedes_it() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.model.signal.change(world.clock.now(), "0.2")
        world.start()
        await world.until("AwaitingApproval")
        await delete(world, PLAYBOOK)
        plan = await world.until("Superseded", within=60)
        assert message(plan) == "the playbook crashes is gone"
        assert world.moves == []


async def test_a_playbook_deleted_while_its_plan_is_verified_changes_nothing_about_it() -> None:
    async with World() as world:
        world.model.signal.change(world.clock.now(), "0.2")
        world.start()
        await world.until("Verifying")
        await delete(world, PLAYBOOK)
        await world.until("Succeeded")
        assert world.moves == ["restart"]


async def test_a_loop_deleted_while_its_plan_waits_leaves_it_waiting_until_it_expires() -> None:
    async with World() as world:
        await burning(world, "AwaitingApproval")
        await delete(world, LOOP)
        await world.review("Approved")
        await world.passes(30)
        (plan,) = await world.plans()
        assert reason(plan, "Governed") == "ModeObserve"
        await world.until("Expired")
        assert world.moves == []


async def test_a_loop_deleted_while_its_plan_is_verified_changes_nothing_about_it() -> None:
    async with World() as world:
        world.cures = False
        await burning(world, "Verifying")
        await delete(world, LOOP)
        await world.until("RolledBack")


@pytest.mark.parametrize("phase", ["AwaitingApproval", "Executing", "Verifying"])
async def test_a_target_deleted_at_any_time_ends_its_plan_without_a_page(phase: str) -> None:
    async with World() as world:
        world.cures = False
        await burning(world, phase)
        before = list(world.moves)
        await delete(world, DEPLOYMENT)
        plan = await world.until("Superseded" if phase == "AwaitingApproval" else "Failed")
        assert "there is no" in message(plan) or "is gone" in message(plan)
        assert world.moves == before
        assert "RollbackFailed" not in world.diary.names


@pytest.mark.parametrize("phase", ["Executing", "Verifying"])
async def test_a_target_deleted_and_created_again_is_never_written_by_the_old_plan(phase: str) -> None:
    async with World() as world:
        world.cures = False
        await burning(world, phase)
        old, before = await world.live(), list(world.moves)
        await delete(world, DEPLOYMENT)
        await world.cluster.create({key: value for key, value in old.items() if key != "status"})
        await world.until("Failed")
        assert world.moves == before
        assert "RollbackFailed" not in world.diary.names


async def deleted_plan(world: World, phase: str) -> list[Any]:
    """What was written to the workload after the plan was deleted in that phase, and the contract asks for no more."""
    await burning(world, phase)
    (plan,) = await world.plans()
    await world.cluster.patch_as("owner", CONTRACT, {"spec": {"adaptations": []}})
    before = len(world.moves)
    await delete(world, plan.ref)
    await world.passes(1200)
    assert await world.plans() == []
    return world.moves[before:]


@pytest.mark.parametrize("phase", ["AwaitingApproval", "Executing", "Verifying"])
async def test_after_a_plan_is_deleted_nothing_more_of_it_is_written(phase: str) -> None:
    async with World() as world:
        world.cures = False
        assert await deleted_plan(world, phase) == []


async def test_a_plan_deleted_in_flight_is_told_with_what_it_changed() -> None:
    async with World() as world:
        await deleted_plan(world, "Verifying")
        (told,) = [fact for _, fact in world.diary.facts if fact.name == "PlanVanished"]
        assert told.warning
        assert told.message == (
            "deleted in flight, and what it changed stands: Deployment shop/agent /spec/replicas from 2 to 4"
        )


async def test_a_plan_deleted_before_it_acted_is_told_by_nothing() -> None:
    async with World() as world:
        await deleted_plan(world, "AwaitingApproval")
        assert "PlanVanished" not in world.diary.names


@pytest.mark.parametrize("phase", ["AwaitingApproval", "Executing", "Verifying"])
async def test_a_namespace_that_is_deleted_with_all_that_it_holds_leaves_nothing_behind(phase: str) -> None:
    async with World() as world:
        world.cures = False
        await burning(world, phase)
        (plan,) = await world.plans()
        before = list(world.moves)
        for ref in (DEPLOYMENT, plan.ref, PLAYBOOK, CONTRACT, NAMESPACE):
            await delete(world, ref)
        await world.passes(1200)
        assert (world.moves, await world.plans()) == (before, [])


async def label(world: World, value: str | None) -> None:
    """An administrator opts the namespace in, or out."""
    await world.cluster.patch_as("admin", NAMESPACE, {"metadata": {"labels": {ENABLED_LABEL: value}}})


async def test_a_namespace_that_opts_out_leaves_the_judgement_to_a_person_and_its_undoing_waits_until_it_opts_in() -> (
    None
):
    async with World() as world:
        world.cures = False
        await burning(world, "Verifying")
        await label(world, None)
        await world.until("Inconclusive")
        await world.review("RollBack")
        await world.passes(60)
        (plan,) = await world.plans()
        assert (reason(plan, "Finished"), world.moves) == ("NamespaceNotEnabled", [4])
        await label(world, "true")
        await world.until("RolledBack")
        assert world.moves[:2] == [4, 2]
