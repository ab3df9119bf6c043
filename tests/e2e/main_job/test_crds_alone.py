"""With nothing installed but the kinds, the operator looks on and says what it would do."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from testbed.cluster import Cluster, local_cluster
from testbed.definitions import await_served
from testbed.opa import Opa
from testbed.people import ADMIN
from testbed.ports import LOOPBACK, with_free_ports
from testbed.process import Command
from testbed.prometheus import Prometheus
from testbed.run import Run
from testbed.service import Service
from testbed.waiting import until
from testbed.world import Workload, contract

CRDS = Path(__file__).parents[3] / "crds"
LOOP = {
    "apiVersion": "autonomic.maestro.dev/v1alpha1",
    "kind": "ControlLoop",
    "metadata": {"name": "reliability"},
    "spec": {"type": "Reliability", "interval": "2s", "mode": "Enforce"},
}


@pytest.fixture
def own() -> Iterator[tuple[Run, Cluster]]:
    """A cluster on which nothing is installed but the kinds."""
    with Run() as run:
        cluster = local_cluster(run)
        cluster.kubectl("apply", "--server-side", "-f", CRDS)
        await_served(cluster, CRDS)
        yield run, cluster


def test_with_the_kinds_alone_everything_stays_in_observe(
    own: tuple[Run, Cluster], prometheus: Prometheus, opa: Opa
) -> None:
    run, cluster = own
    cluster.create_namespace("alone")
    world = Workload(cluster, "alone", prometheus)
    with world.traffic:
        world.deploy()
        world.apply(LOOP, contract(world))
        world.traffic.set(good=30, bad=20)
        with_free_ports(1, lambda ports: _start(run, cluster, prometheus, opa, ports[0]))
        message = until(lambda: _would_propose(world), 60, "an Event that says what would be proposed")
    assert "scale from 2 to 3 replicas on Deployment alone/agent" in message
    assert world.plans() == []
    assert world.replicas == 2
    ready = world.condition("controlloop", "reliability", "Ready", namespaced=False)
    assert (ready["status"], ready["reason"]) == ("False", "AdmissionUnproven")


def _start(run: Run, cluster: Cluster, prometheus: Prometheus, opa: Opa, port: int) -> Service:
    """The operator outside the cluster, with a person's kubeconfig."""
    environment = {
        "PATH": os.environ["PATH"],
        "KUBECONFIG": str(cluster.kubeconfigs[ADMIN]),
        "AUTONOMIC_NAMESPACE": "default",
        "AUTONOMIC_PROMETHEUS_URL": prometheus.url,
        "AUTONOMIC_OPA_URL": opa.url,
        "AUTONOMIC_HTTP_PORT": str(port),
        "AUTONOMIC_INGESTION_DELAY": "1s",
    }
    command = Command("operator", [sys.executable, "-m", "autonomic", "run"], environment)
    service = Service(run, command, lambda: _answers(port), 30)
    service.start()
    return service


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://{LOOPBACK}:{port}/livez", timeout=2).ok
    except requests.RequestException:
        return False


def _would_propose(world: Workload) -> str:
    told = world.cluster.kubectl(
        "get", "events", "-n", world.namespace, "--field-selector", "reason=WouldPropose", "-o", "json"
    )
    items = json.loads(told)["items"]
    return str(items[0]["message"]) if items else ""
