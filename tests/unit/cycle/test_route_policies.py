"""A route's policy is adopted by a plan like any other: asked for, governed, carried out, verified, taken back."""

from typing import Literal

import pytest

from autonomic.domain.meta import ObjectRef
from autonomic.domain.routes import ADOPTED_ANNOTATION
from autonomic.domain.words import ENABLED_LABEL
from autonomic.governance.duties import EDITOR_ANNOTATION
from tests.unit.cycle.routed import Routed
from tests.unit.cycle.routing.scene import ROUTE
from tests.unit.cycle.world import APPROVE, Mishap, message

WRITES = 9
SHOP = ObjectRef(api_version="v1", kind="Namespace", name="shop")
THOMPSON = {"policy": {"algorithm": "Thompson", "epsilon": None}}


async def test_the_first_policy_of_a_route_is_asked_for_by_a_plan_and_nothing_moves_before_it_is_approved() -> None:
    async with Routed() as world:
        world.start()
        plan = await world.plan("AwaitingApproval")
        assert plan.spec.control_loop == "routing"
        assert [each.type for each in plan.spec.actions] == ["AdoptRoutePolicy"]
        assert plan.status.action == (
            "adopt the policy (algorithm EpsilonGreedy; candidates sonnet 0-1000, haiku 0-1000 of 1000; baseline sonnet;"
            " publishes to HTTPRoute llm rule 0)"
        )
        await world.passes(60)
        assert (await world.weights(), (await world.route()).adopted) == ({"sonnet": 9, "haiku": 1}, None)
        assert plan.metadata.name in (await world.said("Adopted"))[2]
        await world.say(plan, "Approved")
        await world.plan("Succeeded")
        route = await world.route()
        assert route.approved
        assert route.status.adopted_digest == route.status.bounds_digest == route.spec.bounds_digest
        assert (await world.said("Published"))[:2] == ("True", "Published")
        assert await world.weights() == {"sonnet": 1000, "haiku": 0}
        assert len(await world.plans()) == 1


async def test_policy_alone_may_approve_a_policy_where_an_administrator_says_so() -> None:
    async with Routed() as world:
        world.policy.answer = APPROVE
        world.start()
        await world.plan("Succeeded")
        assert (await world.route()).approved


async def test_in_propose_a_person_approves_whatever_policy_says_and_no_weight_moves() -> None:
    async with Routed(mode="Propose") as world:
        world.policy.answer = APPROVE
        world.start()
        plan = await world.adopt()
        assert "no weight moves" in message(plan)
        assert await world.weights() == {"sonnet": 9, "haiku": 1}


async def test_a_changed_policy_waits_while_the_one_before_goes_on_and_then_takes_its_place() -> None:
    async with Routed() as world:
        world.start()
        await world.adopt()
        await world.edit(**THOMPSON)
        plan = await world.plan("AwaitingApproval")
        assert plan.status.action == "adopt the policy (policy.algorithm EpsilonGreedy -> Thompson)"
        standing = (await world.route()).standing
        assert standing.spec.policy.algorithm == "EpsilonGreedy"
        assert (await world.said("Published"))[0] == "True"
        await world.say(plan, "Approved")
        await world.plan("Succeeded", lambda each: each.metadata.name == plan.metadata.name)
        assert (await world.route()).standing.spec.policy.algorithm == "Thompson"


async def test_editing_the_spec_again_supersedes_the_plan_that_waits() -> None:
    async with Routed() as world:
        world.start()
        first = await world.plan("AwaitingApproval")
        await world.edit(**THOMPSON)
        gone = await world.plan("Superseded")
        assert (gone.metadata.name, message(gone)) == (
            first.metadata.name,
            "the spec of AdaptiveRoute triage was changed again",
        )
        second = await world.plan("AwaitingApproval")
        assert second.metadata.name != first.metadata.name


async def test_what_was_denied_is_not_asked_for_again_before_the_spec_is_changed() -> None:
    async with Routed() as world:
        world.start()
        plan = await world.plan("AwaitingApproval")
        await world.say(plan, "Denied")
        await world.plan("Denied")
        await world.passes(600)
        assert len(await world.plans()) == 1
        assert (await world.said("Adopted"))[:2] == ("False", "Denied")
        await world.edit(baseline="haiku")
        assert (await world.plan("AwaitingApproval")).metadata.name != plan.metadata.name


async def test_what_can_not_be_published_is_taken_back_to_the_policy_before() -> None:
    async with Routed() as world:
        world.start()
        before = await world.adopt()
        await world.edit(publish=[{"kind": "HTTPRoute", "name": "nowhere"}])
        plan = await world.plan("AwaitingApproval")
        await world.say(plan, "Approved")
        back = await world.plan("RolledBack")
        assert "TargetMissing" in message(back)
        route = await world.route()
        assert route.standing.spec.publish[0].name == "llm"
        assert (await world.said("Adopted"))[:2] == ("False", "RolledBack")
        await world.passes(600)
        assert {each.metadata.name for each in await world.plans()} == {before.metadata.name, plan.metadata.name}
        assert (await world.said("Published"))[0] == "True"


async def test_a_person_takes_an_adopted_policy_back() -> None:
    async with Routed() as world:
        world.start()
        await world.adopt()
        await world.edit(**THOMPSON)
        plan = await world.plan("AwaitingApproval")
        await world.say(plan, "Approved")
        done = await world.plan("Succeeded", lambda each: each.metadata.name == plan.metadata.name)
        await world.say(done, "RollBack")
        await world.plan("RolledBack")
        assert (await world.route()).standing.spec.policy.algorithm == "EpsilonGreedy"
        await world.passes(600)
        assert len(await world.plans()) == 2


