"""All that a turn may touch of the world, in one frozen value."""

from dataclasses import dataclass

from autonomic.domain.findings import Fact
from autonomic.ports.clock import Clock, Entropy
from autonomic.ports.cluster import Admission, Cluster
from autonomic.ports.journal import Journal
from autonomic.ports.metrics import Metrics
from autonomic.ports.policy import PolicyEngine


@dataclass(frozen=True)
class Ports:
    """The world, as the loops see it."""

    cluster: Cluster
    admission: Admission
    metrics: Metrics
    policy: PolicyEngine
    clock: Clock
    entropy: Entropy
    journals: tuple[Journal, ...] = ()

    async def tell(self, fact: Fact) -> None:
        """Every journal renders the fact."""
        for journal in self.journals:
            await journal.record(fact)
