"""The composition root: settings become adapters, adapters become ports, ports become the layer. Nothing else wires."""

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from prometheus_client import CollectorRegistry

from autonomic.adapters import collector
from autonomic.adapters.clock import SystemClock, SystemEntropy
from autonomic.adapters.journal.writer import JournalWriter
from autonomic.adapters.kubernetes.admission import AdmissionProof
from autonomic.adapters.kubernetes.client import KubernetesCluster
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.adapters.kubernetes.events import EventJournal
from autonomic.adapters.kubernetes.probes import chart_probes
from autonomic.adapters.kubernetes.warnings import WarningWatch
from autonomic.adapters.lease import LeaseHolder
from autonomic.adapters.opa import OpaPolicyEngine, OpaPolicyServer, OpaProgram
from autonomic.adapters.outlets.configured import ConfiguredOutlets
from autonomic.adapters.prometheus import PrometheusServers
from autonomic.adapters.telemetry.cut_offs import CutOffs
from autonomic.adapters.telemetry.logs import LogJournal, set_up_logs
from autonomic.adapters.telemetry.metrics import LayerCollector, MetricsJournal, QuestionCollector, Scene, exposition
from autonomic.adapters.telemetry.plugins import PluginCollector
from autonomic.cycle.policies import OwnersPolicies, Peers
from autonomic.cycle.ports import Ports
from autonomic.cycle.routing.figures import figures_of
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectRef
from autonomic.domain.units import seconds, span
from autonomic.governance.owners_syntax import allowed
from autonomic.handlers import watching
from autonomic.layer import AutonomicLayer, Leadership, Timing
from autonomic.ports.journal import Journal
from autonomic.ports.memory.audit import MemoryAuditLog
from autonomic.ports.outlets import Outlets
from autonomic.settings import Settings
from autonomic.wiring.intake import intake_of, with_pushed
from autonomic.wiring.leadership import journal_of, label_of, lease_of
from autonomic.wiring.plugins import plugged_in
from autonomic.wiring.replica import Replica
from autonomic.wiring.web import answer


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
            _warnings(replica).run(),
            replica.lease.run(),
            replica.policies.run(),
            replica.lead(),
            answer(settings, replica),
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


def _warnings(replica: Replica) -> WarningWatch:
    """What the cluster warns of. Where it may not be read, that is told, and all else goes on."""
    about = ObjectRef(api_version="v1", kind="Namespace", name="kube-system")

    async def tell(why: str) -> None:
        await replica.layer.ports.tell(Fact("WarningsNotWatched", about, why, warning=True))

    return WarningWatch(replica.connection, replica.clock, replica.layer.warned, tell)


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
    receives = settings.signals_folder is not None
    plugged = await plugged_in(
        outlets,
        clock,
        settings.namespace,
        lambda fact: layer.ports.tell(fact),
        receives=receives,
        folder=settings.plugins_folder,
    )
    figures.register(PluginCollector(lambda: plugged.standings))
    identity = f"{settings.pod_name or socket.gethostname()}-{SystemEntropy().nonce()[:8]}"
    audit = journal_of(settings, connection, clock, identity)
    lease = lease_of(settings, connection, clock, identity, audit)
    stack.push_async_callback(lease.release)
    cluster = KubernetesCluster(connection, lease.may_write)
    label = await label_of(settings, connection, stack)
    events = EventJournal(cluster, clock, identity, lambda ref: layer.store.uid(ref) or policies.uid(ref))
    events.start()
    stack.push_async_callback(events.aclose)
    journals = (LogJournal(), MetricsJournal(figures), events)
    policies = _policies(settings, cluster, clock, stack, journals, lambda: lease.held)
    called = plugged.outlets(outlets)
    ports = _ports(settings, connection, cluster, clock, stack, figures, journals, policies, audit, called)
    leadership = Leadership(identity, lambda: lease.epoch, lease.may_write)
    layer = _layer(settings, ports, leadership)
    layer.plug_in(plugged.plugins())
    layered = _collector(layer, lease)
    figures.register(layered)
    intake = await intake_of(settings, layer, lease, clock, stack)
    shown = with_pushed(exposition(figures, layered.look), intake)
    return Replica(connection, clock, layer, lease, label, policies, shown, intake, CutOffs(figures), plugged)


def _layer(settings: Settings, ports: Ports, leadership: Leadership) -> AutonomicLayer:
    return AutonomicLayer(
        ports,
        leadership,
        Timing(span(settings.plan_expiry), span(settings.plan_ttl), span(settings.ingestion_delay)),
        tenant_label=settings.tenant_label or None,
        home=settings.namespace,
        per_namespace=settings.objects_per_namespace or None,
    )


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
    outlets: Outlets,
) -> Ports:
    metrics = PrometheusServers(settings.metrics_servers)
    figures.register(QuestionCollector(lambda: metrics.tallies))
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


def _collector(layer: AutonomicLayer, lease: LeaseHolder) -> LayerCollector:
    return LayerCollector(
        lambda: Scene(
            turns=dict(layer.turns),
            view=layer.store.view(layer.ports.clock.now()),
            leads=lease.held,
            in_force=layer.store.proof.in_force,
            unheard=dict(layer.store.inbox.refused),
            health=dict(layer.health.known),
            routes=figures_of(layer.routing),
        )
    )
