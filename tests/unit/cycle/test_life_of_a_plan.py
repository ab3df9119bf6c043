"""The whole life of a plan over in-memory ports: every way that it can end."""

import pytest

from autonomic.domain.errors import Forbidden, Unavailable
from autonomic.ports.cluster import Proof
from tests.unit.cycle.world import DENY, PERSON, World, message, reason
from tests.unit.domain.specimens import DEPLOYMENT

ALL = {"Governed", "Reviewed", "Executed", "Verified", "Finished"}
FIVE_WRITES = [
    "create AdaptationPlan",
    "patch_status AdaptationPlan",
    "patch Deployment",
    "patch_status AdaptationPlan",
    "patch_status AdaptationPlan",
]


async def test_what_policy_approves_is_done_verified_and_succeeds_in_five_writes() -> None:
    async with World() as world:
        world.trouble()
        world.start()
        plan = await world.until("Succeeded")
        assert await world.replicas() == 4
        assert world.plan_writes == FIVE_WRITES
        assert {each.type for each in plan.status.conditions} == ALL
        assert (reason(plan, "Reviewed"), reason(plan, "Verified")) == ("NotNeeded", "Helped")
        assert "JobFailed" not in world.diary.names


async def test_a_workload_that_is_well_sees_no_plan_and_no_write() -> None:
    async with World() as world:
        world.start()
        await world.passes(61)
        world.cluster.writes.clear()
        await world.passes(1300)
        assert world.cluster.writes == []
        assert await world.plans() == []


async def test_a_plan_that_needs_a_person_waits_for_one_and_is_done_after_the_yes() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        world.start()
        await world.until("AwaitingApproval")
        await world.passes(300)
        assert world.moves == []
        await world.review("Approved")
        plan = await world.until("Succeeded")
        assert (plan.status.review, plan.status.reviewed_by) == ("Approved", "ann")
        assert world.plan_writes == [*FIVE_WRITES[:2], *FIVE_WRITES[1:]]


@pytest.mark.parametrize("void", [{"by": ""}, {"digest": "sha256:" + "a" * 64}], ids=["nobody", "another digest"])
async def test_an_approval_that_does_not_count_changes_nothing(void: dict[str, str]) -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        world.start()
        await world.until("AwaitingApproval")
        await world.review("Approved", **void)
        await world.until("Expired")
        assert world.moves == []


async def test_a_denied_plan_is_never_executed_nor_proposed_again() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        world.start()
        await world.until("AwaitingApproval")
        await world.review("Denied", by="bob", message="not now")
        plan = await world.until("Denied")
        assert message(plan) == "denied by bob: not now"
        await world.review("Approved")
        await world.passes(1200)
        assert world.moves == []
        assert len(await world.plans()) == 1


async def test_a_plan_that_policy_denies_is_never_executed() -> None:
    async with World() as world:
        world.policy.answer = DENY
        world.trouble()
        world.start()
        plan = await world.until("Denied")
        assert message(plan) == "never: never"
        await world.passes(600)
        assert world.moves == []


async def test_a_plan_that_a_redline_forbids_is_denied_and_names_it() -> None:
    async with World() as world:
        world.trouble()
        await world.redline(limits={"maxReplicas": 3})
        world.start()
        plan = await world.until("Denied")
        assert message(plan) == "RedLine default: Deployment shop/agent would have 4 replicas, maxReplicas is 3"
        assert world.policy.asked == []


async def test_a_plan_that_nobody_answers_expires_and_is_not_proposed_again() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        world.start()
        await world.until("Expired")
        await world.review("Approved")
        await world.passes(120)
        assert world.moves == []
        assert len(await world.plans()) == 1


@pytest.mark.parametrize("answer", [None, {}, {"allow": True}, "Approve"], ids=str)
async def test_a_policy_engine_without_a_clear_answer_leaves_the_plan_waiting_until_it_expires(answer: object) -> None:
    async with World() as world:
        world.policy.answer = answer
        world.trouble()
        world.start()
        await world.passes(60)
        (plan,) = await world.plans()
        assert plan.status.phase == "Proposed"
        assert reason(plan, "Governed").startswith("Policy")
        await world.review("Approved")
        await world.until("Expired")
        assert world.moves == []


