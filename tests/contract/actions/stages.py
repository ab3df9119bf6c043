"""The stages that tests of actions run on: a cluster in memory, and a real one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from autonomic.adapters.kubernetes.client import KubernetesCluster
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster
from testbed.cluster import Cluster
from testbed.people import ADMIN
from tests.contract.actions.stage import MemoryWorld, RealWorld, Stage, Wire
from tests.unit.domain.specimens import NOW


def in_memory() -> Stage:
    """An empty cluster in memory."""
    memory = MemoryCluster(ManualClock(NOW))
    return Stage(Wire(memory), MemoryWorld(memory, "actions"))


@asynccontextmanager
async def on_server(cluster: Cluster, namespace: str) -> AsyncIterator[Stage]:
    """That namespace of a real cluster, by the adapter that the operator uses."""
    connection = await Connection.open(cluster.kubeconfigs[ADMIN])
    try:
        port = KubernetesCluster(connection, lambda: None)
        yield Stage(Wire(port), RealWorld(cluster.api(ADMIN), namespace))
    finally:
        await connection.aclose()
