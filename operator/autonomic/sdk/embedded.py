"""The ports of a layer that has none: a cluster, metrics and outlets in memory, the machine's own clock."""

from autonomic.adapters.clock import SystemClock, SystemEntropy
from autonomic.cycle.ports import Ports
from autonomic.ports.cluster import Proof
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.policy import PolicyEngine


class OwnWrites:
    """Admission of a cluster in memory: nobody writes to it but the program that holds it."""

    async def prove(self) -> Proof:
        """Holds."""
        return Proof(in_force=True, message="the cluster is in memory, and nobody else writes to it")


def embedded(policy: PolicyEngine) -> Ports:
    """Everything in memory; metrics have no series until the program gives it some."""
    clock = SystemClock()
    return Ports(
        cluster=MemoryCluster(clock),
        admission=OwnWrites(),
        metrics=MemoryMetrics({}),
        policy=policy,
        clock=clock,
        entropy=SystemEntropy(),
    )
