"""The composition root: settings become adapters, adapters become ports, ports become the layer. Nothing else wires."""

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from autonomic import __version__
from autonomic.adapters import collector
from autonomic.adapters.clock import SystemClock, SystemEntropy
from autonomic.adapters.journal.head import head_of
from autonomic.adapters.journal.sinks import FileSink, StreamSink
from autonomic.adapters.journal.writer import JournalWriter
from autonomic.adapters.kubernetes.access import KubernetesAccess
from autonomic.adapters.kubernetes.admission import AdmissionProof
from autonomic.adapters.kubernetes.client import KubernetesCluster
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.adapters.kubernetes.events import EventJournal
from autonomic.adapters.kubernetes.pod_label import LeaderLabel
from autonomic.adapters.kubernetes.probes import chart_probes
from autonomic.adapters.lease import LeaseHolder, LeaseTimes, lease_ref
from autonomic.adapters.opa import OpaPolicyEngine, OpaPolicyServer, OpaProgram
from autonomic.adapters.outlets.configured import ConfiguredOutlets
from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.adapters.telemetry.logs import LogJournal, set_up_logs
from autonomic.adapters.telemetry.metrics import LayerCollector, MetricsJournal, QuestionCollector, Scene, exposition
from autonomic.api.app import build
from autonomic.api.serving import serve
from autonomic.api.sources import Health, LayerView
from autonomic.cycle.policies import OwnersPolicies, Peers
from autonomic.cycle.ports import Ports
from autonomic.cycle.slo.accounting import account, judged_alone, status_of
from autonomic.domain.contracts import SLAContract
from autonomic.domain.meta import ObjectRef
from autonomic.domain.units import seconds, span
from autonomic.governance.owners_syntax import allowed
from autonomic.handlers import watching
from autonomic.layer import AutonomicLayer, Leadership, Timing
from autonomic.ports.journal import Journal
from autonomic.ports.memory.audit import MemoryAuditLog
from autonomic.settings import Settings
from autonomic.slo.account import ContractAccount

_SETTLED_SECONDS = 300.0
"""Time in which a new leader has surely counted everything once."""


@dataclass(frozen=True)
class Replica:
    """This process: its connection, its brain, its Lease, its mark on the pod, its figures."""

    connection: Connection
    clock: SystemClock
    layer: AutonomicLayer
    lease: LeaseHolder
    label: LeaderLabel | None
    policies: OwnersPolicies
    figures: Callable[[str], Awaitable[tuple[bytes, str]]]

    async def lead(self) -> None:
        """Waits for the Lease, says so on the pod, and turns until cancelled."""
        await self.lease.wait_held()
        if self.label:
            await self.label.put()
        later = asyncio.create_task(self._keep_what_stays())
        try:
            await self.layer.run()
        finally:
            later.cancel()

    async def _keep_what_stays(self) -> None:
        """Once everything was counted for the first time."""
        await self.clock.sleep(_SETTLED_SECONDS)
        await asyncio.to_thread(collector.keep)


def run(settings: Settings) -> None:
    """Runs the operator until it is told to stop. Raises AutonomicError when it can't begin."""
    set_up_logs(settings.log_level, settings.log_format, sys.stderr)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        collector.space_out()
        replica = await _replica(settings, stack)
        await replica.layer.fill()
        collector.settle()
        await _until_one_ends(
            _told_to_stop(),
            _watch(replica.layer),
            replica.lease.run(),
            replica.policies.run(),
            replica.lead(),
            _serve(settings, replica),
        )


async def _told_to_stop() -> None:
    """Returns on SIGTERM or SIGINT."""
    told = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, told.set)
    await told.wait()


async def _watch(layer: AutonomicLayer) -> None:
    """Feeds the layer with what the cluster tells; returns only when the watching failed."""
    loop, stop = asyncio.get_running_loop(), threading.Event()

    def observe(event: str | None, kind: str, raw: dict[str, Any]) -> None:
        loop.call_soon_threadsafe(layer.observe, event, kind, raw)

    try:
        await asyncio.to_thread(watching.watch, observe, stop)
    finally:
        stop.set()


