"""A person at a cluster in memory, with the namespace shop, the workload agent, and plans."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from typer.testing import CliRunner, Result

from autonomic.adapters.kubernetes.person import Whereabouts
from autonomic.cli.plan.person import Desk, Person
from autonomic.cli.plan.plugin import plugin
from autonomic.domain.errors import AutonomicError, Invalid
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan, Review
from autonomic.domain.words import API_VERSION
from autonomic.ports.cluster import Cluster, Manifest
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster
from tests.unit.domain.specimens import DEPLOYMENT, NAMESPACE, NOW, deployment, plan_spec

NAMES = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": {}}}


class MemoryPerson:
    """Ann, whose context is in the namespace shop. `refusal`, when set, is what every review meets."""

    def __init__(self) -> None:
        self.namespace = NAMESPACE
        self.memory = MemoryCluster(ManualClock(NOW))
        self.cluster: Cluster = self.memory
        self.refusal: AutonomicError | None = None
        self.meanwhile: Callable[[], Any] | None = None
        self.told: list[Manifest] = []

    async def name(self) -> str:
        """Ann."""
        return "ann@example.com"

    async def review(self, plan: AdaptationPlan, review: Review) -> None:
        """As the server does: to that life with that digest alone."""
        if self.meanwhile:
            await self.meanwhile()
        if self.refusal:
            raise self.refusal
        live = await self.memory.get(plan.ref)
        if (live["metadata"]["uid"], live["spec"]["digest"]) != (plan.metadata.uid, review.digest):
            raise Invalid("the server rejected our request due to an error in our request (HTTP 422)")
        reviews = [*live["spec"]["reviews"], review.wire()]
        await self.memory.patch_as("ann", plan.ref, {"spec": {"reviews": reviews}})

    async def suspend(self, loop: ObjectRef, suspended: bool) -> None:
        """Writes it."""
        await self.memory.patch_as("ann", loop, {"spec": {"suspend": suspended}})

    async def events(self, about: ObjectRef, uid: str) -> list[Manifest]:
        """What a test says was told of it."""
        assert (about.kind, bool(uid)) == ("AdaptationPlan", True)
        return self.told


class Room:
    """The commands over that person's cluster."""

    def __init__(self) -> None:
        self.person = MemoryPerson()

    async def furnish(self, *more: Manifest) -> None:
        """The namespace, its workload, and more."""
        for raw in (NAMES, deployment(2), *more):
            await self.person.memory.create(raw)

    async def plan(self, name: str = "cure", status: dict[str, Any] | None = None, **spec: Any) -> AdaptationPlan:
        """A plan that scales the workload from 2 to 4, waiting for a person unless its status says else."""
        uid = (await self.person.memory.get(DEPLOYMENT))["metadata"]["uid"]
        pinned = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent", "uid": uid}
        fixed = plan_spec(actions=[{"type": "Scale", "targetRef": pinned, "scale": {"replicas": 4}}], **spec).wire()
        meta = {"name": name, "namespace": NAMESPACE}
        raw = {"apiVersion": API_VERSION, "kind": "AdaptationPlan", "metadata": meta, "spec": fixed}
        await self.person.memory.create(raw)
        ref = ObjectRef(api_version=API_VERSION, kind="AdaptationPlan", name=name, namespace=NAMESPACE)
        shown = {"phase": "AwaitingApproval", "target": "Deployment/agent", "action": "scale from 2 to 4 replicas"}
        return AdaptationPlan.read(await self.person.memory.patch_status(ref, {"status": {**shown, **(status or {})}}))

    async def reviews(self, name: str = "cure") -> list[tuple[str, str, str]]:
        """Who said what, and why."""
        ref = ObjectRef(api_version=API_VERSION, kind="AdaptationPlan", name=name, namespace=NAMESPACE)
        plan = AdaptationPlan.read(await self.person.memory.get(ref))
        return [(each.decision, each.by, each.message) for each in plan.spec.reviews]

    def type(self, *arguments: str) -> Result:
        """What `kubectl autonomic ARGUMENTS` printed, and its exit code."""
        return CliRunner(env={"COLUMNS": "200"}).invoke(plugin(), list(arguments), obj=Desk(self._reach, lambda: NOW))

    @asynccontextmanager
    async def _reach(self, _: Whereabouts) -> AsyncIterator[Person]:
        yield self.person
