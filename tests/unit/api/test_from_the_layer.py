"""What the layer knows of a contract when the API asks: on a standby nothing, on the replica that turns what it judged."""

from datetime import timedelta

from autonomic.cycle.ports import Ports
from autonomic.domain.contracts import SLAContractStatus
from autonomic.domain.meta import condition
from autonomic.domain.words import ENABLED_LABEL
from autonomic.layer import AutonomicLayer, Timing
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.memory.policy import MemoryPolicyEngine
from tests.unit.cycle.world import Admission
from tests.unit.domain.specimens import contract_raw
from tests.unit.slo.judging import NOON, outage


async def layer_with(labels: dict[str, str]) -> AutonomicLayer:
    """A layer that has listed one contract, in a namespace with these labels."""
    clock = ManualClock(NOON + timedelta(seconds=1))
    cluster = MemoryCluster(clock)
    await cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}})
    await cluster.create(contract_raw())
    policy, metrics = MemoryPolicyEngine({}, revision="r1"), MemoryMetrics(outage().answer)
    ports = Ports(cluster, Admission(), metrics, policy, clock, MemoryEntropy(0))
    layer = AutonomicLayer(ports, timing=Timing(ingestion_delay=timedelta(0)))
    await layer.fill()
    return layer


def known(layer: AutonomicLayer) -> SLAContractStatus | None:
    """What is known of the contract."""
    contract = layer.store.contract("shop/agent")
    assert contract is not None
    return layer.slo.status(contract)


async def test_a_standby_knows_nothing_of_its_own() -> None:
    layer = await layer_with({ENABLED_LABEL: "true"})
    assert (known(layer), layer.slo.at) == (None, None)


async def test_the_replica_that_turns_knows_what_it_judged_and_when() -> None:
    layer = await layer_with({ENABLED_LABEL: "true"})
    await layer.slo.turn("default")
    status = known(layer)
    assert status is not None
    assert status.objectives[0].budget_remaining == "97.0%"
    assert layer.slo.at == NOON + timedelta(seconds=1)


async def test_a_contract_whose_namespace_has_not_opted_in_says_so_instead_of_figures() -> None:
    layer = await layer_with({})
    await layer.slo.turn("default")
    status = known(layer)
    assert status is not None
    ready = condition(status.conditions, "Ready")
    assert ready is not None
    assert (ready.reason, status.objectives) == ("NamespaceNotEnabled", ())
