"""The whole layer over in-memory ports: one Deployment, one contract, one playbook, and time that a test lets pass."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, Self

from autonomic.cycle.ports import Ports
from autonomic.cycle.store import WATCHED
from autonomic.domain.errors import AutonomicError
from autonomic.domain.findings import Fact
from autonomic.domain.health import HealthSnapshot
from autonomic.domain.meta import ObjectRef
from autonomic.domain.meta import condition as find
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.words import API_VERSION, ENABLED_LABEL
from autonomic.layer import AutonomicLayer, Leadership, Timing
from autonomic.ports.cluster import Manifest, Proof
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.memory.outlets import MemoryOutlets
from autonomic.ports.memory.policy import MemoryPolicyEngine
from tests.unit.cycle.prometheus_model import PrometheusModel
from tests.unit.domain.specimens import (
    DEPLOYMENT,
    FAST,
    NOW,
    contract_raw,
    deployment,
    loop_raw,
    objective,
    playbook_raw,
    redline_raw,
)

APPROVE = {"allow": True, "verdict": "Approve", "reasons": ["it is small"], "rules": ["small"], "revision": "r7"}
PERSON = {**APPROVE, "allow": False, "verdict": "RequireApproval", "reasons": ["it is big"], "rules": ["big"]}
DENY = {**APPROVE, "allow": False, "verdict": "Deny", "reasons": ["never"], "rules": ["never"]}
STEP = 20.0
"""Seconds that a test looks past at once, where it waits for long."""
ALERTING = {"windows": [FAST], "resolution": "5s"}
"""So fine that the engine asks for the windows themselves."""
REDLINE = ObjectRef(api_version=API_VERSION, kind="RedLine", name="default")


@dataclass
class Admission:
    """Policies whose proof a test decides."""

    proof: Proof = field(default_factory=lambda: Proof(in_force=True, message="refused as it must be"))

    async def prove(self) -> Proof:
        """The proof."""
        return self.proof


@dataclass
class Diary:
    """Every fact, with the second at which it was told."""

    clock: ManualClock
    facts: list[tuple[float, Fact]] = field(default_factory=list)

    async def record(self, fact: Fact) -> None:
        """Keeps it."""
        self.facts.append((self.clock.monotonic(), fact))

    @property
    def names(self) -> list[str]:
        """The names of what was told, in order."""
        return [fact.name for _, fact in self.facts]

    def render(self) -> str:
        """One line for each fact."""
        return "".join(f"{at:7.1f}s {fact.name:<22} {fact.about}: {fact.message}\n" for at, fact in self.facts)


@dataclass(frozen=True)
class Mishap:
    """What happens at the write of that number, from 1: an error, or the writer dies where there is none."""

    side: Literal["before", "after"]
    write: int
    error: AutonomicError | None = None


class Inline(ThreadPoolExecutor):
    """Runs at once what would run beside the event loop: how busy the machine is decides nothing."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The result, already there."""
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is the caller's
            done.set_exception(error)
        return done


class MortalCluster(MemoryCluster):
    """A cluster in which one write goes wrong, before or after it was committed."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.mishap: Mishap | None = None
        self.died = asyncio.Event()
        self.count = 0

    async def create(self, manifest: Manifest) -> Manifest:
        """As the memory cluster's. What only reports is not counted: no plan hangs on it."""
        if manifest["kind"] == HealthSnapshot.names.kind:
            return await super().create(manifest)
        await self._perhaps("before", 1)
        made = await super().create(manifest)
        await self._perhaps("after")
        return made

    async def patch(self, ref: ObjectRef, body: Any) -> Manifest:
        """As the memory cluster's."""
        await self._perhaps("before", 1)
        made = await super().patch(ref, body)
        await self._perhaps("after")
        return made

    async def patch_json(self, ref: ObjectRef, operations: Any) -> Manifest:
        """As the memory cluster's."""
        await self._perhaps("before", 1)
        made = await super().patch_json(ref, operations)
        await self._perhaps("after")
        return made

    async def patch_status(self, ref: ObjectRef, body: Any) -> Manifest:
        """As the memory cluster's. What only reports is not counted: no plan hangs on it."""
        if ref.kind == HealthSnapshot.names.kind:
            return await super().patch_status(ref, body)
        await self._perhaps("before", 1)
        made = await super().patch_status(ref, body)
        await self._perhaps("after")
        return made

    async def _perhaps(self, side: str, more: int = 0) -> None:
        self.count += more
        mishap = self.mishap
        if mishap and (mishap.side, mishap.write) == (side, self.count):
            self.mishap = None
            if mishap.error:
                raise mishap.error
            self.died.set()
            await asyncio.get_running_loop().create_future()  # the writer hangs until it is killed


