"""What holds a plan that was claimed: kill switch, a denial, RedLines, a namespace that left, its own end."""

import pytest

from autonomic.domain.errors import Forbidden, NotPermitted, Unavailable
from autonomic.domain.words import API_VERSION
from tests.unit.cycle.world import PERSON, World, message, reason
from tests.unit.domain.specimens import redline_raw


async def test_a_kill_switch_between_the_claim_and_the_write_holds_it_until_it_is_lifted() -> None:
    async with World() as world:
        world.trouble()
        world.cluster.fail_next("patch", Unavailable("no answer"))
        world.start()
        await world.until("Executing")
        await world.redline(killSwitch=True)
        await world.passes(120)
        (plan,) = await world.plans()
        assert (reason(plan, "Executed"), world.moves) == ("KillSwitch", [])
        await world.redline(killSwitch=False)
        await world.until("Succeeded")
        assert world.moves == [4]


async def test_what_a_server_does_not_permit_that_has_just_started_is_tried_again() -> None:
    async with World() as world:
        world.trouble()
        world.cluster.fail_next("patch", NotPermitted("cannot patch resource"))
        world.start()
        await world.until("Succeeded")
        assert world.moves == [4]
        assert world.diary.names.count("PlanHeld") == 1


async def test_a_right_that_is_truly_missing_fails_the_plan_in_the_end() -> None:
    async with World() as world:
        world.trouble()
        for _ in range(400):
            world.cluster.fail_next("patch", NotPermitted("cannot patch resource"))
        world.start()
        await world.until("Executing")
        plan = await world.until("Failed")
        assert "cannot patch resource" in message(plan)
        assert (world.moves, world.diary.names.count("PlanHeld")) == ([], 1)


async def test_a_denial_after_the_claim_and_before_the_write_is_heeded() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        world.cluster.fail_next("patch", Unavailable("no answer"))
        world.start()
        await world.until("AwaitingApproval")
        await world.review("Approved")
        await world.until("Executing")
        await world.redline(killSwitch=True)
        await world.passes(10)
        await world.review("Denied", by="bob")
        await world.redline(killSwitch=False)
        plan = await world.until("Denied")
        assert (world.moves, plan.status.reviewed_by) == ([], "bob")
        await world.passes(120)
        assert world.moves == []


async def test_a_kill_switch_during_a_rollback_holds_that_too() -> None:
    async with World() as world:
        world.cures = False
        world.trouble()
        world.start()
        await world.until("Verifying")
        await world.redline(killSwitch=True)
        await world.passes(1200)
        assert world.moves == [4]
        assert reason((await world.plans())[0], "Finished") == "KillSwitch"
        await world.redline(killSwitch=False)
        await world.until("RolledBack")
        assert world.moves == [4, 2]


async def test_while_the_kill_switch_is_on_no_plan_is_made_and_it_is_told_once() -> None:
    async with World() as world:
        world.trouble()
        await world.redline(killSwitch=True)
        world.start()
        await world.passes(200)
        assert await world.plans() == []
        assert world.diary.names.count("NotProposed") == 1


@pytest.mark.parametrize("what", ["no RedLine", "unreadable RedLine", "namespace left"])
async def test_a_claimed_plan_waits_while_nothing_may_be_done(what: str) -> None:
    async with World() as world:
        world.trouble()
        world.cluster.fail_next("patch", Unavailable("no answer"))
        world.start()
        await world.until("Executing")
        line = (await world.cluster.list(API_VERSION, "RedLine"))[0]
        if what == "no RedLine":
            world.layer.observe("DELETED", "RedLine", line)
        elif what == "unreadable RedLine":
            await world.redline(limits={"notALimit": 1})
            await world.cluster.create(redline_raw("readable"))
        else:
            ns = {"metadata": {"name": "shop", "labels": {}, "resourceVersion": "9999"}}
            world.layer.observe("MODIFIED", "Namespace", ns)
        await world.passes(60)
        assert world.moves == []
        assert (await world.plans())[0].status.phase == "Executing"


async def test_a_claimed_plan_that_expired_before_it_was_carried_out_does_nothing() -> None:
    async with World() as world:
        world.trouble()
        world.cluster.fail_next("patch", Unavailable("no answer"))
        world.start()
        await world.until("Executing")
        await world.redline(killSwitch=True)
        await world.passes(1300)
        await world.redline(killSwitch=False)
        plan = await world.until("Failed")
        assert "expired before it was carried out" in message(plan)
        assert world.moves == []


async def test_a_claim_that_was_held_is_judged_again_before_it_acts() -> None:
    async with World() as world:
        world.trouble()
        world.cluster.fail_next("patch", Unavailable("no answer"))
        world.start()
        await world.until("Executing")
        await world.redline(killSwitch=True)
        await world.passes(120)
        await world.redline(killSwitch=False, limits={"maxReplicas": 3})
        plan = await world.until("Failed")
        assert world.moves == []
        assert "maxReplicas is 3" in message(plan)


async def test_a_rollback_that_admission_refuses_for_a_moment_is_tried_again() -> None:
    async with World() as world:
        world.cures = False
        world.trouble()
        world.start()
        await world.until("Verifying")
        world.cluster.fail_next("patch", Forbidden("the kill switch is on"))
        await world.until("RolledBack")
        assert world.moves == [4, 2]
        assert world.diary.names.count("PlanHeld") == 1
