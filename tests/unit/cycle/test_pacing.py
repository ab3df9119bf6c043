"""Turns that all share come again as soon as somebody's object asks for it, and no sooner than a quarter of a second."""

import pytest

from autonomic.cycle.pacing import LEAST
from tests.unit.cycle.routing.scene import route_raw, scene
from tests.unit.cycle.world import World
from tests.unit.domain.specimens import FAST, contract_raw, objective, playbook_raw

TRIGGER = {"name": "errors", "prometheus": {"selector": "errors"}, "op": "GT", "value": "0.05"}


@pytest.mark.parametrize(("hold", "wanted"), [("1ms", LEAST), ("2s", 0.5), ("1h", 7.5)])
async def test_a_playbook_s_for_hurries_the_loop_of_all_only_so_much(hold: str, wanted: float) -> None:
    async with World() as world:
        await world.cluster.create(playbook_raw("short", triggers=[{**TRIGGER, "for": hold}]))
        world.start()
        await world.passes(1)
        assert await world.layer.whole.loop_turn.turn("healing") == wanted


@pytest.mark.parametrize(("resolution", "most"), [("1ms", LEAST), ("1s", 1.0)])
async def test_a_resolution_hurries_the_objectives_of_all_only_so_much(resolution: str, most: float) -> None:
    async with World() as world:
        fine = objective(alerting={"windows": [FAST], "resolution": resolution})
        await world.cluster.create(contract_raw("fine", objectives=[fine]))
        world.start()
        await world.passes(2)
        soon = await world.layer.slo.turn("default")
        assert soon is not None
        assert most < soon < most + 0.1


@pytest.mark.parametrize(("interval", "wanted"), [("1ms", LEAST), ("3s", 3.0)])
async def test_an_epoch_hurries_its_route_only_so_much(interval: str, wanted: float) -> None:
    world = await scene({"epoch": {"interval": interval}})
    assert await world.turn() == wanted


async def test_outcomes_without_a_pause_make_no_more_turns_than_a_few_a_second() -> None:
    async with World() as world:
        await world.cluster.create(route_raw(epoch={"outcomes": 1}, publish=[]))
        world.start()
        await world.passes(2)
        routing, turns = world.layer.routing, 0
        for _ in range(50):
            made = routing.decide("shop", "triage", "triage")
            routing.outcome(made.decision_id, True)
            await world.clock.advance(0.02)
            turns += routing.desks["shop/triage"].since_epoch == 0
        assert 1 <= turns <= 5
