"""AutonomicLayer for programs: with no cluster at all it lists, turns, plans and stops."""

import asyncio
from typing import Any

import pytest

import autonomic.layer
import autonomic.sdk
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.readings import Abilities
from autonomic.domain.words import API_VERSION
from autonomic.loops.reliability import ReliabilityLoop
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.memory.policy import MemoryPolicyEngine
from autonomic.sdk import AutonomicLayer, Ports
from autonomic.sdk.embedded import embedded
from autonomic.simulate import Unfit
from testbed.waiting import until
from tests.unit.cycle.world import APPROVE
from tests.unit.domain.specimens import loop_raw, playbook_raw, redline_raw
from tests.unit.simulate.scenes import FAILING, NAMESPACE, OBJECTS

ROUTE = {
    "apiVersion": API_VERSION,
    "kind": "AdaptiveRoute",
    "metadata": {"name": "chat", "namespace": "shop"},
    "spec": {"taskTypes": ["summary"], "candidates": [{"name": "a"}, {"name": "b"}], "baseline": "a"},
}
KILLS = {"name": "failed", "type": "Signal", "signal": {"type": "TaskFailureCount"}, "count": 1}


def plain(raw: dict[str, Any]) -> dict[str, Any]:
    """The object as somebody writes it: without what the server gives."""
    meta = {key: raw["metadata"][key] for key in ("name", "namespace", "labels") if key in raw["metadata"]}
    return {**raw, "metadata": meta}


async def plans(layer: AutonomicLayer) -> list[AdaptationPlan]:
    """All plans of its cluster."""
    return [AdaptationPlan.read(raw) for raw in await layer.ports.cluster.list(API_VERSION, "AdaptationPlan")]


def test_the_public_names_are_these() -> None:
    assert autonomic.sdk.__all__ == [
        "LOOPS",
        "AutonomicError",
        "AutonomicLayer",
        "ControlLoop",
        "Decision",
        "Invalid",
        "Leadership",
        "Outcome",
        "Ports",
        "Receipt",
        "Scenario",
        "Timing",
        "Unavailable",
    ]
    public = {name for name in dir(AutonomicLayer) if not name.startswith("_")}
    assert public == {
        "apply",
        "cycle",
        "fill",
        "left_out",
        "observe",
        "plug_in",
        "plug_in_installed",
        "receive",
        "register_loop",
        "run",
        "simulate",
        "start",
        "stop",
        "warned",
        "whole",
    }
    parts = set(vars(AutonomicLayer())) - set(vars(autonomic.layer.AutonomicLayer(embedded(MemoryPolicyEngine()))))
    assert {name for name in parts if not name.startswith("_")} == {"signals"}


async def test_it_starts_and_stops_without_a_cluster() -> None:
    layer = AutonomicLayer()
    await layer.start()
    with pytest.raises(Invalid, match="stop\\(\\) it before"):
        await layer.start()
    await layer.stop()
    await layer.stop()
    async with layer:
        assert layer.filled


async def test_a_playbook_and_a_signal_make_a_plan_that_a_person_decides() -> None:
    layer = AutonomicLayer()
    await layer.apply(*(plain(each) for each in (NAMESPACE, redline_raw(), loop_raw("Healing"), OBJECTS[3])))
    await layer.healing.register_playbook(plain(playbook_raw(triggers=[KILLS])))
    event = {
        "specversion": "1.0",
        "type": "dev.maestro.signal.TaskFailureCount.v1",
        "source": "conductor",
        "id": "1",
        "data": {"labels": {"deployment": "agent"}, "value": 1},
    }
    receipt = await layer.signals.ingest(event, "shop")
    assert (receipt.accepted, list(receipt.refused)) == (1, [])
    await layer.cycle()
    (plan,) = await plans(layer)
    assert plan.status.phase == "AwaitingApproval"
    assert plan.status.governance is not None
    assert plan.status.governance.reasons[0].startswith("no-policy-engine: no OPA is asked here")
    await layer.stop()


async def test_a_cycle_carries_out_what_policy_approves() -> None:
    ports = embedded(MemoryPolicyEngine(APPROVE, "r7"))
    layer = AutonomicLayer(ports)
    await layer.apply(*(plain(each) for each in (NAMESPACE, redline_raw(), loop_raw("Healing"), OBJECTS[3])))
    await layer.healing.register_playbook(plain(playbook_raw(triggers=[KILLS])))
    event = {"specversion": "1.0", "type": "dev.maestro.signal.TaskFailureCount.v1", "source": "x", "id": "1"}
    labels = {"labels": {"deployment": "agent"}, "value": 1}
    await layer.signals.ingest([{**event, "data": labels}], "shop")
    await layer.cycle()
    (plan,) = await plans(layer)
    assert plan.status.phase == "Verifying"


