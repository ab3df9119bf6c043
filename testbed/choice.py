"""Which cluster: the variable `CLUSTER` says `local` (the default), `kind` or `current`."""

import os
from collections.abc import Callable, Mapping

from testbed.cluster import Cluster, local_cluster
from testbed.current import current_cluster
from testbed.existing import ClusterUnusableError
from testbed.kind import kind_cluster
from testbed.run import Run

CHOICES: Mapping[str, Callable[[Run], Cluster]] = {
    "local": local_cluster,
    "kind": kind_cluster,
    "current": current_cluster,
}


def open_cluster(run: Run) -> Cluster:
    """The chosen cluster, ready. Raises `ClusterUnusableError` or `StartFailedError`."""
    choice = os.environ.get("CLUSTER") or "local"
    if choice not in CHOICES:
        raise ClusterUnusableError(f"CLUSTER={choice!r} is not known; choose one of: {', '.join(CHOICES)}")
    return CHOICES[choice](run)
