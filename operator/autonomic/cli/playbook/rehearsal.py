"""A playbook over recorded signals: the whole layer over ports in memory, and time that passes as fast as it can.

Whatever the playbook asks for is approved, and whatever it does is done to objects in memory: so its cooldown, limits, attempts
and escalation show. What asks Prometheus is not known offline, and so never holds.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from autonomic.cycle.ports import Ports
from autonomic.cycle.store import WATCHED
from autonomic.domain.actions import PermittedAction
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectRef
from autonomic.domain.naming import outcome
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.servers import DEFAULT
from autonomic.domain.signals.board import KEPT_ALERTS
from autonomic.domain.signals.received import Signal
from autonomic.domain.words import API_VERSION, ENABLED_LABEL, QUARANTINE_ANNOTATION, ROLLBACK_ANNOTATION
from autonomic.healing.judging import names
from autonomic.layer import AutonomicLayer, Timing
from autonomic.ports.cluster import Manifest, Proof
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.memory.outlets import MemoryOutlets
from autonomic.ports.memory.policy import MemoryPolicyEngine

YES = {"allow": True, "verdict": "Approve", "reasons": ["offline"], "rules": ["offline"], "revision": "offline"}
AFTERWARDS = timedelta(hours=2)
"""How long it goes on after the last signal, at most, until every plan is over."""
STEP = 5.0
_WORKLOADS = ("Deployment", "StatefulSet")


@dataclass(frozen=True)
class Line:
    """Something that would have happened."""

    at: datetime
    what: str
    about: str
    why: str


@dataclass
class Diary:
    """Facts about the playbook and its plans, with their time."""

    clock: ManualClock
    lines: list[Line] = field(default_factory=list)

    async def record(self, fact: Fact) -> None:
        """Keeps what is about them."""
        if fact.about.kind in ("SelfHealingPlaybook", "AdaptationPlan"):
            self.lines.append(Line(self.clock.now(), fact.name, fact.about.name, fact.message))


@dataclass(frozen=True)
class Rehearsal:
    """What would have happened, how the plans ended, how many signals were turned away by reason, and the status."""

    lines: tuple[Line, ...]
    outcomes: tuple[tuple[str, str], ...]
    refused: dict[str, int]
    conditions: tuple[tuple[str, str, str], ...]


class _InForce:
    async def prove(self) -> Proof:
        """Offline nothing can be refused that must be."""
        return Proof(in_force=True, message="offline")


async def rehearse(
    playbook: SelfHealingPlaybook, raw: Manifest, signals: Sequence[Signal], objects: Sequence[Manifest]
) -> Rehearsal:
    """Plays the signals, in order of time. Raises what the ports in memory raise of objects that are none."""
    clock = ManualClock(signals[0].at - timedelta(seconds=STEP))
    cluster, diary = MemoryCluster(clock), Diary(clock)
    namespace = playbook.metadata.namespace or "default"
    for each in (*objects, *_surroundings(playbook, raw, namespace), *_workloads(playbook, signals, objects)):
        await _create(cluster, each, namespace)
    metrics = MemoryMetrics({})
    metrics.servers = (DEFAULT, *sorted(playbook.spec.servers - {DEFAULT}))
    policy = MemoryPolicyEngine(YES, "offline")
    ports = Ports(cluster, _InForce(), metrics, policy, clock, MemoryEntropy(), (diary,), outlets=_outlets(playbook))
    layer = AutonomicLayer(ports, timing=Timing(ingestion_delay=timedelta(0)))
    layer.store.inbox.open(signals[0].at - KEPT_ALERTS)
    cluster.watch(lambda change, raw: layer.observe(change, raw["kind"], raw) if raw["kind"] in WATCHED else None)
    turning = asyncio.create_task(layer.run())
    try:
        await _play(layer, clock, signals)
    finally:
        turning.cancel()
        with suppress(asyncio.CancelledError):
            await turning
    return await _what_became(layer, cluster, playbook, diary)


def _outlets(playbook: SelfHealingPlaybook) -> MemoryOutlets:
    """Those that the playbook names, who take whatever they are told."""
    actions = tuple(_actions(playbook))
    channels = {each.notify.channel for each in actions if each.notify}
    endpoints = {each.call_orchestrator.endpoint for each in actions if each.call_orchestrator}
    return MemoryOutlets(*sorted(channels), endpoints=tuple(sorted(endpoints)))


def _actions(playbook: SelfHealingPlaybook) -> Iterable[PermittedAction]:
    spec = playbook.spec
    return (*spec.actions, *(each for rung in spec.escalation for each in rung.actions), *spec.rollback_actions)


async def _play(layer: AutonomicLayer, clock: ManualClock, signals: Sequence[Signal]) -> None:
    for at in sorted({each.at for each in signals}):
        await _pass(clock, (at - clock.now()).total_seconds())
        layer.receive([each for each in signals if each.at == at])
    end = clock.now() + AFTERWARDS
    await _pass(clock, 60)
    while clock.now() < end and _open(layer):
        await _pass(clock, 60)


def _open(layer: AutonomicLayer) -> bool:
    view = layer.store.view(layer.ports.clock.now())
    return any(outcome(plan) is None for plan in view.plans.values())


async def _pass(clock: ManualClock, seconds: float) -> None:
    while seconds > 0:
        await clock.advance(min(STEP, seconds))
        seconds -= STEP


async def _what_became(
    layer: AutonomicLayer, cluster: MemoryCluster, playbook: SelfHealingPlaybook, diary: Diary
) -> Rehearsal:
    found = await cluster.list(API_VERSION, "AdaptationPlan", playbook.metadata.namespace)
    plans = [AdaptationPlan.read(raw) for raw in found]
    now = SelfHealingPlaybook.read(await cluster.get(playbook.ref))
    return Rehearsal(
        lines=tuple(diary.lines),
        outcomes=tuple((plan.metadata.name, plan.status.phase) for plan in plans),
        refused=dict(layer.store.inbox.refused),
        conditions=tuple((each.type, each.status.value, each.reason) for each in now.status.conditions),
    )


def _surroundings(playbook: SelfHealingPlaybook, raw: Manifest, namespace: str) -> list[Manifest]:
    loop = {"type": "Healing", "mode": "Enforce", "guards": {"storm": {"least": 10000}, "failures": {"count": 1000}}}
    spec = {**raw["spec"], "mode": "Enforce"}
    labels = {ENABLED_LABEL: "true"}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}},
        {"apiVersion": API_VERSION, "kind": "RedLine", "metadata": {"name": "offline"}, "spec": {}},
        {"apiVersion": API_VERSION, "kind": "ControlLoop", "metadata": {"name": "healing"}, "spec": loop},
        {
            "apiVersion": API_VERSION,
            "kind": "SelfHealingPlaybook",
            "metadata": {"name": playbook.metadata.name, "namespace": namespace},
            "spec": spec,
        },
    ]


def _workloads(playbook: SelfHealingPlaybook, signals: Sequence[Signal], objects: Sequence[Manifest]) -> list[Manifest]:
    """Workloads of two replicas, where the playbook or a signal names one and no file has it."""
    spec, namespace = playbook.spec, playbook.metadata.namespace or "default"
    named = [each.target_ref for each in _actions(playbook) if each.target_ref] + (
        [spec.target.ref] if spec.target.ref else []
    )
    if spec.target.from_signal:
        named += [spec.target.from_signal.ref(name) for name in names(signals, spec.target.from_signal.label)]
    given = {(each.get("kind"), each["metadata"]["name"]) for each in objects}
    refs = dict.fromkeys(ref.within(namespace) for ref in named if (ref.kind, ref.name) not in given)
    return [_workload(ref) for ref in refs if ref.kind in _WORKLOADS]


def _workload(ref: ObjectRef) -> Manifest:
    meta = {
        "name": ref.name,
        "namespace": ref.namespace,
        "annotations": {ROLLBACK_ANNOTATION: "true", QUARANTINE_ANNOTATION: "true"},
    }
    template: dict[str, Any] = {"metadata": {}, "spec": {"containers": [{"name": "main"}]}}
    return {
        "apiVersion": ref.api_version,
        "kind": ref.kind,
        "metadata": meta,
        "spec": {"replicas": 2, "template": template},
    }


async def _create(cluster: MemoryCluster, manifest: Manifest, namespace: str) -> None:
    if manifest["kind"] not in ("Namespace", "RedLine", "ControlLoop"):
        manifest = {**manifest, "metadata": {"namespace": namespace, **manifest["metadata"]}}
    made = await cluster.create(manifest)
    if manifest["kind"] in _WORKLOADS:
        count = (manifest.get("spec") or {}).get("replicas", 1)
        counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), count)
        await cluster.patch_status(ObjectRef.of(made), {"status": {"observedGeneration": 1, **counts}})
