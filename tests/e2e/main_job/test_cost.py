"""A CostBudget on a real control plane: spend climbs, a plan makes it cheaper, and is given back when the pressure ends."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from testbed.cluster import Cluster
from testbed.prometheus import Prometheus
from testbed.remote_write import Sample, series
from testbed.spending import Spending
from testbed.waiting import until
from testbed.world import World, phase

Manifest = dict[str, Any]
GROUP = "autonomic.maestro.dev"
PATIENCE = 90.0
PLENTY = "1000000"
"""So much that what was spent by then is nothing of it, however long a slow machine spent."""


def models(world: World) -> Manifest:
    """A ConfigMap whose key says which model is asked."""
    named = {"name": "models", "namespace": world.namespace, "annotations": {f"{GROUP}/writable-keys": "model,tier"}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": named, "data": {"model": "large"}}


def budget(world: World, name: str = "team", amount: str = "100", selector: str = "") -> Manifest:
    """A rolling hour; at nine tenths of the amount the small model is asked, and a key says so that was not there."""
    found = selector or world.traffic.selector("litellm_spend_metric_total")
    requests = world.traffic.selector("litellm_requests_metric_total")
    ref = {"apiVersion": "v1", "kind": "ConfigMap", "name": "models"}
    switch = {"type": "SwitchModel", "targetRef": ref, "switchModel": {"key": "model", "model": "small"}}
    tier = {"type": "SetConfig", "targetRef": ref, "setConfig": {"key": "tier", "value": "cheap"}}
    return {
        "apiVersion": f"{GROUP}/v1alpha1",
        "kind": "CostBudget",
        "metadata": {"name": name, "namespace": world.namespace},
        "spec": {
            "limit": {"amount": amount, "currency": "USD", "per": "1h", "window": "Rolling"},
            "spend": {"type": "LiteLLM", "liteLLM": {"selector": found, "requests": requests}},
            "ladder": [{"at": "0.9", "actions": [switch, tier]}],
            "mode": "Enforce",
            "verification": {"settle": "1s", "within": "2m", "window": "5s"},
        },
    }


def status(world: World, name: str = "team") -> Manifest:
    """What the budget says of itself."""
    found: Manifest = world.get("costbudget", name).get("status", {})
    return found


def model(world: World) -> str:
    """What the agents are told to ask."""
    return str(world.get("configmap", "models")["data"]["model"])


@pytest.fixture
def quick_cost_loop(cluster: Cluster, world: World) -> None:
    """The cost loop may give back at once what was just done."""
    patch = json.dumps({"spec": {"guards": {"flapping": "1s"}}})
    cluster.kubectl("patch", "controlloop", "cost", "--type=merge", "-p", patch)


@contextmanager
def told(world: World) -> Iterator[None]:
    """What fails within says how the budgets and the plans looked, and what the operator logged."""
    try:
        yield
    except AssertionError as error:
        budgets = world.cluster.kubectl("get", "costbudgets", "-n", world.namespace, "-o", "yaml")
        error.add_note(f"{budgets}\n{world.story()}")
        raise


def test_spend_past_nine_tenths_is_made_cheaper_measured_and_given_back(
    world: World, prometheus: Prometheus, quick_cost_loop: None
) -> None:
    with Spending(prometheus, world.namespace, 80) as money, told(world):
        world.apply(models(world), budget(world))
        until(lambda: status(world).get("spent", "Unknown") != "Unknown", PATIENCE, "the spend to be known")
        assert (status(world)["level"], world.plans()) == ("Normal", [])
        money.spend(tasks=200)
        plan = world.plan("AwaitingApproval", seconds=PATIENCE)
        money.spend(tasks=20)
        assert (status(world)["level"], model(world)) == ("Constrained", "large")
        assert "which is Constrained" in plan["spec"]["justification"]
        world.review(plan)
        until(lambda: model(world) == "small", PATIENCE, "the small model to be asked")
        money.spend(tasks=1, cheaper=4)
        done = world.plan("Succeeded", "RolledBack", "Failed", "Inconclusive", seconds=2 * PATIENCE)
        assert phase(done) == "Succeeded"
        assert float(done["status"]["verification"]["saved"]) > 0
        table = world.cluster.kubectl("get", "costbudgets", "-n", world.namespace)
        assert max(len(line) for line in table.splitlines()) <= 120
        world.apply(budget(world, amount=PLENTY))
        back = until(lambda: giving_back(world, "AwaitingApproval"), PATIENCE, "a plan to give it back")
        assert "is given back" in back["spec"]["justification"]
        world.review(back)
        until(lambda: model(world) == "large", PATIENCE, "the large model to be asked again")
        until(lambda: giving_back(world, "Succeeded"), PATIENCE, "the end of giving back")
        assert world.get("configmap", "models")["data"] == {"model": "large"}


def giving_back(world: World, *wanted: str) -> Manifest | None:
    """The plan that gives back, once it has one of the phases."""
    found = [each for each in world.plans() if each["spec"]["trigger"]["budget"].get("givesBack")]
    return next((each for each in found if phase(each) in wanted), None)


def resting(world: World, **more: object) -> Manifest:
    """A budget of which nothing is known, whose Deployment rests at all hours."""
    made = budget(world, selector=world.traffic.selector("odd_spend_total", said="nothing"))
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": world.name}
    return {**made, "spec": {**made["spec"], "ladder": [{"at": "0.9"}], "targetRef": ref, **more}}


def test_a_workload_rests_in_its_idle_hours_and_is_back_when_nobody_wants_that_any_more(
    world: World, quick_cost_loop: None
) -> None:
    always = {"hours": [{"schedule": "0 0 * * *", "duration": "24h"}], "lead": "1s"}
    with told(world):
        world.deploy(replicas=2)
        world.apply(resting(world, idle=always))
        plan = world.plan("AwaitingApproval", "Succeeded", seconds=PATIENCE)
        if phase(plan) == "AwaitingApproval":
            world.review(plan)
        world.plan("Succeeded", seconds=PATIENCE)
        assert world.replicas == 1
        assert "has nothing to do until Mon" in plan["spec"]["justification"]
        assert "what that saves is not known" in plan["spec"]["justification"]
        until(
            lambda: world.condition("costbudget", "team", "Awake").get("reason") == "Asleep", PATIENCE, "it to be told"
        )
        world.cluster.kubectl("delete", "costbudget", "team", "-n", world.namespace)
        back = until(lambda: giving_back(world, "AwaitingApproval", "Succeeded"), PATIENCE, "a plan to bring it back")
        if phase(back) == "AwaitingApproval":
            world.review(back)
        until(lambda: world.replicas == 2, PATIENCE, "the workload to be back")


def test_spend_that_is_absent_not_a_number_or_infinite_is_unknown_and_asks_for_nothing(
    world: World, prometheus: Prometheus
) -> None:
    now = datetime.now(UTC)
    for said in ("NaN", "+Inf"):
        named = series("odd_spend_total", workload=world.namespace, said=said)
        prometheus.write({named: [Sample(now, float(said))]})
    selectors = {
        "absent": world.traffic.selector("odd_spend_total", said="nothing"),
        "nan": world.traffic.selector("odd_spend_total", said="NaN"),
        "inf": world.traffic.selector("odd_spend_total", said="+Inf"),
    }
    world.apply(models(world), *(budget(world, name, "1", found) for name, found in selectors.items()))

    def reasons() -> dict[str, str]:
        return {name: world.condition("costbudget", name, "SpendKnown").get("reason", "") for name in selectors}

    until(lambda: all(reasons().values()), PATIENCE, "each budget to be looked at")
    assert reasons()["absent"] == "Absent"
    assert {world.condition("costbudget", name, "SpendKnown")["status"] for name in selectors} == {"Unknown"}
    assert {status(world, name)["spent"] for name in selectors} == {"Unknown"}
    assert world.plans() == []