async def test_an_owner_who_writes_the_old_policy_again_is_no_flapping() -> None:
    async with Routed() as world:
        world.policy.answer = APPROVE
        world.start()
        await world.plan("Succeeded")
        for algorithm, epsilon in (("Thompson", None), ("EpsilonGreedy", None)):
            await world.edit(policy={"algorithm": algorithm, "epsilon": epsilon})
            await world.passes(30)
            assert (await world.route()).standing.spec.policy.algorithm == algorithm
        assert [each.status.phase for each in await world.plans()] == ["Succeeded"] * 3


async def test_an_owner_who_takes_the_policy_away_stops_the_route_and_is_not_asked_again() -> None:
    async with Routed() as world:
        world.start()
        await world.adopt()
        await world.cluster.patch_as("owner", ROUTE, {"metadata": {"annotations": {ADOPTED_ANNOTATION: None}}})
        await world.passes(300)
        assert (await world.said("Published"))[:2] == ("False", "AwaitingApproval")
        assert len(await world.plans()) == 1
        await world.edit(baseline="haiku")
        await world.plan("AwaitingApproval")


async def test_an_owner_who_takes_the_policy_away_while_it_is_tried_ends_the_plan() -> None:
    async with Routed(publish=[{"kind": "HTTPRoute", "name": "nowhere"}]) as world:
        world.start()
        await world.say(await world.plan("AwaitingApproval"), "Approved")
        await world.plan("Verifying")
        await world.cluster.patch_as("owner", ROUTE, {"metadata": {"annotations": {ADOPTED_ANNOTATION: None}}})
        assert "was changed since" in message(await world.plan("Failed"))


async def test_a_route_that_is_deleted_ends_the_plan_that_waits() -> None:
    async with Routed() as world:
        world.start()
        await world.plan("AwaitingApproval")
        await world.cluster.delete(ROUTE, (await world.route()).metadata.uid)
        assert message(await world.plan("Superseded")) == "the AdaptiveRoute triage is gone"


async def test_a_route_that_is_deleted_while_its_policy_is_tried_ends_the_plan() -> None:
    async with Routed(publish=[{"kind": "HTTPRoute", "name": "nowhere"}]) as world:
        world.start()
        await world.say(await world.plan("AwaitingApproval"), "Approved")
        await world.plan("Verifying")
        await world.cluster.patch_as("owner", ROUTE, {"metadata": {"finalizers": None}})
        await world.cluster.delete(ROUTE, (await world.route()).metadata.uid)
        assert "is gone" in message(await world.plan("Failed"))


async def test_who_edits_the_route_while_the_plan_is_carried_out_changes_nothing_of_what_was_approved() -> None:
    async with Routed() as world:
        world.start()
        plan = await world.plan("AwaitingApproval")
        wanted = (await world.route()).spec.bounds
        await world.redline(killSwitch=True)
        await world.say(plan, "Approved")
        await world.passes(10)
        assert (await world.route()).adopted is None
        await world.redline(killSwitch=False)
        await world.plan("Succeeded")
        adopted = (await world.route()).adopted
        assert adopted is not None
        assert adopted.bounds == wanted


async def test_in_observe_no_policy_is_asked_for() -> None:
    async with Routed(mode="Observe") as world:
        world.start()
        await world.passes(120)
        assert await world.plans() == []
        assert (await world.said("Adopted"))[:2] == ("False", "Observe")


async def test_in_observe_an_approved_plan_waits_until_the_mode_lets_it() -> None:
    async with Routed() as world:
        world.start()
        plan = await world.plan("AwaitingApproval")
        await world.edit(mode="Observe")
        await world.say(plan, "Approved")
        await world.passes(60)
        assert (await world.route()).adopted is None
        await world.edit(mode="Enforce")
        await world.plan("Succeeded")


async def test_a_namespace_that_did_not_opt_in_has_no_policy_adopted() -> None:
    async with Routed() as world:
        await world.cluster.patch_as("root", SHOP, {"metadata": {"labels": {ENABLED_LABEL: "false"}}})
        world.start()
        plan = await world.plan("Denied")
        assert "has not opted in" in message(plan)
        assert (await world.route()).adopted is None


async def test_who_last_edited_a_route_does_not_approve_its_policy_where_duties_are_separated() -> None:
    async with Routed() as world:
        await world.cluster.patch_as("ann", ROUTE, {"metadata": {"annotations": {EDITOR_ANNOTATION: "ann"}}})
        await world.redline(separationOfDuties=True)
        world.start()
        plan = await world.plan("AwaitingApproval")
        assert plan.metadata.annotations[EDITOR_ANNOTATION] == "ann"
        await world.say(plan, "Approved")
        await world.passes(120)
        assert (await world.route()).adopted is None


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("write", range(1, WRITES + 1))
async def test_a_layer_that_dies_at_any_write_adopts_a_policy_once(
    side: Literal["before", "after"], write: int
) -> None:
    async with Routed(Mishap(side, write)) as world:
        world.policy.answer = APPROVE
        world.start()
        plan = await world.plan("Succeeded")
        assert world.cluster.mishap is None
        assert len(await world.plans()) == 1
        bodies = [each.body for each in world.cluster.writes if (each.method, each.ref) == ("patch", ROUTE)]
        assert sum(ADOPTED_ANNOTATION in (each["metadata"].get("annotations") or {}) for each in bodies) == 1
        assert (await world.route()).approved
        assert plan.status.execution is not None


async def test_the_deaths_above_reach_past_the_write_that_adopts() -> None:
    async with Routed() as world:
        world.policy.answer = APPROVE
        world.start()
        await world.plan("Succeeded")
        made = [(each.method, each.ref) for each in world.cluster.writes]
        assert made.index(("patch", ROUTE)) < WRITES < len(made)