class World:
    """Everything. Use it as an async context: what runs is gone at the end."""

    def __init__(self, mishap: Mishap | None = None) -> None:
        self.clock = ManualClock(NOW)
        self.cluster = MortalCluster(self.clock)
        self.model = PrometheusModel(NOW)
        self.metrics = MemoryMetrics(self.model.answer)
        self.policy = MemoryPolicyEngine(APPROVE, revision="r7")
        self.admission = Admission()
        self.outlets = MemoryOutlets("oncall", endpoints=("conductor",))
        self.diary = Diary(self.clock)
        self.layer: AutonomicLayer
        self.cures = True
        self.per_namespace: int | None = None
        self._mishap = mishap
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """The objects are there; nothing runs yet."""
        asyncio.get_running_loop().set_default_executor(Inline())
        await self._furnish()
        self.cluster.watch(self._effect)
        self.cluster.watch(self._event)
        return self

    async def __aexit__(self, error: type[BaseException] | None, *_: object) -> None:
        """Nothing runs any more, and nothing ended by a mistake of its own."""
        await self.kill()
        assert error or "JobFailed" not in self.diary.names, self.diary.render()

    async def _furnish(self) -> None:
        ns = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {ENABLED_LABEL: "true"}}}
        verification = {"settle": "1m", "within": "15m"}
        furniture = [
            ns,
            deployment(2),
            redline_raw(),
            loop_raw("Reliability"),
            loop_raw("Healing"),
            contract_raw(verification=verification, objectives=[objective(alerting=ALERTING)]),
            playbook_raw(verification=verification),
        ]
        for raw in furniture:
            await self.cluster.create(raw)
        await self.cluster.patch_status(DEPLOYMENT, {"status": deployment(2)["status"]})
        self.cluster.writes.clear()
        self.cluster.count, self.cluster.mishap = 0, self._mishap

    def _effect(self, change: str, raw: Manifest) -> None:
        """The agent's pods follow its spec at once; more of them, or new ones, end the trouble if they cure it."""
        if raw["kind"] == "Deployment" and change == "MODIFIED" and self.cures:
            now = self.clock.now()
            if raw["spec"]["replicas"] >= 4:
                self.model.ratio.change(now, "0")
            if raw["spec"]["template"]["metadata"].get("annotations"):
                self.model.signal.change(now, "0")

    def _event(self, change: str, raw: Manifest) -> None:
        if self._task and raw["kind"] in WATCHED:
            self.layer.observe(change, raw["kind"], raw)

    def start(self, holder: str = "a") -> None:
        """A new process over the same world: nothing is remembered but what the cluster holds."""
        entropy = MemoryEntropy(ord(holder[0]) << 32)
        journals, outlets = (self.diary,), self.outlets
        ports = Ports(
            self.cluster, self.admission, self.metrics, self.policy, self.clock, entropy, journals, outlets=outlets
        )
        timing = Timing(plan_expiry=timedelta(minutes=20), ingestion_delay=timedelta(0))
        self.layer = AutonomicLayer(ports, Leadership(holder, lambda: 1), timing, per_namespace=self.per_namespace)
        self._task = asyncio.create_task(self.layer.run())

    async def kill(self) -> None:
        """The process is gone, wherever it was."""
        if self._task:
            task, self._task = self._task, None
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def passes(self, seconds: float) -> None:
        """Time passes; a process that died is replaced by another one within a second of its death."""
        left = seconds
        while left > 0:
            step = min(left, 1.0 if self.cluster.mishap or seconds <= STEP else STEP)
            await self.clock.advance(step)
            await self._roll_out()
            left -= step
            if self._task and self._task.done():
                self._task.result()
            if self.cluster.died.is_set():
                self.cluster.died.clear()
                await self.kill()
                self.start("b")

    async def _roll_out(self) -> None:
        """The Deployment's controller: what was wanted is there, and said so."""
        live = (await self.cluster.list("apps/v1", "Deployment"))[:1]
        behind = [
            raw for raw in live if raw["metadata"]["generation"] > raw.get("status", {}).get("observedGeneration", 0)
        ]
        for raw in behind:
            count = raw["spec"]["replicas"]
            seen = {"observedGeneration": raw["metadata"]["generation"], "replicas": count, "updatedReplicas": count}
            await MemoryCluster.patch_status(self.cluster, DEPLOYMENT, {"status": seen})

    async def until(self, phase: str, within: float = 3700) -> AdaptationPlan:
        """The only plan, once it has that phase."""
        end = self.clock.monotonic() + within
        step = 1.0
        while self.clock.monotonic() < end:
            found = await self.plans()
            if found and found[0].status.phase == phase:
                return found[0]
            await self.passes(step)
            step = min(STEP, step * 1.1)
        seen = [(each.status.phase, each.status.conditions) for each in await self.plans()]
        raise AssertionError(f"waited {within} s for {phase}; plans: {seen}\n{self.diary.render()}")

    def trouble(self, ratio: str = "0.5") -> None:
        """Ten minutes ago half of everything began to fail."""
        self.model.ratio.change(self.clock.now() - timedelta(minutes=10), ratio)

    async def plans(self) -> list[AdaptationPlan]:
        """All plans, as the cluster holds them."""
        return [AdaptationPlan.read(raw) for raw in await self.cluster.list(API_VERSION, "AdaptationPlan")]

    async def review(self, decision: str, by: str = "ann", **more: str) -> None:
        """A person adds a review to the only plan, as admission would let it through."""
        (plan,) = await self.plans()
        said = [each.wire() for each in plan.spec.reviews]
        mine = {"decision": decision, "by": by, "digest": plan.spec.digest, **more}
        await self.cluster.patch_as(by or "nobody", plan.ref, {"spec": {"reviews": [*said, mine]}})

    async def redline(self, **spec: Any) -> None:
        """A governor changes the RedLine."""
        await self.cluster.patch_as("governor", REDLINE, {"spec": spec})

    async def live(self) -> Manifest:
        """The Deployment."""
        return await self.cluster.get(DEPLOYMENT)

    async def replicas(self) -> int:
        """The Deployment's replicas."""
        return int((await self.live())["spec"]["replicas"])

    @property
    def moves(self) -> list[Any]:
        """Every change of the Deployment by the layer, in order: replicas, or the word restart."""
        bodies = [write.body for write in self.cluster.writes if write.method == "patch" and write.ref == DEPLOYMENT]
        return [body["spec"].get("replicas", "restart") for body in bodies]

    @property
    def plan_writes(self) -> list[str]:
        """Every write of the layer that is about a plan or its target."""
        wanted = ("create AdaptationPlan", "patch_status AdaptationPlan", "patch Deployment")
        made = [f"{each.method} {each.ref.kind}" for each in self.cluster.writes]
        return [each for each in made if each in wanted]


def reason(plan: AdaptationPlan, name: str) -> str:
    """The reason of a plan's condition."""
    found = find(plan.status.conditions, name)
    return found.reason if found else ""


def message(plan: AdaptationPlan, name: str = "Finished") -> str:
    """The message of a plan's condition."""
    found = find(plan.status.conditions, name)
    return found.message if found else ""
