"""Scenarios over the objects that other tests use, and a layer that turned once over them."""

from typing import Any

from autonomic.cycle.ports import Ports
from autonomic.layer import AutonomicLayer
from autonomic.ports.cluster import Proof
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.memory.policy import MemoryPolicyEngine
from autonomic.ports.policy import PolicyEngine
from autonomic.simulate import Base, Outcome, Twin, scenario, try_out
from tests.unit.cycle.world import APPROVE, Admission
from tests.unit.domain.specimens import NOW, contract_raw, deployment, loop_raw, objective, redline_raw

FAILING = {"contract": "shop/agent", "errorRatio": "10%"}
CONTRACT = contract_raw(
    objectives=[objective()],
    adaptations=[{"levels": ["Breach", "Exhausted"], "actions": [{"type": "Scale", "scale": {"by": 2, "max": 10}}]}],
)
OBJECTS = [redline_raw(), loop_raw("Reliability"), loop_raw("Healing"), deployment(2), CONTRACT]
NAMESPACE = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "shop", "labels": {"autonomic.maestro.dev/enabled": "true"}},
}

BANK = {**NAMESPACE, "metadata": {**NAMESPACE["metadata"], "name": "bank"}}  # type: ignore[dict-item]


async def tried(policy: PolicyEngine | None = None, /, objects: list[Any] | None = None, **parts: Any) -> Outcome:
    """What follows from the objects alone, in a namespace that is assumed."""
    given = scenario({"objects": OBJECTS if objects is None else objects, **parts})
    engine = policy or MemoryPolicyEngine(APPROVE, "r7")
    return await try_out(Twin(Base(engine, MemoryEntropy()), given, NOW), given)


async def turning(*objects: Any) -> AutonomicLayer:
    """A layer over a cluster in memory that has judged nothing yet, but knows every object."""
    clock = ManualClock(NOW)
    cluster = MemoryCluster(clock)
    for raw in (NAMESPACE, *OBJECTS, *objects):
        cluster.hold({**raw, "metadata": {**raw["metadata"], "resourceVersion": cluster_version(raw)}})
    ports = Ports(cluster, Admission(), MemoryMetrics({}), MemoryPolicyEngine(APPROVE, "r7"), clock, MemoryEntropy())
    layer = AutonomicLayer(ports)
    await layer.fill()
    layer.store.proof = Proof(in_force=True, message="refused as it must be")
    cluster.writes.clear()
    return layer


async def two_tenants() -> AutonomicLayer:
    """The same, and an agent of `bank` beside that of `shop`."""
    other, agent = contract_raw("other", **CONTRACT["spec"]), deployment(2)
    for raw in (other, agent):
        raw["metadata"]["namespace"] = "bank"
    return await turning(BANK, other, agent)


def cluster_version(raw: Any) -> str:
    """A version that the API server might have given."""
    return str(raw["metadata"].get("resourceVersion") or "1")
