"""Publishing by an operator that runs, on a control plane of its own with the Prometheus Operator's kind."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from testbed.api import Api, ApiError
from testbed.audit import Write
from testbed.cluster import Cluster, local_cluster
from testbed.definitions import define
from testbed.installation import install
from testbed.opa import Opa
from testbed.operator_process import OperatorProcess, start_operator
from testbed.people import ADMIN, ROOT
from testbed.programs.catalogue import PROMETHEUS_RULES_CRD
from testbed.prometheus import Prometheus
from testbed.run import Run
from testbed.waiting import until

ENVIRONMENT = {"AUTONOMIC_INGESTION_DELAY": "1s", "AUTONOMIC_LEASE_SECONDS": "5"}
API_VERSION = "autonomic.maestro.dev/v1alpha1"
SECONDS = 60.0
COLLECTED_SECONDS = 120.0
"""The garbage collector learns of a new kind when it next asks which there are."""
PUBLISHED = ("True", "Published")


@pytest.fixture(scope="module")
def cluster(own_run: Run) -> Cluster:
    """A cluster on which nobody else publishes, with the chart and PrometheusRules."""
    cluster = local_cluster(own_run)
    install(cluster)
    define(cluster, PROMETHEUS_RULES_CRD)
    return cluster


@pytest.fixture(scope="module")
def operator(own_run: Run, cluster: Cluster, prometheus: Prometheus, opa: Opa) -> Iterator[OperatorProcess]:
    """The operator, beside the cluster."""
    process = start_operator(own_run, cluster, prometheus.url, opa.url, extra_env=ENVIRONMENT)
    yield process
    process.stop()


@dataclass(frozen=True)
class Desk:
    """A namespace with one contract that asks to be published."""

    cluster: Cluster
    operator: OperatorProcess
    root: Api
    namespace: str

    @property
    def contract(self) -> str:
        """Where the contract is."""
        return f"/apis/{API_VERSION}/namespaces/{self.namespace}/slacontracts/agent"

    @property
    def rule(self) -> str:
        """Where it is published."""
        return f"/apis/monitoring.coreos.com/v1/namespaces/{self.namespace}/prometheusrules/slo-agent"

    def promise(self) -> None:
        """Makes the contract."""
        source = {"ratio": {"bad": 'tasks_total{status="failed"}', "total": "tasks_total"}}
        objective = {"name": "success", "target": "99.5", "window": {"rolling": "28d"}, "indicator": source}
        about = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent"}
        spec = {"targetRef": about, "objectives": [objective], "publish": {"labels": {"release": "prometheus"}}}
        document = {"apiVersion": API_VERSION, "kind": "SLAContract", "metadata": {"name": "agent"}, "spec": spec}
        self.root.post(self.contract.removesuffix("/agent"), document)

    def change(self, **spec: Any) -> None:
        """Changes the contract."""
        self.root.patch(self.contract, {"spec": spec})

    def live(self) -> dict[str, Any] | None:
        """What is published; None where nothing is."""
        try:
            return self.root.get(self.rule)
        except ApiError as problem:
            if problem.status != 404:
                raise
            return None

    def published(self) -> dict[str, Any]:
        """What is published."""
        live = self.live()
        assert live
        return live

    def said(self, status: str, reason: str) -> str:
        """The message of the contract's condition Published, as soon as it has that status and reason."""

        def probe() -> dict[str, Any] | None:
            known = self.root.get(self.contract).get("status", {}).get("conditions", [])
            wanted = {"type": "Published", "status": status, "reason": reason}
            return next((each for each in known if wanted.items() <= each.items()), None)

        log = self.operator.log
        return str(until(probe, SECONDS, f"Published to be {status}, {reason}; log: {log}")["message"])

    def writes(self) -> list[Write]:
        """The operator's writes of PrometheusRules in the namespace."""
        writes = self.cluster.writes(user=self.operator.user)
        return [each for each in writes if each.resource == "prometheusrules" and each.namespace == self.namespace]


@pytest.fixture
def desk(cluster: Cluster, operator: OperatorProcess, namespace: str) -> Desk:
    desk = Desk(cluster, operator, cluster.api(ROOT), namespace)
    desk.promise()
    desk.said(*PUBLISHED)
    return desk


def test_a_contract_that_asks_for_it_is_published_and_owns_what_is_published(desk: Desk) -> None:
    live = desk.published()
    contract = desk.root.get(desk.contract)["metadata"]
    (owner,) = live["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["uid"]) == ("SLAContract", "agent", contract["uid"])
    assert owner["controller"]
    assert live["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "autonomic", "release": "prometheus"}
    rules = [rule for group in live["spec"]["groups"] for rule in group["rules"]]
    assert {"record", "alert"} <= {key for rule in rules for key in rule}
    assert [each.verb for each in desk.writes()] == ["create"]


def test_a_changed_contract_changes_what_is_published(desk: Desk) -> None:
    before = desk.published()
    desk.change(publish={"alerts": False, "labels": {"release": None, "prometheus": "k8s"}})

    def changed() -> dict[str, Any] | None:
        live = desk.published()
        return live if live["metadata"]["resourceVersion"] != before["metadata"]["resourceVersion"] else None

    live = until(changed, SECONDS, "the rules to change")
    assert live["metadata"]["uid"] == before["metadata"]["uid"]
    assert live["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "autonomic", "prometheus": "k8s"}
    rules = [rule for group in live["spec"]["groups"] for rule in group["rules"]]
    assert rules
    assert not [rule for rule in rules if "alert" in rule]
    assert [each.verb for each in desk.writes()] == ["create", "patch"]


def test_what_another_manager_changed_is_left_alone_and_the_contract_names_it(desk: Desk) -> None:
    mine = {"groups": [{"name": "mine", "rules": [{"record": "mine:one", "expr": "vector(1)"}]}]}
    where = ("-n", desk.namespace, "--field-manager=team-a", "--type=merge")
    desk.cluster.kubectl("patch", "prometheusrule", "slo-agent", *where, "-p", json.dumps({"spec": mine}), as_=ADMIN)
    before = desk.published()
    desk.change(publish={"alerts": False})
    message = desk.said("False", "ChangedByOther")
    assert message.startswith(f"team-a changed PrometheusRule {desk.namespace}/slo-agent")
    assert desk.published() == before
    assert [each.verb for each in desk.writes()] == ["create"]
    desk.root.delete(desk.rule)
    desk.change(publish={"alerts": True})
    desk.said(*PUBLISHED)
    assert desk.published()["metadata"]["uid"] != before["metadata"]["uid"]


def test_what_is_no_longer_asked_for_is_withdrawn(desk: Desk) -> None:
    desk.change(publish=None)
    desk.said("False", "NotRequested")
    assert desk.live() is None


def test_what_is_published_is_collected_with_its_contract(desk: Desk) -> None:
    desk.root.delete(desk.contract)
    until(lambda: desk.live() is None, COLLECTED_SECONDS, "the rules to be collected with their contract")
    assert [each.verb for each in desk.writes()] == ["create"]
