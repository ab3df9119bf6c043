"""A route that has no place in its namespace: it decides nothing, says why once, and knows what it learnt when it comes in."""

import pytest

from autonomic.cycle.routing.leaving_out import LOOK_AGAIN
from autonomic.cycle.routing.recounting import Recounting
from autonomic.cycle.routing.refusals import UnknownRoute
from autonomic.domain.meta import ObjectRef
from autonomic.domain.routes import ROUTE_FINALIZER
from autonomic.domain.words import API_VERSION
from autonomic.ports.memory.metrics import MemoryMetrics
from tests.unit.cycle.routing.scene import KEY, ROUTE, Scene, route_raw, scene
from tests.unit.domain.specimens import NAMESPACE

OLDER = ObjectRef(api_version=API_VERSION, kind="AdaptiveRoute", name="older", namespace=NAMESPACE)


async def crowded() -> Scene:
    """A route that learnt and published, and is the second of a namespace in which one is judged from now on."""
    world = await scene(per_namespace=1)
    await world.turn()
    world.tell(60, lambda _: True)
    await world.turn(301)
    older = route_raw("older")
    older["metadata"]["creationTimestamp"] = "2024-12-01T00:00:00Z"
    world.store.apply("AdaptiveRoute", world.cluster.hold(older))
    return world


async def test_it_decides_nothing_and_writes_nothing_more_than_why() -> None:
    world = await crowded()
    weights = await world.weights()
    assert await world.turn() == LOOK_AGAIN
    with pytest.raises(UnknownRoute, match="no AdaptiveRoute shop/triage that is ready"):
        world.service.decide(NAMESPACE, "triage", "triage")
    assert {await world.said(each) for each in ("Ready", "Published", "Exploring")} == {("False", "TooMany")}
    assert "RouteNotReady" in world.diary.names
    before = world.written()
    assert await world.turn(600) == LOOK_AGAIN
    assert world.written() == before
    assert await world.weights() == weights


async def test_it_is_not_recounted_either() -> None:
    world, metrics = await crowded(), MemoryMetrics({})
    await world.turn()
    assert await Recounting(metrics, world.store, world.service).recount(KEY) is None
    assert metrics.asked_ranges == []


async def test_when_another_goes_it_comes_in_with_what_it_had_learnt() -> None:
    world = await crowded()
    await world.turn()
    assert KEY not in world.service.desks
    await world.cluster.delete(OLDER, (await world.cluster.get(OLDER))["metadata"]["uid"])
    await world.turn()
    assert await world.said("Ready") == ("True", "Deciding")
    profiles = world.service.desks[KEY].learners["triage"].profiles(world.clock.now().timestamp())
    assert profiles["sonnet"].samples > 0
    world.service.decide(NAMESPACE, "triage", "triage")


async def test_one_that_is_left_out_restores_its_baseline_when_it_is_deleted() -> None:
    world = await crowded()
    await world.turn()
    live = await world.cluster.get(ROUTE)
    assert live["metadata"]["finalizers"] == [ROUTE_FINALIZER]
    gone = {"metadata": {"deletionTimestamp": world.clock.now().isoformat()}}
    await world.cluster.patch_as("somebody", ROUTE, gone)
    await world.turn()
    assert (await world.weights())["haiku"] == 0
    assert not (await world.cluster.get(ROUTE))["metadata"].get("finalizers")
