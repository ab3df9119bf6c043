"""Playbooks that ask different servers, through the whole layer: one server's trouble keeps no other's playbook from acting."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from autonomic.cycle.parts import parts
from autonomic.domain.errors import Unavailable
from autonomic.domain.meta import ObjectRef, condition
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.words import API_VERSION
from autonomic.ports.memory.metrics import MemoryMetrics
from tests.unit.cycle.prometheus_model import PrometheusModel
from tests.unit.cycle.several_servers import Hanging, with_eu
from tests.unit.cycle.test_heeding import FAILED, said
from tests.unit.cycle.world import World
from tests.unit.domain.specimens import NOW, playbook, playbook_raw

TRIGGER = {"name": "errors", "op": "GT", "value": "0.05", "for": "30s"}
PATIENT = {"settle": "1m", "within": "15m"}


class Far:
    """The second server: its figures, and whether it hangs."""

    def __init__(self, model: PrometheusModel, metrics: MemoryMetrics, server: Hanging) -> None:
        self.model, self.metrics, self.server = model, metrics, server

    def trouble(self) -> None:
        """Its errors began ten minutes ago."""
        self.model.signal.change(NOW - timedelta(minutes=10), "0.5")


@asynccontextmanager
async def two_servers() -> AsyncIterator[tuple[World, Far]]:
    """A world of two servers. Its first playbook asks the default, `far` the other one."""
    world, model = World(), PrometheusModel(NOW)
    far = MemoryMetrics(model.answer)
    metrics, server = with_eu(world.metrics, far)
    world.metrics = metrics  # type: ignore[assignment]
    async with world:
        asked = {**TRIGGER, "prometheus": {"selector": 'errors{app="agent"}', "server": "eu"}}
        await world.cluster.create(playbook_raw("far", triggers=[asked], verification=PATIENT))
        yield world, Far(model, far, server)


async def book(world: World, name: str) -> SelfHealingPlaybook:
    ref = ObjectRef(api_version=API_VERSION, kind="SelfHealingPlaybook", name=name, namespace="shop")
    return SelfHealingPlaybook.read(await world.cluster.get(ref))


async def test_a_playbook_is_judged_and_verified_by_the_server_that_its_trigger_names() -> None:
    async with two_servers() as (world, far):
        far.trouble()
        world.start()
        await world.passes(20)
        (plan,) = await world.plans()
        assert (plan.metadata.name.startswith("far"), world.moves) == (True, ["restart"])
        assert plan.spec.verification.signal is not None
        assert plan.spec.verification.signal.server == "eu"
        assert [each.server for each in plan.spec.evidence.queries] == ["eu"]
        far.model.signal.change(world.clock.now(), "0")
        await world.until("Succeeded", within=600)
        assert plan.spec.verification.signal.expr in {each.expr for each in far.metrics.asked}


async def test_a_server_that_hangs_keeps_no_playbook_waiting_that_does_not_ask_it() -> None:
    async with two_servers() as (world, far):
        world.start()
        await world.passes(20)
        with far.server.stuck():
            await world.passes(40)
            world.model.signal.change(world.clock.now() - timedelta(minutes=10), "0.5")
            await world.passes(40)
            assert world.moves == ["restart"]
        await world.passes(1)


async def test_a_pushed_signal_is_heard_at_once_while_a_playbook_beside_it_waits_for_its_server() -> None:
    async with two_servers() as (world, far):
        waiting = {
            "name": "asked",
            "op": "GT",
            "value": "9",
            "for": "30s",
            "prometheus": {"selector": "errors", "server": "eu"},
        }
        mixed = playbook_raw("mixed", triggers=[FAILED, waiting], match="All", verification=PATIENT)
        await world.cluster.create(mixed)
        await world.cluster.create(playbook_raw("failures", triggers=[FAILED], verification=PATIENT))
        world.start()
        await world.passes(20)
        with far.server.stuck():
            world.layer.receive([said(world)])
            await world.passes(1)
            assert world.moves == ["restart"]
        await world.passes(1)


async def test_a_silent_server_leaves_only_its_own_playbooks_unknown() -> None:
    async with two_servers() as (world, far):
        far.metrics.failure = Unavailable("eu is down")
        world.start()
        await world.passes(20)
        seen = {
            name: condition((await book(world, name)).status.conditions, "Triggered") for name in ("crashes", "far")
        }
        assert {name: each.status for name, each in seen.items() if each} == {"crashes": "False", "far": "Unknown"}


async def test_a_server_that_nobody_named_is_told_on_the_playbook_with_the_names_that_there_are() -> None:
    async with two_servers() as (world, _):
        asked = {**TRIGGER, "prometheus": {"selector": "errors", "server": "mars"}}
        await world.cluster.create(playbook_raw("lost", triggers=[asked]))
        world.start()
        await world.passes(20)
        ready = condition((await book(world, "lost")).status.conditions, "Ready")
        assert ready is not None
        assert (ready.status, ready.reason) == ("False", "UnknownServer")
        assert ready.message.startswith("triggers.errors.prometheus.server is 'mars': no metrics server has that name")
        assert "the operator knows default, eu" in ready.message


def test_invented_names_of_servers_make_no_parts() -> None:
    def asking(server: str) -> SelfHealingPlaybook:
        asked = {**TRIGGER, "prometheus": {"selector": "errors", "server": server}}
        return playbook(f"asks-{server}", triggers=[asked])

    invented = [asking(f"s{number}") for number in range(50)]
    assert parts([asking("eu"), *invented], ("default", "eu", "us")) == {"", "eu"}
