"""What all end-to-end tests share: the chart, installed once in a run."""

import pytest

from testbed.cluster import Cluster
from testbed.installation import Installation, install


@pytest.fixture(scope="session")
def installed(cluster: Cluster) -> Installation:
    """The chart in `autonomic-system`, no replicas; group sre reviews, group platform-admins governs."""
    return install(cluster)
