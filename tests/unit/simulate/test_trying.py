"""What follows from a scenario: the layer's own cycle, governance and arbitration, and nothing written."""

from typing import Any

import pytest

from autonomic.cycle.store import WATCHED, Store
from autonomic.domain.signals.received import Signal
from autonomic.domain.view import View
from autonomic.loops.healing import HealingLoop
from autonomic.ports.memory.clock import MemoryEntropy
from autonomic.ports.memory.policy import MemoryPolicyEngine, PersonalJudgement
from autonomic.simulate import Base, Limits, TookTooLong, Twin, Unfit, scenario, try_out
from autonomic.simulate.beside import Busy, Simulator, Wish
from tests.unit.cycle.world import DENY
from tests.unit.domain.specimens import NOW, contract_raw, deployment, playbook_raw, redline_raw
from tests.unit.simulate.scenes import BANK, CONTRACT, FAILING, NAMESPACE, OBJECTS, tried, turning

SIGNAL = {"name": "killed", "type": "KubernetesEvent", "kubernetesEvent": {"reasons": ["OOMKilled"]}, "count": 2}
KILLED = {"type": "OOMKilled", "source": "kubernetes-events", "namespace": "shop", "labels": {"deployment": "agent"}}


async def test_a_failing_objective_gives_the_plan_that_policy_approves() -> None:
    found = await tried(figures=[FAILING])
    (plan,) = found.plans
    assert (plan.verdict, plan.action, plan.proposed) == ("Approve", "scale from 2 to 4 replicas", True)
    assert plan.reasons == ("small: it is small",)
    assert plan.then.startswith("it is carried out at once")
    assert [each.alert for each in found.objectives] == ["Breach"]


async def test_nothing_follows_where_nothing_fails() -> None:
    found = await tried(figures=[{**FAILING, "errorRatio": "0%"}])
    assert found.plans == ()
    assert [(each.alert, each.budget_remaining) for each in found.objectives] == [("None", "100.0%")]


async def test_what_has_failed_for_a_short_time_spends_little_of_the_budget() -> None:
    long = await tried(figures=[{**FAILING, "lasting": "28d"}])
    short = await tried(figures=[{**FAILING, "lasting": "5m"}])
    assert [each.alert for each in (*long.objectives, *short.objectives)] == ["Exhausted", "None"]
    assert [each.rate for each in short.objectives[0].burn_rates] == ["1.7", "20.0"]


async def test_few_events_are_unknown_and_nothing_acts_on_them() -> None:
    found = await tried(figures=[{**FAILING, "events": 5}])
    assert found.plans == ()
    assert found.objectives[0].budget_remaining == "Unknown"


async def test_without_a_policy_engine_a_person_decides_and_the_reason_is_given() -> None:
    found = await tried(PersonalJudgement("nobody is asked here"), figures=[FAILING])
    (plan,) = found.plans
    assert plan.verdict == "RequireApproval"
    assert plan.reasons == ("no-policy-engine: nobody is asked here",)
    assert plan.then.startswith("it waits")


async def test_a_policy_engine_that_denies_is_heard() -> None:
    (plan,) = (await tried(MemoryPolicyEngine(DENY, "r7"), figures=[FAILING])).plans
    assert (plan.verdict, plan.phase, plan.reasons) == ("Deny", "Denied", ("never: never",))


async def test_a_redline_refuses_and_is_named() -> None:
    objects = [redline_raw(limits={"maxReplicas": 3}), *OBJECTS[1:]]
    (plan,) = (await tried(objects=objects, figures=[FAILING])).plans
    assert (plan.verdict, plan.phase) == ("Deny", "Denied")
    assert "maxReplicas is 3" in plan.reasons[0]


async def test_a_kill_switch_lets_nothing_be_proposed() -> None:
    found = await tried(objects=[redline_raw(killSwitch=True), *OBJECTS[1:]], figures=[FAILING])
    assert found.plans == ()
    assert [each.message for each in found.facts if each.name == "NotProposed"] == [
        "the kill switch of RedLine default is on"
    ]


async def test_in_observe_it_is_said_what_would_be_proposed_and_why_it_is_not() -> None:
    found = await tried(objects=[deployment(2), CONTRACT], figures=[FAILING])
    assert found.plans == ()
    assert "WouldPropose" in [each.name for each in found.facts]
    assert "there is no RedLine, so that nothing is more than observed" in found.notes
    assert "there is no ControlLoop reliability, so that this loop only observes" in found.notes


async def test_two_contracts_that_want_one_target_are_in_each_others_way() -> None:
    second = contract_raw("second", **CONTRACT["spec"])
    found = await tried(objects=[*OBJECTS, second], figures=[{"contract": "shop/*", "errorRatio": "10%"}])
    assert len(found.plans) == 1
    assert any("for the same target is not finished" in each.message for each in found.facts)


async def test_signals_are_heard_by_the_playbooks_that_listen() -> None:
    objects = [*OBJECTS, playbook_raw(triggers=[SIGNAL])]
    (plan,) = (await tried(objects=objects, signals=[{**KILLED, "times": 2}])).plans
    assert (plan.loop, plan.action) == ("healing", "restart all pods")


async def test_a_signal_that_nobody_listens_to_is_noted() -> None:
    found = await tried(signals=[KILLED])
    assert "no playbook of namespace shop listens to OOMKilled" in found.notes


async def test_an_answer_of_the_metrics_server_may_be_supposed() -> None:
    objects = [*OBJECTS, playbook_raw()]
    asked = sorted({each.expr for each in HealingLoop().monitor(_view(objects))})
    (plan,) = (await tried(objects=objects, metrics=[{"expr": expr, "value": "0.5"} for expr in asked])).plans
    assert plan.action == "restart all pods"
    assert (await tried(objects=objects, metrics=[{"expr": expr} for expr in asked])).plans == ()


