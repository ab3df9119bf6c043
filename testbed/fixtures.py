"""The testbed for pytest: `pytest_plugins = ["testbed.fixtures"]` in a top-level conftest.

One run, one control plane, one Prometheus and one OPA a session, each started by the first test that asks for it;
a namespace and a clock a test.
"""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from testbed.choice import open_cluster
from testbed.cluster import Cluster
from testbed.metrics_clock import MetricsClock
from testbed.opa import Opa, start_opa
from testbed.prometheus import Prometheus, start_prometheus
from testbed.run import Run
from testbed.showcase import POLICIES

CLOCK_STARTS_BEFORE_NOW = timedelta(hours=2)


@pytest.fixture(scope="session")
def testbed_run() -> Iterator[Run]:
    """The run of this session: whatever a test starts in it is gone when the session ends, however it ends."""
    with Run() as run:
        yield run


@pytest.fixture(scope="session")
def cluster(testbed_run: Run) -> Cluster:
    """The cluster that `CLUSTER` chooses: a local one by default."""
    return open_cluster(testbed_run)


@pytest.fixture(scope="session")
def prometheus(testbed_run: Run) -> Prometheus:
    """A Prometheus that takes samples at chosen times."""
    return start_prometheus(testbed_run)


@pytest.fixture(scope="session")
def opa(testbed_run: Run) -> Opa:
    """An OPA over the policies of this repository."""
    return start_opa(testbed_run, POLICIES)


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    """A new namespace in which the operator may act; its deletion is asked for, not waited for."""
    name = f"test-{secrets.token_hex(4)}"
    cluster.create_namespace(name)
    yield name
    cluster.delete_namespace(name)


@pytest.fixture
def metrics_clock(prometheus: Prometheus) -> MetricsClock:
    """A clock two hours ago, so that a test can let two hours pass and be at the present.

    Its series carry a label `test` of their own, so that tests do not read each other's.
    """
    return MetricsClock(prometheus, datetime.now(UTC) - CLOCK_STARTS_BEFORE_NOW, {"test": secrets.token_hex(4)})