async def test_a_policy_engine_that_comes_back_is_asked_again() -> None:
    async with World() as world:
        world.policy.failure = Unavailable("OPA is down")
        world.trouble()
        world.start()
        await world.passes(60)
        (plan,) = await world.plans()
        assert message(plan, "Governed") == "OPA is down"
        assert world.plan_writes == FIVE_WRITES[:2]
        world.policy.failure = None
        await world.until("Succeeded")


async def test_without_proof_of_admission_nothing_is_made_and_nothing_carried_out() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        world.start()
        await world.until("AwaitingApproval")
        world.admission.proof = Proof(in_force=False, message="the dry run was let through")
        await world.passes(61)
        await world.review("Approved")
        await world.passes(30)
        (plan,) = await world.plans()
        assert (reason(plan, "Governed"), world.moves) == ("AdmissionUnproven", [])
        world.admission.proof = Proof(in_force=True, message="refused")
        await world.until("Succeeded")


async def test_an_answer_of_the_target_that_is_lost_leads_to_no_second_change() -> None:
    async with World() as world:
        world.trouble()
        world.cluster.fail_next("patch", Unavailable("reset"), after_commit=True)
        world.start()
        await world.until("Succeeded")
        assert world.moves == [4]


async def test_a_target_that_admission_refuses_ends_the_plan_with_its_words() -> None:
    async with World() as world:
        world.trouble()
        world.cluster.fail_next("patch", Forbidden("maxReplicas is 3"))
        world.start()
        plan = await world.until("Failed")
        assert "maxReplicas is 3" in message(plan)
        assert world.moves == []


async def test_a_target_that_changed_while_the_plan_waited_supersedes_it() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        world.start()
        await world.until("AwaitingApproval")
        await world.cluster.patch_as("kubectl", DEPLOYMENT, {"spec": {"replicas": 3}})
        await world.review("Approved")
        plan = await world.until("Superseded")
        assert "now it would scale from 3 to 4 replicas" in message(plan)
        assert world.moves == []


async def test_a_workload_that_is_gone_supersedes_the_plan() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        world.start()
        await world.until("AwaitingApproval")
        await world.cluster.delete(DEPLOYMENT, (await world.live())["metadata"]["uid"])
        await world.review("Approved")
        plan = await world.until("Superseded")
        assert message(plan) == "there is no Deployment shop/agent"


async def test_another_workload_of_the_same_name_is_not_touched() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        world.start()
        await world.until("AwaitingApproval")
        old = await world.live()
        await world.cluster.delete(DEPLOYMENT, old["metadata"]["uid"])
        await world.cluster.create({key: value for key, value in old.items() if key != "status"})
        await world.review("Approved")
        plan = await world.until("Denied")
        assert "another object than when the plan was made" in message(plan)
        assert world.moves == []


async def test_a_playbook_heals_once_and_its_cure_can_not_be_undone() -> None:
    async with World() as world:
        world.start()
        await world.passes(5)
        world.model.signal.change(world.clock.now(), "0.2")
        plan = await world.until("Succeeded")
        assert (plan.spec.control_loop, world.moves) == ("healing", ["restart"])
        await world.review("RollBack")
        plan = await world.until("Failed")
        assert "Restart cannot be undone" in message(plan)
        assert world.moves == ["restart"]


async def test_two_troubles_of_one_workload_are_cured_one_after_the_other() -> None:
    async with World() as world:
        world.trouble()
        world.model.signal.change(world.clock.now(), "0.2")
        world.start()
        await world.passes(2400)
        assert sorted(map(str, world.moves)) == ["4", "restart"]
        first, second = sorted(await world.plans(), key=lambda each: str(each.metadata.creation_timestamp))
        assert second.metadata.creation_timestamp is not None
        ended = next(each for each in first.status.conditions if each.type == "Finished")
        assert second.metadata.creation_timestamp >= ended.last_transition_time


async def test_a_finished_plan_is_deleted_when_it_was_kept_long_enough() -> None:
    async with World() as world:
        world.policy.answer = DENY
        world.trouble()
        world.start()
        await world.until("Denied")
        world.model.ratio.change(world.clock.now(), "0")
        await world.kill()
        await world.clock.advance(7 * 24 * 3600)
        world.start()
        await world.passes(5)
        assert await world.plans() == []
