"""People's yes: how many it takes, whose counts, and what it was to."""

from typing import Any

from autonomic.domain.errors import Unavailable
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.words import API_VERSION
from autonomic.governance.duties import EDITOR_ANNOTATION
from tests.unit.cycle.world import PERSON, World, message, reason
from tests.unit.domain.specimens import DEPLOYMENT

TWO = {**PERSON, "reviewers": 2}
NEWER = {**PERSON, "revision": "r8", "reasons": ["it is dear"]}
CONTRACT = ObjectRef(api_version=API_VERSION, kind="SLAContract", name="agent", namespace="shop")


async def asked(world: World, answer: dict[str, Any] = PERSON) -> AdaptationPlan:
    """The plan that waits for people."""
    world.policy.answer = answer
    world.trouble()
    world.start()
    return await world.until("AwaitingApproval")


async def only(world: World) -> AdaptationPlan:
    """The only plan, a moment later."""
    await world.passes(5)
    (plan,) = await world.plans()
    return plan


async def test_a_plan_that_needs_two_people_waits_for_the_second_and_keeps_both_comments() -> None:
    async with World() as world:
        await asked(world, TWO)
        await world.review("Approved", by="ann", message="go on")
        waits = await only(world)
        assert waits.status.phase == "AwaitingApproval"
        assert message(waits, "Reviewed") == "1 of 2 approvals (approved by ann: go on)"
        assert world.moves == []
        await world.review("Approved", by="bea", message="fine")
        plan = await world.until("Succeeded")
        assert message(plan, "Reviewed") == "approved by ann: go on; bea: fine"
        assert plan.status.reviewed_by == "ann, bea"
        told = [fact.message for _, fact in world.diary.facts if fact.name == "PlanExecuting"]
        assert told == ["scale from 2 to 4 replicas, approved by ann: go on; bea: fine"]


async def test_a_figure_that_moves_while_a_plan_waits_is_neither_written_nor_told_again() -> None:
    async with World() as world:
        await asked(world, {**PERSON, "reasons": ["7.2% of the budget is left"]})
        writes = len(world.plan_writes)
        world.policy.answer = {**PERSON, "reasons": ["6.9% of the budget is left"]}
        await world.passes(120)
        assert len(world.plan_writes) == writes
        assert world.diary.names.count("PlanAwaitsApproval") == 1
        world.policy.answer = {**PERSON, "reasons": ["it is dear"]}
        await world.passes(60)
        assert message((await world.plans())[0], "Governed").endswith("it is dear")


async def test_one_person_who_approves_twice_is_one_person() -> None:
    async with World() as world:
        await asked(world, TWO)
        await world.review("Approved", by="ann")
        await world.review("Approved", by="ann")
        assert (await only(world)).status.phase == "AwaitingApproval"


async def test_a_redline_may_ask_for_more_people_than_policy_does() -> None:
    async with World() as world:
        await world.redline(reviewers=2)
        await asked(world)
        await world.review("Approved", by="ann")
        assert (await only(world)).status.phase == "AwaitingApproval"
        await world.review("Approved", by="bea")
        await world.until("Succeeded")


async def test_a_denial_between_two_approvals_wins() -> None:
    async with World() as world:
        await asked(world, TWO)
        await world.review("Approved", by="ann")
        await world.passes(2)
        await world.review("Denied", by="bob", message="not now")
        plan = await world.until("Denied")
        assert message(plan) == "denied by bob: not now"
        assert world.moves == []


async def test_what_was_approved_under_other_policies_is_superseded_and_shows_both() -> None:
    async with World() as world:
        await asked(world)
        world.policy.answer = NEWER
        await world.review("Approved", by="ann", message="ok")
        plan = await world.until("Superseded")
        assert message(plan) == (
            "the policies changed: it was approved by ann: ok under revision r7,"
            " now revision r8 says RequireApproval: big: it is dear"
        )
        assert world.moves == []


