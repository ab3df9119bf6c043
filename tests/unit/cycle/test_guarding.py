"""Guards: a storm, plans that fail, rollbacks that can't be made, and another manager that takes changes back."""

from typing import Any

from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.errors import Forbidden
from autonomic.domain.meta import ObjectRef
from autonomic.domain.meta import condition as find
from autonomic.domain.words import API_VERSION
from tests.unit.cycle.world import PERSON, World, message, reason
from tests.unit.domain.specimens import DEPLOYMENT

LOOP = ObjectRef(api_version=API_VERSION, kind="ControlLoop", name="reliability")
STORMY = {"storm": {"share": "0.5", "least": 1, "calm": "5m"}}
"""One workload that is unwell is a storm."""


async def guarded(world: World, **guards: Any) -> None:
    """The reliability loop has these guards."""
    await world.cluster.patch_as("governor", LOOP, {"spec": {"guards": guards}})


async def loop(world: World, name: str) -> tuple[str, str]:
    """Status and reason of the loop's condition."""
    found = find(ControlLoopResource.read(await world.cluster.get(LOOP)).status.conditions, name)
    return (found.status.value, found.reason) if found else ("", "")


async def touched(world: World) -> None:
    """A person resumes the loop."""
    for suspend in (True, False):
        await world.cluster.patch_as("governor", LOOP, {"spec": {"suspend": suspend}})


def told(world: World, name: str) -> list[str]:
    """What was told under that name."""
    return [fact.message for _, fact in world.diary.facts if fact.name == name]


async def test_in_a_storm_no_plan_is_made_and_a_fact_tells_it() -> None:
    async with World() as world:
        await guarded(world, **STORMY)
        world.trouble()
        world.start()
        await world.passes(120)
        assert await world.plans() == []
        assert await loop(world, "Storm") == ("True", "TooMuchUnwell")
        assert told(world, "StormBegan") == ["more than 0.5 of all workloads are unwell: no plan is begun (1 of 1)"]


async def test_a_plan_that_waits_when_a_storm_begins_is_not_begun_in_it_however_many_approve() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        world.start()
        await world.until("AwaitingApproval")
        await guarded(world, **STORMY)
        await world.review("Approved")
        await world.passes(30)
        (plan,) = await world.plans()
        assert (reason(plan, "Governed"), world.moves) == ("Storm", [])
        await guarded(world, storm={"least": 5})
        await world.passes(400)
        assert world.moves == [4]


async def test_a_plan_that_runs_in_a_storm_is_finished() -> None:
    async with World() as world:
        world.cures = False
        world.trouble()
        world.start()
        await world.until("Verifying")
        await guarded(world, **STORMY)
        await world.until("RolledBack")
        assert world.moves == [4, 2]


async def test_after_a_storm_it_stays_calm_for_its_time_also_through_a_restart() -> None:
    async with World() as world:
        await guarded(world, **STORMY)
        world.trouble()
        world.start()
        await world.passes(60)
        world.model.ratio.change(world.clock.now(), "0")
        await world.passes(360)
        assert await loop(world, "Storm") == ("Unknown", "CalmingDown")
        await world.kill()
        world.start("b")
        await world.passes(120)
        assert await loop(world, "Storm") == ("Unknown", "CalmingDown")
        await world.passes(300)
        assert await loop(world, "Storm") == ("False", "Calm")
        assert len(told(world, "StormBegan")) == len(told(world, "StormOver")) == 1


async def fails(world: World, **guards: Any) -> None:
    """The only cure does not help, and the loop allows one failure in an hour."""
    world.cures = False
    await guarded(world, **{"failures": {"count": 1, "per": "1h"}, **guards})
    world.trouble()
    world.start()
    await world.until("RolledBack")
    await world.passes(60)


async def test_a_loop_whose_plans_fail_pauses_itself_says_so_and_tells_it_once() -> None:
    async with World() as world:
        await fails(world)
        assert await loop(world, "Ready") == ("False", "TooManyFailures")
        assert len(told(world, "LoopPaused")) == 1
        await world.kill()
        world.start("b")
        await world.passes(120)
        assert await loop(world, "Ready") == ("False", "TooManyFailures")
        assert len(told(world, "LoopPaused")) == 1


