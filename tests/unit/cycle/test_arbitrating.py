"""Two loops want one workload: the loser is superseded, and names the winner."""

from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.words import API_VERSION
from tests.unit.cycle.test_claiming import add_plan, answer_together, burn, in_flight
from tests.unit.cycle.world import PERSON, World, message
from tests.unit.domain.specimens import DEPLOYMENT, loop_raw

CONTRACT = DEPLOYMENT.model_copy(update={"api_version": API_VERSION, "kind": "SLAContract"})


async def named(world: World, name: str) -> AdaptationPlan:
    """The plan of that name."""
    return next(each for each in await world.plans() if each.metadata.name == name)


async def test_a_plan_to_save_money_gives_way_to_one_that_saves_the_workload_whichever_came_first() -> None:
    async with World() as world:
        await world.cluster.create(loop_raw("Cost"))
        await burn(world)
        answer_together(world, 2)
        await add_plan(world, "save", "agent", "cost", replicas=1)
        await add_plan(world, "rescue", "agent", "reliability")
        world.start()
        await world.passes(5)
        saves = await named(world, "save")
        assert message(saves) == "plan rescue of loop reliability for the same target goes first"
        assert (saves.status.phase, world.moves) == ("Superseded", [4])


async def test_a_plan_that_waits_for_a_person_does_not_keep_a_loop_that_goes_first_from_its_target() -> None:
    async with World() as world:
        await world.cluster.create(loop_raw("Cost"))
        world.policy.answer = PERSON
        cures = (await world.cluster.get(CONTRACT))["spec"]["adaptations"]
        await burn(world)
        await add_plan(world, "save", "agent", "cost", replicas=1)
        await world.cluster.patch_as("owner", CONTRACT, {"spec": {"adaptations": cures}})
        world.start()
        await world.passes(60)
        assert (await named(world, "save")).status.phase == "Superseded"
        (rescue,) = [each for each in await world.plans() if each.spec.control_loop == "reliability"]
        assert message(await named(world, "save")) == (
            f"plan {rescue.metadata.name} of loop reliability for the same target goes first"
        )


async def test_of_two_equal_plans_one_is_carried_out_and_the_other_names_it() -> None:
    async with World() as world:
        await burn(world)
        answer_together(world, 2)
        await add_plan(world, "one", "agent")
        await add_plan(world, "two", "agent")
        world.start()
        await world.passes(5)
        assert len(in_flight(await world.plans())) == 1
        two = await named(world, "two")
        assert (two.status.phase, message(two)) == (
            "Superseded",
            "plan one of loop reliability does the same, and one is enough",
        )
        assert world.moves == [4]


async def test_a_plan_that_would_turn_back_what_was_just_done_is_refused_as_flapping() -> None:
    async with World() as world:
        await world.cluster.create(loop_raw("Cost"))
        world.trouble()
        world.start()
        done = await world.until("Succeeded")
        await add_plan(world, "save", "agent", "cost", replicas=3)
        await world.passes(5)
        saves = await named(world, "save")
        assert saves.status.phase == "Superseded"
        assert message(saves).startswith(
            f"it is the opposite of plan {done.metadata.name} of loop reliability, which stands: refused as flapping until"
        )
        assert world.moves == [4]


async def test_what_would_flap_is_not_even_proposed() -> None:
    async with World() as world:
        down = [{"levels": ["Breach"], "actions": [{"type": "Scale", "scale": {"by": -1, "max": 10}}]}]
        world.trouble()
        world.start()
        await world.until("Succeeded")
        contract = DEPLOYMENT.model_copy(
            update={"api_version": "autonomic.maestro.dev/v1alpha1", "kind": "SLAContract"}
        )
        await world.cluster.patch_as("owner", contract, {"spec": {"adaptations": down}})
        world.trouble()
        await world.passes(120)
        assert len(await world.plans()) == 1
        assert any("refused as flapping" in fact.message for _, fact in world.diary.facts if fact.name == "NotProposed")
