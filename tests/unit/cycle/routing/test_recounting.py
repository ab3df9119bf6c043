"""Profiles after a restart: rebuilt from counters where Prometheus answers, as of the checkpoint where it does not."""

from datetime import datetime
from typing import Any

import pytest

from autonomic.cycle.routing.recounting import AGAIN, SOON, Recounting
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.readings import Sample, Vector
from autonomic.ports.memory.metrics import MemoryMetrics
from tests.unit.cycle.routing.scene import KEY, ROUTE, Scene, route_raw, scene
from tests.unit.cycle.world import World

HOUR = 3600.0


def ten(expr: str, _: datetime) -> Vector:
    """Ten successes of haiku in each part."""
    labels = {"task_type": "triage", "candidate": "haiku", "result": "success"}
    return Vector((Sample(labels, "10"),) if "outcomes_total" in expr else ())


async def restarted(remembers: bool = True) -> Scene:
    """A route that learnt of sonnet alone, and another replica that takes it up an hour later."""
    world = await scene()
    await world.turn()
    world.tell(50, lambda _: True)
    await world.turn(HOUR)
    await world.clock.advance(HOUR)
    if not remembers:
        meta = (await world.cluster.get(ROUTE))["metadata"]
        nothing = {"metadata": {"resourceVersion": meta["resourceVersion"]}, "status": {"memory": None}}
        await world.cluster.patch_status(ROUTE, nothing)
    world.service.forget(KEY)
    return world


def samples(world: Scene) -> dict[str, int]:
    profiles = world.service.desks[KEY].learners["triage"].profiles(world.clock.now().timestamp())
    return {name: round(each.samples) for name, each in profiles.items()}


async def test_counters_add_what_came_after_the_checkpoint() -> None:
    world, metrics = await restarted(), MemoryMetrics(ten)
    await world.turn()
    before = samples(world)
    assert before["sonnet"] > 0 == before["haiku"]
    assert await Recounting(metrics, world.store, world.service).recount(KEY) is None
    after = samples(world)
    assert after["sonnet"] == before["sonnet"]
    assert 40 < after["haiku"] < 60
    assert {(each.end - each.start).total_seconds() for each in metrics.asked_ranges} == {HOUR - 600}


async def test_where_nothing_is_remembered_the_last_hours_are_asked_for() -> None:
    world, metrics = await restarted(remembers=False), MemoryMetrics(ten)
    await world.turn()
    await Recounting(metrics, world.store, world.service).recount(KEY)
    assert {(each.end - each.start).total_seconds() for each in metrics.asked_ranges} == {2 * HOUR - 600}
    assert 60 < samples(world)["haiku"] < 120


async def test_no_answer_leaves_the_checkpoint_and_is_asked_for_again_of_the_same_time() -> None:
    world, metrics = await restarted(), MemoryMetrics(ten)
    await world.turn()
    before, metrics.failure = samples(world), Unavailable("Prometheus is down")
    recounting = Recounting(metrics, world.store, world.service)
    assert await recounting.recount(KEY) == AGAIN
    assert samples(world) == before
    metrics.failure = None
    world.tell(30, lambda _: True)
    await world.clock.advance(60)
    assert await recounting.recount(KEY) is None
    assert len({each.end for each in metrics.asked_ranges}) == 1
    assert samples(world)["haiku"] > 40


async def test_what_prometheus_does_not_understand_is_not_asked_again() -> None:
    world, metrics = await restarted(), MemoryMetrics(ten)
    await world.turn()
    before, metrics.failure = samples(world), Invalid("no such function")
    recounting = Recounting(metrics, world.store, world.service)
    assert await recounting.recount(KEY) is None
    metrics.failure = None
    assert await recounting.recount(KEY) is None
    assert samples(world) == before


async def test_a_route_is_waited_for_until_its_first_turn_and_no_longer_than_it_exists() -> None:
    world = await restarted()
    recounting = Recounting(MemoryMetrics(ten), world.store, world.service)
    assert await recounting.recount(KEY) == SOON
    assert await recounting.recount("shop/none") is None


@pytest.mark.parametrize("changed", [{"policy": {"algorithm": "Thompson"}}, {"epoch": {"outcomes": 60}}])
async def test_a_change_of_the_policy_forgets_no_profile(changed: dict[str, Any]) -> None:
    world = await scene()
    await world.turn()
    world.tell(50, lambda _: True)
    before = samples(world)
    await world.cluster.patch_as("kubectl", ROUTE, {"spec": changed})
    await world.approve()
    await world.turn()
    assert samples(world) == before


async def test_a_replica_that_begins_to_act_asks_for_what_happened_before_it() -> None:
    async with World() as world:
        await world.cluster.create(route_raw(mode="Observe", publish=[]))
        await world.clock.advance(HOUR)
        world.metrics = MemoryMetrics(ten)
        world.start()
        await world.passes(10)
        profiles = world.layer.routing.desks[KEY].learners["triage"].profiles(world.clock.now().timestamp())
        assert profiles["haiku"].samples > 40
