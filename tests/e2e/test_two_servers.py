"""An operator that runs beside two real servers of metrics: a contract asks both, and one of them dies."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import yaml

from testbed.api import Api
from testbed.cluster import Cluster, local_cluster
from testbed.installation import install
from testbed.opa import Opa
from testbed.operator_process import OperatorProcess, start_operator
from testbed.people import ROOT
from testbed.prometheus import Prometheus, Scrape, start_prometheus
from testbed.run import Run
from testbed.waiting import until

API_VERSION = "autonomic.maestro.dev/v1alpha1"
SECONDS = 90.0
WINDOWS = {"resolution": "5s", "windows": [{"long": "30s", "short": "10s", "factor": "2", "level": "Breach"}]}
ASKED = "prometheus_http_requests_total"


def watched(run: Run) -> Prometheus:
    """A server that scrapes itself."""
    server = start_prometheus(run)
    server.scrape(Scrape("itself", (server.url.removeprefix("http://"),)))
    return server


@pytest.fixture(scope="module")
def eu(own_run: Run) -> Prometheus:
    """The second server."""
    return watched(own_run)


@pytest.fixture(scope="module")
def cluster(own_run: Run) -> Cluster:
    """A cluster of its own, with the chart."""
    cluster = local_cluster(own_run)
    install(cluster)
    return cluster


@pytest.fixture(scope="module")
def operator(own_run: Run, cluster: Cluster, eu: Prometheus, opa: Opa) -> Iterator[OperatorProcess]:
    """The operator, which knows both servers."""
    file = own_run.data / "servers.yaml"
    file.write_text(yaml.safe_dump({"servers": [{"name": "eu", "url": eu.url}]}))
    environment = {
        "AUTONOMIC_PROMETHEUS_SERVERS_FILE": str(file),
        "AUTONOMIC_INGESTION_DELAY": "1s",
        "AUTONOMIC_LEASE_SECONDS": "5",
    }
    process = start_operator(own_run, cluster, watched(own_run).url, opa.url, extra_env=environment)
    yield process
    process.stop()


def promised(name: str, server: str | None) -> dict[str, Any]:
    source = {"ratio": {"bad": f'{ASKED}{{code="500"}}', "total": ASKED}, **({"server": server} if server else {})}
    return {
        "name": name,
        "target": "90",
        "window": {"rolling": "30s"},
        "minEvents": 1,
        "indicator": source,
        "alerting": WINDOWS,
    }


def contract(name: str, *objectives: dict[str, Any]) -> dict[str, Any]:
    about = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent"}
    spec = {"targetRef": about, "objectives": list(objectives)}
    return {"apiVersion": API_VERSION, "kind": "SLAContract", "metadata": {"name": name}, "spec": spec}


def contracts(namespace: str) -> str:
    return f"/apis/{API_VERSION}/namespaces/{namespace}/slacontracts"


def alerts(root: Api, namespace: str) -> dict[str, str]:
    told = root.get(f"{contracts(namespace)}/agent").get("status", {}).get("objectives", [])
    return {each["name"]: each["alert"] for each in told}


def test_a_server_that_dies_leaves_unknown_what_asks_it_and_nothing_else(
    cluster: Cluster, operator: OperatorProcess, eu: Prometheus, namespace: str
) -> None:
    root = cluster.api(ROOT)
    root.post(contracts(namespace), contract("agent", promised("near", None), promised("far", "eu")))
    known, dead = {"near": "None", "far": "None"}, {"near": "None", "far": "Unknown"}
    until(lambda: alerts(root, namespace) == known, SECONDS, f"both objectives to be known; log: {operator.log}")
    eu.service.kill9()
    until(lambda: alerts(root, namespace) == dead, SECONDS, f"the far one alone to be Unknown; log: {operator.log}")
    page = requests.get(f"{operator.http_url}/metrics", timeout=30).text
    queries = dict(line.rsplit(" ", 1) for line in page.splitlines() if line.startswith("autonomic_prometheus_queries"))
    silent = {name: float(number) for name, number in queries.items() if 'result="unavailable"' in name}
    assert [number > 0 for name, number in sorted(silent.items())] == [False, True], queries
    eu.service.start()
    until(lambda: alerts(root, namespace) == known, SECONDS, f"the far one to come back; log: {operator.log}")


def test_a_server_that_nobody_named_is_told_on_the_contract_with_the_names_that_there_are(
    cluster: Cluster, operator: OperatorProcess, namespace: str
) -> None:
    root = cluster.api(ROOT)
    root.post(contracts(namespace), contract("lost", promised("far", "mars")))

    def ready() -> dict[str, Any] | None:
        known = root.get(f"{contracts(namespace)}/lost").get("status", {}).get("conditions", [])
        return next((each for each in known if each["type"] == "Ready" and each["reason"] == "UnknownServer"), None)

    told = until(ready, SECONDS, f"the contract to say what is wrong; log: {operator.log}")["message"]
    assert told.startswith("objectives.far.indicator.server is 'mars'")
    assert "the operator knows default, eu" in told
