"""What all end-to-end tests share: the chart, installed once in a run."""

from collections.abc import Iterator

import pytest

from testbed.cluster import Cluster
from testbed.installation import Installation, install
from testbed.run import Run


@pytest.fixture(scope="module")
def own_run() -> Iterator[Run]:
    """For tests that need a cluster of their own: what is started in it is gone when the last test of the file ends."""
    with Run() as run:
        yield run


@pytest.fixture(scope="session")
def installed(cluster: Cluster) -> Installation:
    """The chart in `autonomic-system`, no replicas; group sre reviews, group platform-admins governs."""
    return install(cluster)
