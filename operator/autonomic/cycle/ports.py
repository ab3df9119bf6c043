"""All that a turn may touch of the world, in one frozen value."""

from dataclasses import dataclass, field

from autonomic.domain.findings import Fact
from autonomic.ports.audit import AuditLog
from autonomic.ports.clock import Clock, Entropy
from autonomic.ports.cluster import Admission, Cluster
from autonomic.ports.journal import Journal
from autonomic.ports.memory.audit import MemoryAuditLog
from autonomic.ports.memory.outlets import MemoryOutlets
from autonomic.ports.metrics import Metrics
from autonomic.ports.outlets import Outlets
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
    outlets: Outlets = field(default_factory=MemoryOutlets)
    """Nobody outside may be called, unless somebody configured whom."""
    audit: AuditLog = field(default_factory=MemoryAuditLog)
    """Where decisions and writes are recorded before they are acted on; remembered for a while, unless somebody keeps it."""

    async def tell(self, fact: Fact) -> None:
        """Every journal renders the fact."""
        for journal in self.journals:
            await journal.record(fact)
