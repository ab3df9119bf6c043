"""Pushed signals through the whole layer: heard at once, healed once, and a flood costs no more than a trickle."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from autonomic.domain.meta import ObjectRef
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.signals.received import Signal
from autonomic.domain.words import API_VERSION
from tests.unit.cycle.world import World
from tests.unit.domain.specimens import DEPLOYMENT, deployment, playbook_raw

FAILED = {"name": "failed", "type": "Signal", "signal": {"type": "TaskFailureCount"}, "within": "5m"}
NAMED = {"fromSignal": {"label": "deployment", "kind": "Deployment"}}

PLANNER = DEPLOYMENT.model_copy(update={"name": "planner"})


def said(world: World, number: int = 0, value: float = 1.0, **more: Any) -> Signal:
    """A failed task of the agent, now."""
    labels: Mapping[str, str] = more.pop("labels", {"deployment": "agent"})
    fields = {"type": "TaskFailureCount", "namespace": "shop", "source": "/conductor", **more}
    return Signal(labels=labels, value=value, at=world.clock.now(), id=str(number), **fields)


async def heal(world: World, **spec: Any) -> None:
    """A playbook on failed tasks; nothing runs but what it asks for."""
    body = {"triggers": [FAILED], "verification": {"settle": "10s", "within": "2m"}, **spec}
    await world.cluster.create(playbook_raw("failures", **body))
    world.start()
    await world.passes(20)


async def book(world: World, name: str = "failures") -> SelfHealingPlaybook:
    ref = ObjectRef(api_version=API_VERSION, kind="SelfHealingPlaybook", name=name, namespace="shop")
    return SelfHealingPlaybook.read(await world.cluster.get(ref))


async def test_a_pushed_signal_is_acted_on_within_a_second_and_verified_by_silence() -> None:
    async with World() as world:
        await heal(world)
        world.layer.receive([said(world)])
        await world.passes(1)
        assert world.moves == ["restart"]
        plan = await world.until("Succeeded", within=150)
        assert plan.spec.verification.type == "Playbook"
        assert plan.spec.trigger.signal is not None
        assert plan.spec.trigger.signal.trigger == "failed"


async def test_what_was_healed_is_not_healed_again_for_the_same_signal() -> None:
    async with World() as world:
        await heal(world, cooldown="1s")
        world.layer.receive([said(world), said(world)])
        await world.until("Succeeded", within=150)
        await world.passes(900)
        assert world.moves == ["restart"]
        assert (await book(world)).status.incident is None
        world.layer.receive([said(world, 1)])
        await world.passes(1)
        assert world.moves == ["restart", "restart"]


async def test_a_signal_that_goes_on_after_the_cure_has_the_cure_taken_back() -> None:
    async with World() as world:
        await heal(world, actions=[{"type": "Scale", "scale": {"by": 1, "max": 3}}])
        for number in range(16):
            world.layer.receive([said(world, number)])
            await world.passes(10)
        (plan,) = await world.plans()
        assert plan.status.phase == "RolledBack"
        assert world.moves == [3, 2]


async def test_a_signal_that_no_playbook_listens_to_wakes_nothing() -> None:
    async with World() as world:
        await heal(world)
        turns = world.layer.turns["healing"].number
        world.layer.receive([said(world, n, type="Other") for n in range(50)])
        world.layer.receive([said(world, n, namespace="elsewhere") for n in range(50)])
        await world.passes(1)
        assert world.layer.turns["healing"].number == turns
        assert world.layer.store.view(world.clock.now()).board.streams == {}


async def test_a_flood_costs_a_bounded_number_of_turns_and_healing_still_works() -> None:
    async with World() as world:
        await heal(world)
        turns = world.layer.turns["healing"].number
        for burst in range(100):
            world.layer.receive([said(world, burst * 1000 + n, labels={"deployment": "agent"}) for n in range(100)])
            await world.passes(0.01)
        assert world.layer.turns["healing"].number - turns <= 7
        assert world.moves == ["restart"]
        (stream,) = world.layer.store.view(world.clock.now()).board.streams["shop", "TaskFailureCount"]
        assert len(stream.cells) <= 64
        assert sum(cell.count for cell in stream.cells) == 10_000


async def test_a_flood_while_an_incident_is_cured_hinders_no_other_cure_and_what_is_turned_away_is_counted() -> None:
    async with World() as world:
        other = deployment(2)
        other["metadata"] |= {"name": "planner", "uid": "uid-planner"}
        await world.cluster.create(other)
        await world.cluster.patch_status(PLANNER, {"status": other["status"]})
        await heal(world, target=NAMED)
        world.layer.receive([said(world, 1)])
        await world.passes(1)
        for burst in range(1, 4):
            world.layer.receive([said(world, burst * 100_000 + number) for number in range(30_000)])
            world.layer.receive([said(world, 10 + burst, labels={"deployment": "planner"})])
            await world.passes(1)
            healed = [plan.spec.actions[0].target_ref.name for plan in await world.plans()]
            assert sorted(healed) == ["agent", "planner"]
        assert world.layer.store.inbox.refused["Flooded"] > 30_000


async def test_each_target_that_a_signal_names_has_its_own_incident_and_plan() -> None:
    async with World() as world:
        other = deployment(2)
        other["metadata"] |= {"name": "planner", "uid": "uid-planner"}
        await world.cluster.create(other)
        await world.cluster.patch_status(PLANNER, {"status": other["status"]})
        await heal(world, target=NAMED)
        world.layer.receive([said(world, 1), said(world, 2, labels={"deployment": "planner"})])
        await world.passes(1)
        assert {plan.spec.actions[0].target_ref.name for plan in await world.plans()} == {"agent", "planner"}
        assert [each.target for each in (await book(world)).status.incidents] == ["agent", "planner"]
        await world.passes(400)
        assert (await book(world)).status.incidents == ()
        assert {plan.status.phase for plan in await world.plans()} == {"Succeeded"}


async def test_of_more_targets_than_are_looked_after_the_rest_come_when_others_are_over() -> None:
    async with World() as world:
        await heal(
            world, target=NAMED, actions=[{"type": "Notify", "notify": {"channel": "oncall", "message": "look"}}]
        )
        for number in range(34):
            other = deployment(2)
            other["metadata"] |= {"name": f"w{number:02}", "uid": f"uid-{number}"}
            await world.cluster.create(other)
        said_of = [said(world, n, labels={"deployment": f"w{n:02}"}) for n in range(34)]
        world.layer.receive(said_of)
        for _ in range(20):
            await world.passes(0.5)
        assert len((await book(world)).status.incidents) == 32
        assert len(await world.plans()) == 32
        await world.passes(240)
        targets = [plan.spec.actions[0].target_ref.name for plan in await world.plans()]
        assert len(set(targets)) == len(targets) == 34


async def test_a_signal_for_a_target_that_does_not_exist_is_told_once_and_nothing_is_guessed() -> None:
    async with World() as world:
        await heal(world, target=NAMED)
        for number in range(5):
            world.layer.receive([said(world, number, labels={"deployment": "agen"})])
            await world.passes(1)
        assert world.diary.names.count("TargetNotFound") == 1
        assert await world.plans() == []
        assert world.moves == []


async def test_a_second_attempt_takes_the_next_rung_of_the_escalation() -> None:
    async with World() as world:
        scale = [{"type": "Scale", "scale": {"by": 1, "max": 3}}]
        await heal(world, cooldown="1s", escalation=[{"after": 1, "actions": scale}])
        for number in range(20):
            world.layer.receive([said(world, number)])
            await world.passes(10)
        assert world.moves[:2] == ["restart", 3]


async def test_after_an_attempt_that_did_not_help_its_rollback_actions_are_a_plan_of_their_own() -> None:
    async with World() as world:
        notify = {"type": "Notify", "notify": {"channel": "oncall", "message": "the restart did not help"}}
        await heal(world, cooldown="1h", rollbackActions=[notify])
        for number in range(14):
            world.layer.receive([said(world, number)])
            await world.passes(10)
        await world.passes(60)
        phases = sorted((plan.spec.verification.type, plan.status.phase) for plan in await world.plans())
        assert phases == [("Playbook", "Failed"), ("Rollout", "Succeeded")]
        assert [call.key for call in world.outlets.calls] != []
        await world.passes(900)
        assert len(await world.plans()) == 2


async def test_a_restart_forgets_signals_and_neither_heals_twice_nor_takes_its_own_deafness_for_silence() -> None:
    async with World() as world:
        await heal(world, cooldown="1s")
        world.layer.receive([said(world)])
        await world.passes(5)
        await world.kill()
        world.start("b")
        await world.passes(40)
        (plan,) = await world.plans()
        assert plan.status.phase == "Verifying"
        plan = await world.until("Succeeded", within=120)
        await world.passes(600)
        assert world.moves == ["restart"]
        assert len(await world.plans()) == 1


async def test_a_cure_that_brings_its_own_trouble_back_is_stopped_after_three_rounds() -> None:
    async with World() as world:
        await heal(world, cooldown="1s", limit={"count": 100, "per": "2h"})
        for number in range(6):
            world.layer.receive([said(world, number)])
            await world.passes(140)
        assert world.moves == ["restart"] * 3
        stopped = next(each for each in (await book(world)).status.conditions if each.type == "Stopped")
        assert (stopped.status, stopped.reason) == ("True", "RetriggersItself")
        assert world.diary.names.count("PlaybookStopped") == 1


async def test_two_playbooks_on_one_target_make_one_plan_and_the_other_waits() -> None:
    async with World() as world:
        await world.cluster.create(playbook_raw("second", triggers=[FAILED]))
        await heal(world)
        world.layer.receive([said(world)])
        await world.passes(2)
        assert len(await world.plans()) == 1
        assert world.moves == ["restart"]


async def test_clocks_that_differ_by_a_minute_are_one_clock_and_by_an_hour_are_none() -> None:
    async with World() as world:
        await heal(world, limit={"count": 100, "per": "1h"})
        ahead = said(world)
        hour = Signal("TaskFailureCount", "shop", {}, 1.0, ahead.at + timedelta(hours=1), "/conductor", "2")
        past = Signal("TaskFailureCount", "shop", {}, 1.0, ahead.at - timedelta(hours=2), "/conductor", "3")
        nan = Signal("TaskFailureCount", "shop", {}, float("nan"), ahead.at, "/conductor", "4")
        world.layer.receive([hour, past, nan])
        await world.passes(2)
        assert world.moves == []
        assert world.layer.store.inbox.refused == {"FromTheFuture": 1, "TooOld": 1, "NotANumber": 1}
        soon = Signal("TaskFailureCount", "shop", {}, 1.0, world.clock.now() + timedelta(seconds=50), "/c", "5")
        world.layer.receive([soon])
        await world.passes(1)
        assert world.moves == ["restart"]
