"""Contracts in a cluster in memory, judged once a minute, and the snapshots that come of it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from autonomic.cycle.health.turn import HealthTurn
from autonomic.cycle.ports import Ports
from autonomic.cycle.publishing import Publisher
from autonomic.cycle.reporting import Reporter
from autonomic.cycle.slo.engines import SloEngines
from autonomic.cycle.slo.turn import SloTurn
from autonomic.cycle.store import Store
from autonomic.domain.contracts import SLAContract
from autonomic.domain.health import HealthSnapshot, HealthSnapshotStatus
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION, ENABLED_LABEL
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy
from autonomic.ports.memory.cluster import MemoryCluster, Write
from autonomic.ports.memory.policy import MemoryPolicyEngine
from tests.unit.cycle.slo.shop import Shop, promise
from tests.unit.cycle.world import Admission, Diary
from tests.unit.domain.specimens import NOW, contract_raw

APPS = ("a", "b")


def agent(name: str, app: str = "a", labels: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    """A contract about the Deployment of its name, which promises that app's tasks."""
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    raw = contract_raw(name, objectives=[promise(app=app)], targetRef=target, **spec)
    raw["metadata"]["labels"] = labels or {}
    return raw


class Fleet:
    """The cluster and the two jobs. Tasks of the apps `a` and `b` end well unless a test says otherwise."""

    def __init__(
        self,
        *contracts: dict[str, Any],
        enabled: bool = True,
        absent: Iterable[tuple[str, str]] = (),
        per_namespace: int | None = None,
    ) -> None:
        self.shop = Shop(past=0)
        for _ in range(27 * 60):
            self._pass({})
        self.clock = ManualClock(NOW + timedelta(hours=27))
        self.cluster = MemoryCluster(self.clock, absent=absent)
        self.diary = Diary(self.clock)
        self.store = Store(ingestion_delay=timedelta(0), per_namespace=per_namespace)
        labels = {ENABLED_LABEL: "true"} if enabled else {}
        room = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}
        self._wanted = [room, *contracts]
        self.restart()

    def restart(self) -> None:
        """A new process, which remembers nothing."""
        entropy, policy = MemoryEntropy(), MemoryPolicyEngine({}, revision="r1")
        ports = Ports(self.cluster, Admission(), self.shop.metrics, policy, self.clock, entropy, (self.diary,))
        engine, publisher = SloEngines(self.shop.metrics), Publisher(self.cluster, self.clock)
        self.health = HealthTurn(ports, self.store, engine)
        reporter = Reporter(ports, self.store)
        self.slo = SloTurn(ports, self.store, engine, reporter, publisher, lambda: None, self.health.feel)

    async def furnished(self) -> "Fleet":
        """The contracts are there."""
        for raw in self._wanted:
            await self.create(raw)
        return self

    async def begin(self) -> "Fleet":
        """The contracts are there, and were looked at once."""
        await self.furnished()
        await self.turn()
        return self

    async def create(self, raw: dict[str, Any]) -> None:
        """One more object."""
        self.store.apply(raw["kind"], await self.cluster.create(raw))

    async def change(self, name: str, body: dict[str, Any]) -> None:
        """A person changes a contract."""
        ref = ObjectRef(api_version=API_VERSION, kind="SLAContract", name=name, namespace="shop")
        self.store.apply("SLAContract", await self.cluster.patch_as("ann", ref, body))

    async def delete(self, name: str) -> None:
        """A contract goes."""
        ref = ObjectRef(api_version=API_VERSION, kind="SLAContract", name=name, namespace="shop")
        raw = await self.cluster.get(ref)
        await self.cluster.delete(ref, raw["metadata"]["uid"])
        self.store.remove("SLAContract", raw)

    async def turn(self) -> None:
        """Both jobs, as the scheduler runs them."""
        await self.slo.turn("default")
        await self.health.turn("")

    async def minutes(self, number: int, **bad: int) -> list[Write]:
        """Minutes pass, with so many failures of 100 tasks of each app named; what was written of snapshots."""
        before = len(self.cluster.writes)
        for _ in range(number):
            await self.clock.advance(60)
            self._pass(bad)
            await self.turn()
        return [each for each in self.cluster.writes[before:] if each.ref.kind == "HealthSnapshot"]

    def _pass(self, bad: dict[str, int]) -> None:
        self.shop.now += timedelta(minutes=1)
        for app in APPS:
            failed = bad.get(app, 0)
            self.shop.scraped({"ok": 100 - failed, "failed": failed}, app)

    async def snapshots(self) -> dict[str, HealthSnapshotStatus]:
        """What the cluster holds, by name."""
        listed = await self.cluster.list(API_VERSION, "HealthSnapshot")
        return {raw["metadata"]["name"]: HealthSnapshot.read(raw).status for raw in listed}

    async def contract(self, name: str) -> SLAContract:
        """The contract, as the cluster holds it."""
        ref = ObjectRef(api_version=API_VERSION, kind="SLAContract", name=name, namespace="shop")
        return SLAContract.read(await self.cluster.get(ref))
