"""A CostBudget on a real control plane: spend climbs, a plan makes it cheaper, and is given back when the pressure ends."""

import json
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


def models(world: World) -> Manifest:
    """A ConfigMap whose key says which model is asked."""
    named = {"name": "models", "namespace": world.namespace, "annotations": {f"{GROUP}/writable-keys": "model"}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": named, "data": {"model": "large"}}


def budget(world: World, name: str = "team", amount: str = "100", selector: str = "") -> Manifest:
    """A rolling hour; at nine tenths of the amount the small model is asked."""
    found = selector or world.traffic.selector("litellm_spend_metric_total")
    requests = world.traffic.selector("litellm_requests_metric_total")
    ref = {"apiVersion": "v1", "kind": "ConfigMap", "name": "models"}
    switch = {"type": "SwitchModel", "targetRef": ref, "switchModel": {"key": "model", "model": "small"}}
    return {
        "apiVersion": f"{GROUP}/v1alpha1",
        "kind": "CostBudget",
        "metadata": {"name": name, "namespace": world.namespace},
        "spec": {
            "limit": {"amount": amount, "currency": "USD", "per": "1h", "window": "Rolling"},
            "spend": {"type": "LiteLLM", "liteLLM": {"selector": found, "requests": requests}},
            "ladder": [{"at": "0.9", "actions": [switch]}],
            "mode": "Enforce",
            "verification": {"settle": "1s", "within": "25s", "window": "5s"},
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


def test_spend_past_nine_tenths_is_made_cheaper_measured_and_given_back(
    world: World, prometheus: Prometheus, quick_cost_loop: None
) -> None:
    with Spending(prometheus, world.namespace, 80) as money:
        world.apply(models(world), budget(world))
        until(lambda: status(world).get("spent", "Unknown") != "Unknown", 30, "the spend to be known")
        assert (status(world)["level"], world.plans()) == ("Normal", [])
        money.spend(tasks=200)
        plan = world.plan("AwaitingApproval")
        assert (status(world)["level"], model(world)) == ("Constrained", "large")
        assert "which is Constrained" in plan["spec"]["justification"]
        world.review(plan)
        until(lambda: model(world) == "small", 20, "the small model to be asked")
        money.spend(tasks=1, cheaper=4)
        done = world.plan("Succeeded", "RolledBack", "Failed", "Inconclusive")
        assert phase(done) == "Succeeded", world.condition("adaptationplan", done["metadata"]["name"], "Finished")
        assert float(done["status"]["verification"]["saved"]) > 0
        table = world.cluster.kubectl("get", "costbudgets", "-n", world.namespace)
        assert max(len(line) for line in table.splitlines()) <= 120
        world.apply(budget(world, amount="1000"))
        back = until(lambda: giving_back(world, "AwaitingApproval"), 40, "a plan to give it back")
        assert "is given back" in back["spec"]["justification"]
        world.review(back)
        until(lambda: model(world) == "large", 20, "the large model to be asked again")
        until(lambda: giving_back(world, "Succeeded"), 30, "the end of giving back")


def giving_back(world: World, wanted: str) -> Manifest | None:
    """The plan that gives back, once it has that phase."""
    found = [each for each in world.plans() if each["spec"]["trigger"]["budget"].get("givesBack")]
    return next((each for each in found if phase(each) == wanted), None)


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

    def told() -> dict[str, str]:
        return {name: world.condition("costbudget", name, "SpendKnown").get("reason", "") for name in selectors}

    until(lambda: all(told().values()), 30, "each budget to be looked at")
    assert told()["absent"] == "Absent"
    assert {world.condition("costbudget", name, "SpendKnown")["status"] for name in selectors} == {"Unknown"}
    assert {status(world, name)["spent"] for name in selectors} == {"Unknown"}
    assert world.plans() == []