async def test_a_paused_loop_makes_no_plan_until_time_has_passed() -> None:
    async with World() as world:
        await fails(world)
        contract = DEPLOYMENT.model_copy(update={"api_version": API_VERSION, "kind": "SLAContract"})
        await world.cluster.patch_as("owner", contract, {"spec": {"tier": "Gold"}})
        await world.passes(1800)
        assert len(await world.plans()) == 1
        await world.passes(2400)
        assert len(await world.plans()) == 2
        assert "LoopResumed" in world.diary.names


async def test_a_person_resumes_a_paused_loop_by_suspending_it_and_setting_it_going_again() -> None:
    async with World() as world:
        await fails(world)
        await touched(world)
        await world.passes(60)
        assert await loop(world, "Ready") == ("True", "Turning")
        await world.kill()
        world.start("b")
        await world.passes(60)
        assert await loop(world, "Ready") == ("True", "Turning")


async def test_a_suspended_loop_begins_no_plan_that_was_approved() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        world.start()
        await world.until("AwaitingApproval")
        await world.cluster.patch_as("governor", LOOP, {"spec": {"suspend": True}})
        await world.review("Approved")
        await world.passes(30)
        (plan,) = await world.plans()
        assert (reason(plan, "Governed"), world.moves) == ("LoopSuspended", [])


async def test_a_rollback_that_fails_pages_and_pauses_the_loop_until_a_person_resumes_it() -> None:
    async with World() as world:
        world.cures = False
        world.trouble()
        world.start()
        await world.until("Verifying")
        await world.cluster.patch_as("argocd", DEPLOYMENT, {"spec": {"replicas": 7}})
        plan = await world.until("Failed")
        assert "not rolled back" in message(plan)
        (page,) = [fact for _, fact in world.diary.facts if fact.name == "RollbackFailed"]
        assert (page.warning, page.fields) == (True, {"loop": "reliability"})
        await world.passes(5000)
        assert await loop(world, "Ready") == ("False", "RollbackFailed")
        await touched(world)
        await world.passes(60)
        assert await loop(world, "Ready") == ("True", "Turning")


async def test_a_rollback_that_admission_refuses_for_good_pages_too() -> None:
    async with World() as world:
        world.cures = False
        world.trouble()
        world.start()
        await world.until("Verifying")
        for _ in range(400):
            world.cluster.fail_next("patch", Forbidden("minReplicas is 3"))
        plan = await world.until("Failed")
        assert "not rolled back: minReplicas is 3" in message(plan)
        assert len(told(world, "RollbackFailed")) == 1


async def reverted(world: World, contract: dict[str, Any], by: str = "argocd") -> None:
    """The contract's next plan is carried out, and somebody takes its change back before it can be verified."""
    before = len(await world.plans())
    ref = DEPLOYMENT.model_copy(update={"api_version": API_VERSION, "kind": "SLAContract"})
    await world.cluster.patch_as("owner", ref, {"spec": contract})
    for _ in range(100):
        await world.passes(5)
        if len(await world.plans()) > before and await world.replicas() == 4:
            break
    await world.cluster.patch_as(by, DEPLOYMENT, {"spec": {"replicas": 2}})
    await world.passes(1200)


async def test_a_change_that_another_manager_took_back_needs_no_undoing_and_names_it() -> None:
    async with World() as world:
        world.cures = False
        world.trouble()
        world.start()
        await world.until("Verifying")
        await world.cluster.patch_as("argocd", DEPLOYMENT, {"spec": {"replicas": 2}})
        plan = await world.until("Failed")
        assert message(plan).endswith(
            "nothing is left to roll back: argocd took the change of Deployment shop/agent back"
        )
        assert message(plan, "Reverted") == "argocd"
        assert told(world, "RollbackFailed") == []
        assert await loop(world, "Ready") == ("True", "Turning")


async def test_after_two_reverts_by_one_manager_no_plan_is_made_for_the_target_and_it_is_named() -> None:
    async with World() as world:
        world.cures = False
        world.trouble()
        world.start()
        for tier in ("Gold", "Bronze"):
            await reverted(world, {"tier": tier})
        assert len(await world.plans()) == 2
        await reverted(world, {"tier": "Silver"})
        assert len(await world.plans()) == 2
        assert any(
            "argocd took the last 2 plans for Deployment shop/agent back" in each for each in told(world, "NotProposed")
        )