async def test_what_no_answer_is_given_for_is_unknown_and_nothing_acts_on_it() -> None:
    assert (await tried(objects=[*OBJECTS, playbook_raw()])).plans == ()


async def test_a_workload_that_is_not_given_is_assumed_and_that_is_noted() -> None:
    found = await tried(objects=[each for each in OBJECTS if each["kind"] != "Deployment"], figures=[FAILING])
    assert found.plans[0].action == "scale from 2 to 4 replicas"
    assert "Deployment shop/agent is not among the objects: it is taken to have 2 replicas" in found.notes


async def test_on_the_live_state_nothing_is_written_and_nothing_is_remembered() -> None:
    layer = await turning()
    before = layer.store.view(NOW)
    found = await Simulator(layer).simulate(Wish(scenario({"figures": [FAILING]})))
    assert [each.verdict for each in found.plans] == ["Approve"]
    assert layer.ports.cluster.writes == []  # type: ignore[attr-defined]
    assert layer.store.view(NOW) == before


async def test_an_object_may_stand_in_place_of_a_live_one() -> None:
    layer = await turning()
    strict = redline_raw(limits={"maxReplicas": 3})
    found = await Simulator(layer).simulate(Wish(scenario({"figures": [FAILING], "objects": [strict]})))
    assert [each.verdict for each in found.plans] == ["Deny"]


async def test_a_live_object_may_be_supposed_away() -> None:
    layer = await turning(redline_raw("strict", limits={"maxReplicas": 3}))
    with_it, without = [
        await Simulator(layer).simulate(Wish(scenario({"figures": [FAILING], "without": gone})))
        for gone in ([], ["RedLine/strict"])
    ]
    assert [each.verdict for each in with_it.plans] == ["Deny"]
    assert [each.verdict for each in without.plans] == ["Approve"]


async def test_who_sees_one_namespace_is_shown_no_other() -> None:
    other = contract_raw("other", **CONTRACT["spec"])
    other["metadata"]["namespace"] = "bank"
    agent = deployment(2)
    agent["metadata"]["namespace"] = "bank"
    layer = await turning(other, BANK, agent)
    everything = Wish(scenario({"figures": [{"contract": "*", "errorRatio": "10%"}]}))
    assert {each.namespace for each in (await Simulator(layer).simulate(everything)).plans} == {"shop", "bank"}
    narrow = Wish(everything.scenario, namespace="shop")
    found = await Simulator(layer).simulate(narrow)
    assert {each.namespace for each in found.plans} == {"shop"}
    assert "bank" not in found.model_dump_json()


async def test_what_goes_on_in_another_namespace_is_not_told_to_who_sees_one() -> None:
    book, agent = playbook_raw(triggers=[SIGNAL]), deployment(2)
    for raw in (book, agent):
        raw["metadata"]["namespace"] = "bank"
    layer = await turning(book, BANK, agent)
    about = {"deployment": "agent"}
    layer.receive([Signal("OOMKilled", "bank", about, 1.0, NOW, "kubernetes-events", number) for number in "12"])
    wish = scenario({"figures": [FAILING]})
    everything = await Simulator(layer).simulate(Wish(wish))
    assert {each.namespace for each in everything.plans} == {"shop", "bank"}
    narrow = await Simulator(layer).simulate(Wish(wish, namespace="shop"))
    assert {each.namespace for each in narrow.plans} == {"shop"}
    assert "bank" not in narrow.model_dump_json()


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"figures": [{"contract": "bank/other", "errorRatio": "1%"}]}, "figures.0.contract"),
        ({"signals": [{**KILLED, "namespace": "bank"}]}, "signals.0.namespace"),
        ({"without": ["SLAContract/bank/other"]}, "without.0"),
        ({"without": ["Namespace/shop"]}, "without.0"),
        ({"objects": [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}]}, "objects.0.kind"),
        (
            {"objects": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "bank"}}]},
            "objects.0.metadata.namespace",
        ),
    ],
)
async def test_within_one_namespace_nothing_is_supposed_of_another(parts: dict[str, Any], field: str) -> None:
    layer = await turning()
    with pytest.raises(Unfit) as refused:
        await Simulator(layer).simulate(Wish(scenario(parts), namespace="shop"))
    assert [each.field for each in refused.value.flaws] == [field]


async def test_one_caller_simulates_one_thing_at_a_time() -> None:
    simulator = Simulator(await turning())
    simulator._callers.add("ann")
    with pytest.raises(Busy, match="of yours"):
        await simulator.simulate(Wish(scenario({}), caller="ann"))
    simulator._callers |= {"b", "c", "d", "e"}
    with pytest.raises(Busy, match="others"):
        await simulator.simulate(Wish(scenario({}), caller="bob"))


async def test_what_takes_too_long_is_given_up() -> None:
    given = scenario({"objects": OBJECTS, "figures": [FAILING]})
    twin = Twin(Base(MemoryPolicyEngine(), MemoryEntropy()), given, NOW)
    with pytest.raises(TookTooLong, match="suppose less"):
        await try_out(twin, given, Limits(seconds=0.0))


def _view(objects: list[Any]) -> View:
    store = Store()
    for raw in (NAMESPACE, *objects):
        if raw["kind"] in WATCHED:
            store.apply(raw["kind"], {**raw, "metadata": {"resourceVersion": "1", **raw["metadata"]}})
    return store.view(NOW)
