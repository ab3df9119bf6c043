"""One AdaptiveRoute over in-memory ports: a route with two backends, a clock that a test moves, and outcomes that it tells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from autonomic.cycle.ports import Ports
from autonomic.cycle.proposing import Proposer
from autonomic.cycle.routing.publishing import WeightPublisher
from autonomic.cycle.routing.service import AdaptiveRoutingService
from autonomic.cycle.routing.turn import RoutingTurn
from autonomic.cycle.store import Store
from autonomic.domain.contracts import SLAContractStatus
from autonomic.domain.meta import ObjectRef
from autonomic.domain.meta import condition as find
from autonomic.domain.routes import ADOPTED_ANNOTATION, AdaptiveRoute
from autonomic.domain.words import API_VERSION, ENABLED_LABEL
from autonomic.execution.actions import BUILT_IN
from autonomic.ports.cluster import Manifest, Proof
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.memory.policy import MemoryPolicyEngine
from tests.unit.cycle.world import Admission, Diary
from tests.unit.domain.specimens import NAMESPACE, NOW, redline_raw

GATEWAY = "gateway.networking.k8s.io/v1"
HTTP = ObjectRef(api_version=GATEWAY, kind="HTTPRoute", name="llm", namespace=NAMESPACE)
ROUTE = ObjectRef(api_version=API_VERSION, kind="AdaptiveRoute", name="triage", namespace=NAMESPACE)
REDLINE = ObjectRef(api_version=API_VERSION, kind="RedLine", name="default")
KEY = ROUTE.key


def route_spec(**spec: Any) -> dict[str, Any]:
    """Two candidates, the first of them the baseline; enforced, and thought over quickly."""
    return {
        "taskTypes": ["triage"],
        "candidates": [{"name": "sonnet"}, {"name": "haiku"}],
        "baseline": "sonnet",
        "policy": {"algorithm": "EpsilonGreedy"},
        "publish": [{"kind": "HTTPRoute", "name": "llm"}],
        "mode": "Enforce",
        **spec,
    }


def route_raw(name: str = "triage", **spec: Any) -> dict[str, Any]:
    """The route as it is applied."""
    meta = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": API_VERSION, "kind": "AdaptiveRoute", "metadata": meta, "spec": route_spec(**spec)}


def http_route(**weights: int) -> dict[str, Any]:
    """An HTTPRoute whose rule has these backends."""
    backends = [{"name": name, "port": 80, "weight": weight} for name, weight in weights.items()]
    meta = {"name": "llm", "namespace": NAMESPACE}
    return {
        "apiVersion": GATEWAY,
        "kind": "HTTPRoute",
        "metadata": meta,
        "spec": {"rules": [{"backendRefs": backends}]},
    }


@dataclass
class Scene:
    """What a test changes, and looks at."""

    clock: ManualClock
    cluster: MemoryCluster
    store: Store
    diary: Diary
    service: AdaptiveRoutingService
    turning: RoutingTurn
    woken: list[str]
    judged: dict[str, SLAContractStatus] = field(default_factory=dict)

    async def turn(self, after: float = 0.0) -> float | None:
        """Time passes, and the route's turn comes."""
        await self.clock.advance(after)
        return await self.turning.turn(KEY)

    async def approve(self) -> None:
        """What the spec says now is adopted."""
        await adopt(self.cluster, ROUTE)

    def tell(self, tasks: int, succeeds: Callable[[str], bool], latency: float | None = None) -> None:
        """So many tasks are decided and told of."""
        for _ in range(tasks):
            made = self.service.decide(NAMESPACE, "triage", "triage")
            self.service.outcome(made.decision_id, succeeds(made.candidate), latency)

    async def weights(self) -> dict[str, int]:
        """As the HTTPRoute has them."""
        (rule,) = (await self.cluster.get(HTTP))["spec"]["rules"]
        return {each["name"]: each["weight"] for each in rule["backendRefs"]}

    async def said(self, name: str) -> tuple[str, str]:
        """Status and reason of the route's condition."""
        found = find(AdaptiveRoute.read(await self.cluster.get(ROUTE)).status.conditions, name)
        assert found
        return found.status.value, found.reason

    def written(self) -> int:
        """How many writes there were."""
        return len(self.cluster.writes)


async def scene(
    spec: Mapping[str, Any] | None = None,
    *objects: Manifest,
    proven: bool = True,
    approved: bool = True,
    per_namespace: int | None = None,
) -> Scene:
    """The world with the route in it, approved, and its HTTPRoute with all traffic at the baseline."""
    clock = ManualClock(NOW)
    cluster, diary, entropy = MemoryCluster(clock), Diary(clock), MemoryEntropy(7)
    ports = Ports(cluster, Admission(), MemoryMetrics({}), MemoryPolicyEngine(), clock, entropy, journals=(diary,))
    store, woken = Store(per_namespace=per_namespace), list[str]()
    store.proof = Proof(in_force=proven, message="as a test says")
    cluster.watch(lambda event, raw: observe(store, event, raw))
    service = AdaptiveRoutingService(clock, Random(5), "m", woken.append)
    judged: dict[str, SLAContractStatus] = {}
    publisher = WeightPublisher(ports, lambda: 3, lambda: None)
    proposer = Proposer(ports, store, BUILT_IN, timedelta(hours=1))
    turning = RoutingTurn(ports, store, service, publisher, proposer, lambda each: judged.get(each.key), Random(6))
    found = Scene(clock, cluster, store, diary, service, turning, woken, judged)
    space = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": NAMESPACE, "labels": {ENABLED_LABEL: "true"}},
    }
    for each in (space, redline_raw(), *(objects or (http_route(sonnet=1, haiku=0),)), route_raw(**(spec or {}))):
        await cluster.create(each)
    if approved:
        await found.approve()
    return found


async def adopt(cluster: MemoryCluster, route: ObjectRef) -> None:
    """As an approved plan does it."""
    bounds = AdaptiveRoute.read(await cluster.get(route)).spec.bounds
    await cluster.patch(route, {"metadata": {"annotations": {ADOPTED_ANNOTATION: bounds}}})


def observe(store: Store, event: str, raw: Manifest) -> None:
    """What the layer does with what is watched."""
    if raw["kind"] in ("HTTPRoute", "ConfigMap"):
        return
    if event == "DELETED":
        store.remove(raw["kind"], raw)
    else:
        store.apply(raw["kind"], raw)
