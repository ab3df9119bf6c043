"""HealthSnapshots by an operator that runs: what kubectl, the HTTP API and `/metrics` show, and who may write one."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from testbed.api import ApiError
from testbed.cluster import Cluster, local_cluster
from testbed.installation import Installation, install
from testbed.opa import Opa
from testbed.operator_process import OperatorProcess, start_operator
from testbed.people import ADMIN, ALICE, DAVE, ROOT
from testbed.prometheus import Prometheus
from testbed.remote_write import Sample, series
from testbed.run import Run
from testbed.waiting import until
from tests.e2e.admission.refusals import refused

ENVIRONMENT = {"AUTONOMIC_INGESTION_DELAY": "1s", "AUTONOMIC_LEASE_SECONDS": "5"}
API_VERSION = "autonomic.maestro.dev/v1alpha1"
LABEL = "autonomic.maestro.dev"
POLICY = "autonomic-health"
SECONDS = 90.0
WIDEST = 120
FAILING_MINUTES = 20


@dataclass(frozen=True)
class Shop:
    """A namespace in which an agent and the store that it lives from began to fail, and nothing else did."""

    cluster: Cluster
    operator: OperatorProcess
    namespace: str

    @property
    def path(self) -> str:
        """Where the snapshots are."""
        return f"/apis/{API_VERSION}/namespaces/{self.namespace}/healthsnapshots"

    @property
    def contracts(self) -> str:
        """Where the contracts are."""
        return f"/apis/{API_VERSION}/namespaces/{self.namespace}/slacontracts"

    def promise(self, name: str, metric: str, **spec: Any) -> dict[str, Any]:
        """The contract about the Deployment of that name, made."""
        objective = {
            "name": "success",
            "target": "99",
            "window": {"rolling": "1d"},
            "indicator": {"ratio": {"bad": f"{metric}_failed_total", "total": f"{metric}_total"}},
        }
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
        component = {f"{LABEL}/component": "Infra"} if name == "store" else {f"{LABEL}/workstream": "checkout"}
        body = {"targetRef": target, "objectives": [objective], **spec}
        meta = {"name": name, "labels": component}
        document = {"apiVersion": API_VERSION, "kind": "SLAContract", "metadata": meta, "spec": body}
        return self.cluster.api(ROOT).post(self.contracts, document)

    def snapshots(self) -> dict[str, dict[str, Any]]:
        """The status of each snapshot, by name, of those that have one."""
        items = self.cluster.api(ROOT).get(self.path)["items"]
        return {each["metadata"]["name"]: each["status"] for each in items if "status" in each}

    def asked(self, **params: str) -> dict[str, Any]:
        """What the HTTP API answers Alice."""
        answer = httpx.get(
            f"{self.operator.http_url}/autonomic/health",
            params={"namespace": self.namespace, **params},
            headers={"Authorization": f"Bearer {self.cluster.tokens[ALICE]}"},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


def fill(prometheus: Prometheus, metric: str, *, fails: bool) -> None:
    """Six hours of 100 tasks a minute; in the last minutes all of them fail, where it fails."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    minutes = [(now - timedelta(minutes=back), back) for back in range(360, -1, -1)]
    total = [Sample(at, 100.0 * (360 - back)) for at, back in minutes]
    bad = [Sample(at, 100.0 * max(0, FAILING_MINUTES - back) if fails else 0.0) for at, back in minutes]
    prometheus.write({series(f"{metric}_total"): total, series(f"{metric}_failed_total"): bad})


@pytest.fixture(scope="module")
def installed(own_run: Run) -> Installation:
    """A cluster in which no other operator leads."""
    return install(local_cluster(own_run))


@pytest.fixture(scope="module")
def cluster(installed: Installation) -> Cluster:
    """The same."""
    return installed.cluster


@pytest.fixture(scope="module")
def operator(own_run: Run, installed: Installation, prometheus: Prometheus, opa: Opa) -> Iterator[OperatorProcess]:
    process = start_operator(own_run, installed.cluster, prometheus.url, opa.url, extra_env=ENVIRONMENT)
    yield process
    process.stop()


@pytest.fixture(scope="module")
def shop(installed: Installation, operator: OperatorProcess, prometheus: Prometheus) -> Iterator[Shop]:
    shop = Shop(installed.cluster, operator, f"test-{secrets.token_hex(4)}")
    shop.cluster.create_namespace(shop.namespace)
    for metric, fails in (("health_store", True), ("health_agent", True), ("health_calm", False)):
        fill(prometheus, metric, fails=fails)
    # A server that has just learned of a kind may not know it everywhere yet.
    until(lambda: shop.promise("store", "health_store"), SECONDS, "the kind to be served", ignoring=(ApiError,))
    shop.promise("agent", "health_agent", dependsOn=[{"name": "store"}])
    shop.promise("calm", "health_calm")
    wanted = {"agent-agent", "agent-calm", "infra-store", "workstream-checkout", "system"}
    until(lambda: shop.snapshots().keys() == wanted, SECONDS, f"five snapshots; log: {operator.log}")
    yield shop
    shop.cluster.delete_namespace(shop.namespace)


