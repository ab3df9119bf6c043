"""One operator for the whole of the main job, beside the cluster, with a token of its own ServiceAccount."""

import json
from collections.abc import Generator, Iterator

import pytest

from testbed.cluster import Cluster
from testbed.installation import Installation, enforce
from testbed.opa import Opa
from testbed.operator_process import OperatorProcess, start_operator
from testbed.prometheus import Prometheus
from testbed.run import Run
from testbed.waiting import until
from testbed.world import World

ENVIRONMENT = {
    "AUTONOMIC_INGESTION_DELAY": "1s",
    "AUTONOMIC_LEASE_SECONDS": "5",
    "AUTONOMIC_PLAN_EXPIRY": "25s",
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Beside a failure stands what its world came to."""
    report = yield
    told = getattr(item, "funcargs", {}).get("world")
    if report.failed and report.when == "call" and isinstance(told, World):
        report.sections.append(("What the world came to", told.story()))
    return report


@pytest.fixture(scope="session")
def enforced(installed: Installation) -> Installation:
    """The chart, with both loops told to enforce by a governor."""
    enforce(installed.cluster)
    return installed


@pytest.fixture(scope="package")
def operator(
    testbed_run: Run, cluster: Cluster, enforced: Installation, prometheus: Prometheus, opa: Opa
) -> Iterator[OperatorProcess]:
    """The operator, leading and sure of its admission policies."""
    process = start_operator(testbed_run, cluster, prometheus.url, opa.url, extra_env=ENVIRONMENT)
    until(lambda: loop_is_ready(cluster), 60, f"the loop to be ready; log: {process.log}")
    yield process
    process.stop()


def loop_is_ready(cluster: Cluster) -> bool:
    """Whether the operator leads, turns, and has proven the policies."""
    answer = json.loads(cluster.kubectl("get", "controlloop", "reliability", "-o", "json"))
    known = answer.get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in known)


@pytest.fixture
def world(cluster: Cluster, operator: OperatorProcess, prometheus: Prometheus, namespace: str) -> Iterator[World]:
    """A workload of two replicas with healthy traffic."""
    told = World(cluster, operator, namespace, prometheus)
    with told.traffic:
        told.deploy()
        yield told
