"""What contract tests of the cluster share."""

from pathlib import Path

import pytest

from testbed.cluster import Cluster

CRDS = Path(__file__).parents[2] / "crds"


@pytest.fixture(scope="session")
def cluster_with_crds(cluster: Cluster) -> Cluster:
    """The cluster, with our kinds."""
    cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", CRDS)
    cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", CRDS)
    return cluster
