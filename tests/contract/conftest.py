"""What contract tests share: a cluster with our kinds, and a client of the testbed's Prometheus."""

import secrets
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from autonomic.adapters.prometheus import PrometheusMetrics, PrometheusServers
from autonomic.cycle.one_server import OneServer
from autonomic.domain.servers import DEFAULT
from autonomic.environment.server import MetricsServer
from autonomic.ports.metrics import Metrics
from testbed.cluster import Cluster
from testbed.definitions import await_served
from testbed.prometheus import Prometheus

CRDS = Path(__file__).parents[2] / "crds"
TIMEOUT = 5.0


@pytest.fixture(scope="session")
def cluster_with_crds(cluster: Cluster) -> Cluster:
    """The cluster, with our kinds."""
    cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", CRDS)
    await_served(cluster, CRDS)
    return cluster


@pytest.fixture
async def real(prometheus: Prometheus) -> AsyncIterator[PrometheusMetrics]:
    """A client of the testbed's Prometheus."""
    async with aclosing(PrometheusMetrics(MetricsServer(prometheus.url, TIMEOUT))) as metrics:
        yield metrics


@pytest.fixture
async def named(prometheus: Prometheus) -> AsyncIterator[Metrics]:
    """The same server, asked by its name among others; the default one is not there at all."""
    servers = {DEFAULT: MetricsServer("http://127.0.0.1:1", TIMEOUT), "eu": MetricsServer(prometheus.url, TIMEOUT)}
    async with aclosing(PrometheusServers(servers)) as metrics:
        yield OneServer(metrics, "eu")


@pytest.fixture
def name() -> str:
    """The name of a counter that no other test has."""
    return f"test_{secrets.token_hex(4)}_total"
