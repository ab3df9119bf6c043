"""Owners' policies on a real control plane: a ConfigMap is applied, and plans are judged by it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from autonomic.governance.owners import of_owners
from testbed.cluster import Cluster
from testbed.installation import NAMESPACE
from testbed.opa import Opa
from testbed.people import ROOT
from testbed.waiting import until
from testbed.world import World, contract

SECONDS = 30.0
GOOD = """package autonomic.owners.testing

denials contains {"rule": "not-here", "reason": "nothing is scaled in SHOP"} if {
	input.namespace.name == "SHOP"
	some step in input.steps
	step.action == "Scale"
}
"""


@pytest.fixture
def apply(cluster: Cluster, opa: Opa) -> Iterator[Any]:
    """Applies a policy of owners; it is deleted at the end, and back when no plan is judged by it any more."""

    def applied(text: str) -> None:
        meta = {"name": "testing", "namespace": NAMESPACE, "labels": {"autonomic.maestro.dev/policy": "true"}}
        made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"policy.rego": text}}
        cluster.kubectl("apply", "-f", "-", input=json.dumps(made), as_=ROOT)

    yield applied
    cluster.kubectl("delete", "configmap", "testing", "-n", NAMESPACE, "--ignore-not-found", as_=ROOT)
    until(lambda: not any(map(of_owners, modules(opa))), SECONDS, "the policy of owners to be taken out")


def modules(opa: Opa) -> list[str]:
    """The names of what OPA judges by."""
    return [each["id"] for each in requests.get(f"{opa.url}/v1/policies", timeout=5).json()["result"]]


def events(cluster: Cluster) -> list[tuple[str, str]]:
    """What `kubectl describe` shows of the ConfigMap: reasons and messages."""
    told = json.loads(cluster.kubectl("get", "configmap", "testing", "-n", NAMESPACE, "-o", "json", as_=ROOT))
    uid = told["metadata"]["uid"]
    chosen = f"involvedObject.uid={uid}"
    listed = cluster.kubectl("get", "events", "-n", NAMESPACE, "--field-selector", chosen, "-o", "json", as_=ROOT)
    return [(each["reason"], each["message"]) for each in json.loads(listed)["items"]]


def test_an_owner_s_policy_denies_a_plan_and_a_broken_one_leaves_it_in_force(world: World, apply: Any) -> None:
    apply(GOOD.replace("SHOP", world.namespace))
    apply(GOOD.replace("input.steps", "input.step"))

    def refused() -> list[str]:
        return [message for reason, message in events(world.cluster) if reason == "PolicyRefused"]

    (message,) = until(refused, SECONDS, "the broken policy to be named by an Event")
    assert "undefined ref: input.step" in message
    apply(GOOD.replace("SHOP", world.namespace))
    until(lambda: "PolicyTakenIn" in dict(events(world.cluster)), SECONDS, "the corrected policy to be taken in")
    world.apply(contract(world, by=2))
    world.traffic.set(good=30, bad=20)
    governance = world.plan("Denied")["status"]["governance"]
    assert governance["reasons"] == [f"owners.testing.not-here: nothing is scaled in {world.namespace}"]
    assert "+owners." in governance["policyRevision"]
    assert world.patches() == []
