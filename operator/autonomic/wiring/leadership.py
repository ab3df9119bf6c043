"""Who this replica is among others: its Lease, its mark on the pod, its journal, whose head the Lease bears."""

import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from autonomic import __version__
from autonomic.adapters.clock import SystemClock
from autonomic.adapters.journal.head import head_of
from autonomic.adapters.journal.sinks import FileSink, StreamSink
from autonomic.adapters.journal.writer import JournalWriter
from autonomic.adapters.kubernetes.client import KubernetesCluster
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.adapters.kubernetes.pod_label import LeaderLabel
from autonomic.adapters.lease import LeaseHolder, LeaseTimes, lease_ref
from autonomic.domain.meta import ObjectRef
from autonomic.settings import Settings


def journal_of(settings: Settings, connection: Connection, clock: SystemClock, identity: str) -> JournalWriter | None:
    """The journal, which goes on after the head that the Lease bears; None where it is off."""
    if settings.journal == "off":
        return None
    sink = StreamSink(sys.stdout.buffer) if settings.journal == "stdout" else FileSink(Path(settings.journal))
    lease = lease_ref(settings.namespace, settings.lease_name)
    return JournalWriter(
        sink, clock, lambda: head_of(ungated(connection), lease), {"holder": identity, "version": __version__}
    )


def lease_of(
    settings: Settings, connection: Connection, clock: SystemClock, identity: str, audit: JournalWriter | None
) -> LeaseHolder:
    """The Lease that this replica holds or waits for; with the journal's head on it."""
    ref, marks = lease_ref(settings.namespace, settings.lease_name), audit.marks if audit else dict
    return LeaseHolder(ungated(connection), clock, ref, identity, _die, LeaseTimes(settings.lease_seconds), marks)


def _die() -> None:
    """Another replica may act from now on: nothing of this one may run on, not even an orderly end."""
    os._exit(1)


async def label_of(settings: Settings, connection: Connection, stack: AsyncExitStack) -> LeaderLabel | None:
    """The mark by which the Service finds the leader; none outside a pod. It goes before the Lease does."""
    if not settings.pod_name:
        return None
    pod = ObjectRef(api_version="v1", kind="Pod", name=settings.pod_name, namespace=settings.namespace)
    label = LeaderLabel(ungated(connection), pod)
    await label.remove()
    stack.push_async_callback(label.remove)
    return label


def ungated(connection: Connection) -> KubernetesCluster:
    """Writes that need no Lease: the Lease's own, and the mark of who holds it."""
    return KubernetesCluster(connection, lambda: None)