def test_each_subject_s_snapshot_says_how_it_is_and_whose_fault_it_probably_is(shop: Shop) -> None:
    def told() -> dict[str, dict[str, Any]] | None:
        found = shop.snapshots()
        return found if "cause" in found["agent-agent"] else None

    found = until(told, SECONDS, "the agent to blame the store")
    assert {name: each["health"] for name, each in found.items()} == {
        "agent-agent": "Critical",
        "agent-calm": "Healthy",
        "infra-store": "Critical",
        "workstream-checkout": "Critical",
        "system": "Critical",
    }
    agent = found["agent-agent"]
    assert agent["subject"] == {"kind": "Agent", "name": "agent"}
    assert agent["cause"]["message"].startswith("probably because of store: agent depends on it, ")
    assert "agent/success: Exhausted, " in agent["issues"][0]["message"]
    assert found["system"]["cause"]["name"] == "store"


def test_kubectl_shows_them_in_a_terminal_of_120_columns(shop: Shop) -> None:
    table = shop.cluster.kubectl("get", "healthsnapshots", "-n", shop.namespace, as_=ALICE)
    head, *rows = table.splitlines()
    assert head.split() == ["NAME", "HEALTH", "SCORE", "TREND", "ISSUE", "CAUSE", "SINCE", "AGE"]
    assert len(rows) == 5
    assert max(len(line) for line in table.splitlines()) <= WIDEST
    chosen = ("get", "hs", "-n", shop.namespace, "--field-selector", "status.health=Critical", "-o", "name")
    critical = shop.cluster.kubectl(*chosen, as_=ALICE)
    assert {line.partition("/")[2] for line in critical.splitlines()} == {
        "agent-agent",
        "infra-store",
        "system",
        "workstream-checkout",
    }


def test_the_api_shows_now_and_a_moment_before_the_trouble(shop: Shop) -> None:
    now = shop.asked(kind="Agent")
    assert {each["subject"]["name"]: each["health"] for each in now["items"]} == {
        "agent": "Critical",
        "calm": "Healthy",
    }
    before = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    then = shop.asked(at=before)
    assert {each["health"] for each in then["items"]} == {"Healthy"}
    assert then["total"] == 5
    dave = {"Authorization": f"Bearer {shop.cluster.tokens[DAVE]}"}
    assert httpx.get(f"{shop.operator.http_url}/autonomic/health", headers=dave).status_code == 403


def test_the_operator_s_metrics_have_the_score_and_the_health(shop: Shop) -> None:
    page = httpx.get(f"{shop.operator.http_url}/metrics").text
    labels = f'{{kind="Agent",name="agent",namespace="{shop.namespace}"}}'
    assert f"autonomic_health_score{labels}" in page
    word = f'{{health="Critical",kind="Agent",name="agent",namespace="{shop.namespace}"}}'
    assert f"autonomic_health{word} 1.0" in page


def test_nobody_but_the_operator_writes_a_snapshot(shop: Shop) -> None:
    forged = {"status": {"health": "Healthy"}}
    for person in (ADMIN, ROOT):
        with refused(POLICY, "only the operator says how things are"):
            shop.cluster.api(person).patch(f"{shop.path}/agent-agent/status", forged)
        with refused(POLICY, "only the operator says how things are"):
            document = {"apiVersion": API_VERSION, "kind": "HealthSnapshot", "metadata": {"name": "mine"}}
            shop.cluster.api(person).post(shop.path, document)


def test_the_operator_itself_writes_none_where_a_namespace_has_not_opted_in(installed: Installation) -> None:
    document = {"apiVersion": API_VERSION, "kind": "HealthSnapshot", "metadata": {"name": "system"}}
    with refused("autonomic-allow-list", "may not create HealthSnapshot"):
        installed.operator.post(f"/apis/{API_VERSION}/namespaces/default/healthsnapshots", document)


def test_the_snapshot_of_a_contract_that_is_deleted_goes_too(shop: Shop) -> None:
    shop.cluster.api(ROOT).delete(f"{shop.contracts}/calm")
    until(lambda: "agent-calm" not in shop.snapshots(), SECONDS, "the snapshot to go with its contract")
    assert "system" in shop.snapshots()
