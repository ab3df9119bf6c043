"""The chart on a control plane of its own, since policies are bent here."""

from collections.abc import Iterator

import pytest

from testbed.cluster import local_cluster
from testbed.installation import Installation, install
from testbed.run import Run


@pytest.fixture(scope="package")
def installed() -> Iterator[Installation]:
    """The chart without replicas; the operator is whoever has its token."""
    with Run() as run:
        yield install(local_cluster(run))