async def test_the_first_of_two_approvals_does_not_outlive_the_policies_that_it_was_given_under() -> None:
    async with World() as world:
        await asked(world, TWO)
        await world.review("Approved", by="ann")
        await world.passes(2)
        world.policy.answer = {**TWO, "revision": "r8"}
        await world.review("Approved", by="bea")
        plan = await world.until("Superseded")
        assert "under revision r7, now revision r8" in message(plan)


async def test_policies_that_changed_before_anybody_approved_are_the_ones_that_people_are_asked_under() -> None:
    async with World() as world:
        await asked(world)
        world.policy.answer = {**PERSON, "revision": "r8"}
        await world.passes(40)
        (plan,) = await world.plans()
        assert plan.status.governance is not None
        assert plan.status.governance.policy_revision == "r8"
        await world.review("Approved", by="ann")
        await world.until("Succeeded")


async def test_policies_that_now_approve_by_themselves_need_nobody_s_yes() -> None:
    async with World() as world:
        await asked(world)
        world.policy.answer = {**NEWER, "allow": True, "verdict": "Approve"}
        await world.review("Approved", by="ann")
        await world.until("Succeeded")


async def test_the_first_of_two_approvals_is_not_carried_over_to_another_change() -> None:
    async with World() as world:
        await asked(world, TWO)
        await world.review("Approved", by="ann")
        await world.passes(2)
        await world.cluster.patch_as("kubectl", DEPLOYMENT, {"spec": {"replicas": 3}})
        await world.review("Approved", by="bea")
        plan = await world.until("Superseded")
        assert message(plan) == (
            "the target changed: the plan was to scale from 2 to 4 replicas, now it would scale from 3 to 4 replicas"
        )
        assert world.moves == []


async def test_a_claim_that_was_held_while_the_policies_changed_is_superseded_before_it_acts() -> None:
    async with World() as world:
        await asked(world)
        world.cluster.fail_next("patch", Unavailable("no answer"))
        await world.review("Approved", by="ann")
        await world.until("Executing")
        await world.redline(killSwitch=True)
        await world.passes(60)
        world.policy.answer = NEWER
        await world.redline(killSwitch=False)
        plan = await world.until("Superseded")
        assert "under revision r7, now revision r8" in message(plan)
        assert world.moves == []


async def edited_by(world: World, by: str) -> None:
    """Admission stamps who changed the contract."""
    await world.cluster.patch_as(by, CONTRACT, {"metadata": {"annotations": {EDITOR_ANNOTATION: by}}})


async def test_who_wrote_the_contract_may_not_approve_its_plan_and_the_plan_says_so_to_admission() -> None:
    async with World() as world:
        await world.redline(separationOfDuties=True)
        await edited_by(world, "ann")
        plan = await asked(world)
        assert plan.metadata.annotations[EDITOR_ANNOTATION] == "ann"
        await world.review("Approved", by="ann")
        waits = await only(world)
        assert (waits.status.phase, world.moves) == ("AwaitingApproval", [])
        assert "ann may not approve" in message(waits, "Reviewed")
        await world.review("Approved", by="bea")
        assert (await world.until("Succeeded")).status.reviewed_by == "bea"


async def test_who_edits_the_contract_while_its_plan_waits_is_barred_from_then_on() -> None:
    async with World() as world:
        await world.redline(separationOfDuties=True)
        await edited_by(world, "ann")
        await asked(world)
        await edited_by(world, "bea")
        await world.review("Approved", by="bea")
        assert (await only(world)).status.phase == "AwaitingApproval"


async def test_a_contract_whose_editor_is_not_known_leaves_its_plan_waiting() -> None:
    async with World() as world:
        await world.redline(separationOfDuties=True)
        await asked(world)
        await world.review("Approved", by="ann")
        waits = await only(world)
        assert (reason(waits, "Reviewed"), world.moves) == ("Awaiting", [])
        assert "who last edited SLAContract shop/agent is not known" in message(waits, "Reviewed")
