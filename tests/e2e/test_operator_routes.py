"""Adaptive routes by an operator that runs, over a real Gateway API kind, with the chart's admission policies in force."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from autonomic.domain.routes import ADOPTED_ANNOTATION
from testbed.api import Api, ApiError
from testbed.cluster import Cluster, local_cluster
from testbed.definitions import define
from testbed.installation import install
from testbed.opa import Opa
from testbed.operator_process import OperatorProcess, start_operator
from testbed.people import ADMIN, ALICE, DAVE, ROOT, Person
from testbed.programs.catalogue import HTTP_ROUTES_CRD
from testbed.prometheus import Prometheus
from testbed.run import Run
from testbed.waiting import until

GROUP = "autonomic.maestro.dev"
API_VERSION = f"{GROUP}/v1alpha1"
ENVIRONMENT = {"AUTONOMIC_INGESTION_DELAY": "1s", "AUTONOMIC_LEASE_SECONDS": "5"}
SECONDS = 60.0
SPEC = {
    "taskTypes": ["triage"],
    "candidates": [{"name": "sonnet"}, {"name": "haiku"}],
    "baseline": "sonnet",
    "policy": {"algorithm": "EpsilonGreedy", "epsilon": "0.5"},
    "safety": {"cooldown": "1s", "maxStep": 1000, "minSamples": 5},
    "epoch": {"outcomes": 20, "interval": "2s"},
    "publish": [{"kind": "HTTPRoute", "name": "llm", "rule": 1}],
    "mode": "Enforce",
}


@pytest.fixture(scope="module")
def cluster(own_run: Run) -> Cluster:
    """A cluster on which nobody else leads, with the chart and HTTPRoutes."""
    cluster = local_cluster(own_run)
    define(cluster, HTTP_ROUTES_CRD)
    install(cluster)
    return cluster


@pytest.fixture(scope="module")
def operator(own_run: Run, cluster: Cluster, prometheus: Prometheus, opa: Opa) -> Iterator[OperatorProcess]:
    """The operator, beside the cluster."""
    process = start_operator(own_run, cluster, prometheus.url, opa.url, extra_env=ENVIRONMENT)
    yield process
    process.stop()


@dataclass(frozen=True)
class Desk:
    """A namespace with one route, and a workload in it that asks and tells."""

    cluster: Cluster
    operator: OperatorProcess
    root: Api
    namespace: str
    http: httpx.Client

    @property
    def route(self) -> str:
        """Where the route is."""
        return f"/apis/{API_VERSION}/namespaces/{self.namespace}/adaptiveroutes/triage"

    @property
    def plans(self) -> str:
        """Where its plans are."""
        return f"/apis/{API_VERSION}/namespaces/{self.namespace}/adaptationplans"

    @property
    def gateway(self) -> str:
        """Where its HTTPRoute is."""
        return f"/apis/gateway.networking.k8s.io/v1/namespaces/{self.namespace}/httproutes/llm"

    def weights(self) -> dict[str, int]:
        """Of the second rule."""
        return {each["name"]: each["weight"] for each in self.root.get(self.gateway)["spec"]["rules"][1]["backendRefs"]}

    def said(self, name: str, reason: str) -> str:
        """The message of the route's condition, as soon as it has that reason."""

        def probe() -> dict[str, Any] | None:
            known = self.root.get(self.route).get("status", {}).get("conditions", [])
            return next((each for each in known if (each["type"], each["reason"]) == (name, reason)), None)

        log = self.operator.log
        return str(until(probe, SECONDS, f"{name} to be {reason}; log: {log}").get("message", ""))

    def plan(self, phase: str) -> dict[str, Any]:
        """The newest plan for the route, once it has that phase."""

        def probe() -> dict[str, Any] | None:
            found = self.root.get(self.plans)["items"]
            newest = max(found, key=lambda each: each["metadata"]["creationTimestamp"], default=None)
            return newest if newest and newest.get("status", {}).get("phase") == phase else None

        return until(probe, SECONDS, f"a plan to be {phase}; log: {self.operator.log}")

    def review(self, who: Person, decision: str, plan: dict[str, Any]) -> None:
        """What a person says of the plan. Raises ApiError."""
        said = {"decision": decision, "by": who.name, "digest": plan["spec"]["digest"]}
        known = plan["spec"].get("reviews", [])
        where = f"{self.plans}/{plan['metadata']['name']}"
        self.cluster.api(who).patch(where, {"spec": {"reviews": [*known, said]}})

    def adopt(self) -> dict[str, Any]:
        """Alice approves what the spec says now; the plan that adopted it."""
        plan = self.plan("AwaitingApproval")
        until(lambda: self._reviewed(plan), SECONDS, "the review to be taken", ignoring=(ApiError,))
        return self.plan("Succeeded")

    def _reviewed(self, plan: dict[str, Any]) -> bool:
        """Who stamps reviews learns of a new kind later than who stores it, and answers 503 till then."""
        self.review(ALICE, "Approved", plan)
        return True

    def work(self, succeeds: Callable[[str], bool], enough: Callable[[dict[str, int]], bool]) -> dict[str, int]:
        """Does tasks until the weights are as wanted."""

        def probe() -> dict[str, int] | None:
            for _ in range(50):
                made = self._post("decide", {"taskType": "triage"})
                self._post(
                    "outcome", {"decisionId": made["decisionId"], "success": succeeds(made["candidate"]), "cost": 0.01}
                )
            found = self.weights()
            return found if enough(found) else None

        return until(probe, SECONDS, f"the weights; log: {self.operator.log}")

    def _post(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.http.post(f"/autonomic/routes/{self.namespace}/triage:{verb}", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def backends(**weights: int) -> list[dict[str, Any]]:
    return [{"name": name, "port": 80, "weight": weight} for name, weight in weights.items()]


@pytest.fixture
def desk(cluster: Cluster, operator: OperatorProcess, namespace: str) -> Iterator[Desk]:
    """The route, of which nothing is adopted yet."""
    everything = ("--verb=*", f"--resource=adaptiveroutes.{GROUP},adaptationplans.{GROUP}")
    for args in (
        ("serviceaccount", "agent"),
        ("rolebinding", "agent", "--clusterrole=autonomic-router", f"--serviceaccount={namespace}:agent"),
        ("role", "owner", *everything),
        ("rolebinding", "owner", "--role=owner", f"--user={DAVE.name}"),
    ):
        cluster.kubectl("create", *args, "-n", namespace, as_=ROOT)
    headers = {"Authorization": f"Bearer {cluster.service_account_token(namespace, 'agent')}"}
    with httpx.Client(base_url=operator.http_url, headers=headers) as http:
        desk = Desk(cluster, operator, cluster.api(ROOT), namespace, http)
        rules = [{"backendRefs": backends(other=1)}, {"backendRefs": backends(sonnet=9, haiku=1)}]
        made = {"kind": "HTTPRoute", "metadata": {"name": "llm"}, "spec": {"rules": rules}}
        desk.root.post(desk.gateway.removesuffix("/llm"), {"apiVersion": "gateway.networking.k8s.io/v1", **made})
        wanted = {"apiVersion": API_VERSION, "kind": "AdaptiveRoute", "metadata": {"name": "triage"}, "spec": SPEC}
        desk.root.post(desk.route.removesuffix("/triage"), wanted)
        desk.said("Published", "AwaitingApproval")
        yield desk


def test_a_policy_is_adopted_by_an_approved_plan_and_weights_leave_a_broken_candidate(desk: Desk) -> None:
    assert desk.weights() == {"sonnet": 9, "haiku": 1}
    waiting = desk.plan("AwaitingApproval")
    assert waiting["status"]["action"].startswith("adopt the policy (algorithm EpsilonGreedy; ")
    with pytest.raises(ApiError, match="may not review plans"):
        desk.review(DAVE, "Approved", waiting)
    with pytest.raises(ApiError, match="may not say what AdaptiveRoute"):
        forged = {"metadata": {"annotations": {ADOPTED_ANNOTATION: json.dumps(SPEC)}}}
        desk.cluster.api(DAVE).patch(desk.route, forged)
    desk.adopt()
    desk.said("Published", "Published")
    assert desk.weights() == {"sonnet": 1000, "haiku": 0}
    tried = desk.work(lambda _: True, lambda found: found["haiku"] >= 100)
    assert sum(tried.values()) == 1000
    left = desk.work(lambda name: name != "haiku", lambda found: found["haiku"] <= 10)
    assert sum(left.values()) == 1000
    rules = desk.root.get(desk.gateway)["spec"]["rules"]
    assert [each["weight"] for each in rules[0]["backendRefs"]] == [1]
    shown = desk.cluster.kubectl("get", "ar", "-n", desk.namespace, as_=ALICE)
    assert all(len(line) <= 120 for line in shown.splitlines())


def test_a_changed_policy_is_adopted_and_taken_back_to_the_one_before(desk: Desk) -> None:
    desk.adopt()
    before = desk.root.get(desk.route)["metadata"]["annotations"][ADOPTED_ANNOTATION]
    desk.cluster.api(DAVE).patch(desk.route, {"spec": {"policy": {"algorithm": "Thompson", "epsilon": None}}})
    desk.said("Adopted", "AwaitingApproval")
    assert "policy.algorithm EpsilonGreedy -> Thompson" in desk.plan("AwaitingApproval")["status"]["action"]
    assert desk.root.get(desk.route)["metadata"]["annotations"][ADOPTED_ANNOTATION] == before
    done = desk.adopt()
    assert json.loads(desk.root.get(desk.route)["metadata"]["annotations"][ADOPTED_ANNOTATION])["policy"] == {
        "algorithm": "Thompson"
    }
    desk.review(ALICE, "RollBack", done)
    desk.plan("RolledBack")
    assert desk.root.get(desk.route)["metadata"]["annotations"][ADOPTED_ANNOTATION] == before
    desk.said("Published", "Published")


def test_a_weight_that_another_changed_is_left_to_them_and_the_route_says_so(desk: Desk) -> None:
    desk.adopt()
    desk.said("Published", "Published")
    theirs = [{"backendRefs": backends(other=1)}, {"backendRefs": backends(sonnet=500, haiku=500)}]
    where = ("-n", desk.namespace, "--field-manager=team-a", "--type=merge")
    patch = json.dumps({"spec": {"rules": theirs}})
    desk.cluster.kubectl("patch", "httproute", "llm", *where, "-p", patch, as_=ADMIN)
    assert desk.said("Conflict", "Conflict").startswith("team-a changed HTTPRoute llm rule 1")
    assert desk.weights() == {"sonnet": 500, "haiku": 500}


def test_the_baseline_is_restored_before_a_deleted_route_is_gone(desk: Desk) -> None:
    desk.adopt()
    desk.said("Published", "Published")
    desk.work(lambda _: True, lambda found: found["haiku"] >= 100)
    desk.root.delete(desk.route)

    def gone() -> bool:
        try:
            desk.root.get(desk.route)
        except ApiError as problem:
            return problem.status == 404
        return False

    until(gone, SECONDS, f"the route to be gone; log: {desk.operator.log}")
    assert desk.weights() == {"sonnet": 1000, "haiku": 0}
