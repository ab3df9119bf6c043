"""Alerts that an Alertmanager left out: asked of Prometheus, once for all, and only where a playbook listens."""

from autonomic.cycle.recalling import RETRY, Recalling
from autonomic.domain.readings import Sample
from autonomic.domain.signals.received import Signal
from tests.unit.cycle.test_heeding import heal, said
from tests.unit.cycle.world import World

LISTENS = [{"name": "slow", "type": "Alert", "alert": {"name": "Slow API"}}]
ASKED = 'ALERTS{alertstate="firing",alertname=~"Slow\\\\ API"}'


def firing(namespace: str) -> Sample:
    """An alert that fires, as Prometheus shows it."""
    labels = {"__name__": "ALERTS", "alertname": "Slow API", "alertstate": "firing", "namespace": namespace, "pod": "a"}
    return Sample(labels, "1")


def asked(world: World) -> list[str]:
    """The questions about alerts."""
    return [each.expr for each in world.metrics.asked if each.expr.startswith("ALERTS")]


async def recall(world: World, heard: list[Signal]) -> float | None:
    """Once, over the world's Prometheus."""
    recalling = Recalling(world.metrics, world.clock, world.layer.store, heard.extend, "namespace")
    return await recalling.recall("")


async def test_alerts_that_fire_are_heard_as_if_they_had_been_told() -> None:
    async with World() as world:
        await heal(world, triggers=LISTENS)
        world.model.alerts = (firing("shop"), firing("bank"))
        heard: list[Signal] = []
        assert await recall(world, heard) is None
        assert asked(world) == [ASKED]
        assert [(each.namespace, each.type, each.value, each.source) for each in heard] == [
            ("shop", "Slow API", 1.0, "alertmanager"),
            ("bank", "Slow API", 1.0, "alertmanager"),
        ]
        assert (heard[0].labels, heard[0].at) == ({"pod": "a"}, world.clock.now())


async def test_without_a_playbook_on_alerts_nothing_is_asked() -> None:
    async with World() as world:
        await heal(world)
        assert await recall(world, []) is None
        assert asked(world) == []


async def test_for_a_playbook_that_has_no_place_in_its_namespace_nothing_is_asked_and_nothing_heard() -> None:
    async with World() as world:
        world.per_namespace = 1
        await heal(world, triggers=LISTENS)
        assert await recall(world, []) is None
        assert asked(world) == []
        world.layer.receive([said(world, type="Slow API", source="alertmanager")])
        await world.passes(60)
        assert world.moves == []
        assert world.layer.store.view(world.clock.now()).board.streams == {}


async def test_no_answer_is_asked_for_again() -> None:
    async with World() as world:
        await heal(world, triggers=LISTENS)
        world.model.down = True
        heard: list[Signal] = []
        assert (await recall(world, heard), heard) == (RETRY, [])


async def test_a_layer_that_is_told_that_alerts_were_left_out_acts_on_them() -> None:
    async with World() as world:
        await heal(world, triggers=LISTENS)
        world.model.alerts = (firing("shop"),)
        world.layer.left_out()
        await world.passes(2)
        assert world.moves == ["restart"]
