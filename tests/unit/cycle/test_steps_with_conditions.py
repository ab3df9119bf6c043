"""Steps with conditions through the whole layer: the plan holds what is taken, and says what is not."""

from typing import Any

from tests.unit.cycle.test_heeding import book, heal, said
from tests.unit.cycle.world import World

SCALE = {"type": "Scale", "scale": {"by": 1, "max": 3}, "when": {"label": {"name": "code", "values": ["429"]}}}
ELSE = {"type": "Restart", "restart": {}, "when": {"before": "LeftOut"}}


def failure(world: World, number: int, **labels: str) -> Any:
    """A failed task of the agent, with a code."""
    return said(world, number, labels={"deployment": "agent", **labels})


async def test_the_signal_decides_which_steps_the_plan_has() -> None:
    for code, moved in (("429", [3]), ("500", ["restart"])):
        async with World() as world:
            await heal(world, actions=[SCALE, ELSE])
            world.layer.receive([failure(world, 1, code=code)])
            await world.passes(1)
            assert world.moves == moved
            (plan,) = await world.plans()
            assert len(plan.spec.actions) == 1
            assert "is left out" in plan.spec.evidence.summary


async def test_where_no_step_applies_nothing_is_done_and_the_playbook_says_so() -> None:
    async with World() as world:
        await heal(world, actions=[SCALE, ELSE])
        world.layer.receive([failure(world, 1)])
        await world.passes(2)
        assert (world.moves, await world.plans()) == ([], [])
        stopped = next(each for each in (await book(world)).status.conditions if each.type == "Stopped")
        assert (stopped.status, stopped.reason) == ("True", "NoStepApplies")
        assert "step 0 (Scale) is left out: the signal has no label code" in stopped.message
        world.layer.receive([failure(world, 2, code="429")])
        await world.passes(2)
        assert world.moves == [3]


async def test_a_parameter_of_a_step_that_is_left_out_is_not_missed() -> None:
    filled = [{"action": 0, "field": "scale.by", "min": 1, "max": 2}]
    async with World() as world:
        await heal(world, actions=[SCALE, ELSE], parameters=filled)
        world.layer.receive([said(world, 1, value=99.5, labels={"deployment": "agent", "code": "500"})])
        await world.passes(1)
        assert world.moves == ["restart"]


async def test_a_rung_of_the_escalation_has_conditions_of_its_own() -> None:
    async with World() as world:
        rung = {"after": 1, "actions": [SCALE, {"type": "Restart", "restart": {}, "when": {"before": "LeftOut"}}]}
        await heal(world, cooldown="1s", escalation=[rung])
        for number in range(20):
            world.layer.receive([failure(world, number, code="429")])
            await world.passes(10)
        assert world.moves[:2] == ["restart", 3]