async def test_a_layer_that_turns_takes_no_cycle_by_hand() -> None:
    async with AutonomicLayer() as layer:
        with pytest.raises(Invalid, match="turns by itself"):
            await layer.cycle()


async def test_what_is_supposed_of_the_layer_is_tried_and_not_written() -> None:
    async with AutonomicLayer() as layer:
        await layer.apply(NAMESPACE, *(plain(each) for each in OBJECTS))
        outcome = await layer.simulate({"figures": [FAILING]})
        assert [each.verdict for each in outcome.plans] == ["RequireApproval"]
        assert await plans(layer) == []
        with pytest.raises(Unfit, match="is no share"):
            await layer.simulate({"figures": [{**FAILING, "errorRatio": "x"}]})


async def test_a_simulation_of_a_layer_that_was_not_started_begins_with_what_was_applied() -> None:
    layer = AutonomicLayer()
    await layer.apply(NAMESPACE, *(plain(each) for each in OBJECTS))
    assert len((await layer.simulate({"figures": [FAILING]})).plans) == 1
    await layer.stop()


async def test_tasks_are_decided_and_their_outcomes_learnt() -> None:
    async with AutonomicLayer() as layer:
        await layer.apply(NAMESPACE, ROUTE)
        await asyncio.to_thread(until, lambda: "shop/chat" in layer.routing.desks, 30, "the route to be ready")
        decision = layer.routing.decide("shop", "chat", "summary")
        assert decision.candidate == "a"
        assert layer.routing.outcome(decision.decision_id, True, latency=0.2)


async def test_a_loop_that_is_registered_is_turned() -> None:
    class Louder(ReliabilityLoop):
        type = "Louder"

    layer = AutonomicLayer()
    await layer.apply(loop_raw("Louder") | {"metadata": {"name": "louder"}})
    layer.register_loop(Louder())
    await layer.cycle()
    assert layer.turns["louder"].number == 1


async def test_an_object_that_is_none_is_named() -> None:
    with pytest.raises(Invalid, match=r"metadata\.name is missing"):
        await AutonomicLayer().apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {}})


async def test_an_object_that_is_applied_twice_has_what_was_given_last() -> None:
    layer = AutonomicLayer()
    await layer.apply(redline_raw(limits={"maxReplicas": 3}))
    await layer.apply(redline_raw(limits={"maxReplicas": 5}))
    (line,) = layer.store.view(layer.ports.clock.now()).redlines.values()
    assert line.spec.limits.max_replicas == 5


async def test_signals_that_json_can_not_hold_are_refused_by_name() -> None:
    with pytest.raises(Invalid, match="events: "):
        await AutonomicLayer().signals.ingest({"specversion": {1, 2}})


def test_ports_have_their_own_policy_engine() -> None:
    ports: Ports = embedded(MemoryPolicyEngine())
    with pytest.raises(Invalid, match="among the ports"):
        AutonomicLayer(ports, opa="opa")


async def test_before_it_is_started_the_policy_engine_says_so() -> None:
    with pytest.raises(Unavailable, match="start\\(\\) the layer"):
        await AutonomicLayer().ports.policy.decide({})


async def test_an_opa_that_does_not_run_is_named_and_nothing_is_left() -> None:
    layer = AutonomicLayer(opa="http://127.0.0.1:1")
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1"):
        await layer.start()
    with pytest.raises(Unavailable):
        await layer.start()


async def test_metrics_of_ones_own_are_asked() -> None:
    metrics = MemoryMetrics({})
    metrics.can = Abilities(anchored=False)
    embedded_ports = embedded(MemoryPolicyEngine(APPROVE, "r7"))
    ports = Ports(
        embedded_ports.cluster, embedded_ports.admission, metrics, embedded_ports.policy, embedded_ports.clock,
        embedded_ports.entropy,
    )  # fmt: skip
    layer = AutonomicLayer(ports)
    await layer.apply(NAMESPACE, *(plain(each) for each in OBJECTS))
    await layer.cycle()
    assert metrics.asked