async def _until_one_ends(*parts: Coroutine[Any, Any, None]) -> None:
    """Runs the parts side by side; when one ends, however, the others are ended too and its error is raised."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        if not task.cancelled():
            task.result()


async def _replica(settings: Settings, stack: AsyncExitStack) -> Replica:
    connection = await Connection.open(settings.kubeconfig)
    stack.push_async_callback(connection.aclose)
    clock, figures = SystemClock(), CollectorRegistry()
    outlets = ConfiguredOutlets(settings.outlets, clock)
    await outlets.check()
    identity = f"{settings.pod_name or socket.gethostname()}-{SystemEntropy().nonce()[:8]}"
    audit = _audit(settings, connection, clock, identity)
    lease = _lease(settings, connection, clock, identity, audit)
    stack.push_async_callback(lease.release)
    cluster = KubernetesCluster(connection, lease.may_write)
    label = await _label(settings, connection, stack)
    events = EventJournal(cluster, clock, identity, lambda ref: layer.store.uid(ref) or policies.uid(ref))
    events.start()
    stack.push_async_callback(events.aclose)
    journals = (LogJournal(), MetricsJournal(figures), events)
    policies = _policies(settings, cluster, clock, stack, journals, lambda: lease.held)
    ports = _ports(settings, connection, cluster, clock, stack, figures, journals, policies, audit, outlets)
    leadership = Leadership(identity, lambda: lease.epoch, lease.may_write)
    timing = Timing(span(settings.plan_expiry), span(settings.plan_ttl), span(settings.ingestion_delay))
    layer = AutonomicLayer(ports, leadership, timing, tenant_label=settings.tenant_label or None)
    layered = _collector(layer, lease)
    figures.register(layered)
    return Replica(connection, clock, layer, lease, label, policies, exposition(figures, layered.look))


def _ports(
    settings: Settings,
    connection: Connection,
    cluster: KubernetesCluster,
    clock: SystemClock,
    stack: AsyncExitStack,
    figures: CollectorRegistry,
    journals: tuple[Journal, ...],
    policies: OwnersPolicies,
    audit: JournalWriter | None,
    outlets: ConfiguredOutlets,
) -> Ports:
    metrics = PrometheusMetrics(settings.metrics_server)
    figures.register(QuestionCollector(lambda: metrics.tally))
    stack.push_async_callback(metrics.aclose)
    return Ports(
        cluster=cluster,
        admission=AdmissionProof(connection, chart_probes(settings.namespace)),
        metrics=metrics,
        policy=policies,
        clock=clock,
        entropy=SystemEntropy(),
        journals=journals,
        outlets=outlets,
        audit=audit or MemoryAuditLog(),
    )


def _policies(
    settings: Settings,
    cluster: KubernetesCluster,
    clock: SystemClock,
    stack: AsyncExitStack,
    journals: tuple[Journal, ...],
    leads: Callable[[], bool],
) -> OwnersPolicies:
    engine = OpaPolicyEngine(settings.opa_url, seconds(settings.opa_timeout))
    server = OpaPolicyServer(settings.opa_url, seconds(settings.opa_timeout))
    stack.push_async_callback(engine.aclose)
    stack.push_async_callback(server.aclose)
    checker = OpaProgram(settings.opa_program, settings.policy_schema, allowed)
    return OwnersPolicies(Peers(cluster, settings.namespace, checker, server, engine, clock, journals, leads))


def _audit(settings: Settings, connection: Connection, clock: SystemClock, identity: str) -> JournalWriter | None:
    """The journal, which goes on after the head that the Lease bears; None where it is off."""
    if settings.journal == "off":
        return None
    sink = StreamSink(sys.stdout.buffer) if settings.journal == "stdout" else FileSink(Path(settings.journal))
    lease = lease_ref(settings.namespace, settings.lease_name)
    return JournalWriter(
        sink, clock, lambda: head_of(_ungated(connection), lease), {"holder": identity, "version": __version__}
    )


def _lease(
    settings: Settings, connection: Connection, clock: SystemClock, identity: str, audit: JournalWriter | None
) -> LeaseHolder:
    ref, marks = lease_ref(settings.namespace, settings.lease_name), audit.marks if audit else dict
    return LeaseHolder(_ungated(connection), clock, ref, identity, _die, LeaseTimes(settings.lease_seconds), marks)


def _die() -> None:
    """Another replica may act from now on: nothing of this one may run on, not even an orderly end."""
    os._exit(1)


async def _label(settings: Settings, connection: Connection, stack: AsyncExitStack) -> LeaderLabel | None:
    """The mark by which the Service finds the leader; none outside a pod. It goes before the Lease does."""
    if not settings.pod_name:
        return None
    pod = ObjectRef(api_version="v1", kind="Pod", name=settings.pod_name, namespace=settings.namespace)
    label = LeaderLabel(_ungated(connection), pod)
    await label.remove()
    stack.push_async_callback(label.remove)
    return label


def _ungated(connection: Connection) -> KubernetesCluster:
    """Writes that need no Lease: the Lease's own, and the mark of who holds it."""
    return KubernetesCluster(connection, lambda: None)


async def _serve(settings: Settings, replica: Replica) -> None:
    layer = replica.layer
    app = build(
        LayerView(
            view=lambda: layer.store.view(replica.clock.now()),
            judged=layer.slo.status,
            judged_at=lambda: layer.slo.at,
            account=lambda contract: _account(layer, contract),
            pause=lambda: replica.clock.sleep(0),
        ),
        KubernetesAccess(replica.connection, replica.clock),
        Health(
            unready=lambda: None if layer.filled else "the cluster has not been listed yet",
            metrics=replica.figures,
        ),
    )
    await serve(app, settings.http_host, settings.http_port)


async def _account(layer: AutonomicLayer, contract: SLAContract) -> ContractAccount:
    """From the engine that turns here; on a standby, where none turns, from one that judges the contract alone."""
    view, engine = layer.store.view(layer.ports.clock.now()), layer.engine
    if not engine.judges(contract.key):
        engine = await judged_alone(layer.ports.metrics, contract, view)
    status = layer.slo.status(contract) or status_of(engine, contract, view.now)
    return await account(engine, contract, status, view.now)


def _collector(layer: AutonomicLayer, lease: LeaseHolder) -> LayerCollector:
    return LayerCollector(
        lambda: Scene(
            turns=dict(layer.turns),
            view=layer.store.view(layer.ports.clock.now()),
            leads=lease.held,
            in_force=layer.store.proof.in_force,
        )
    )
