"""What is known of all subjects now: where this replica judges, from what it judged; else from the snapshots."""

from functools import partial

from pydantic import ValidationError

from autonomic.cycle.health.turn import HealthTurn
from autonomic.domain.health import HealthSnapshot, HealthSnapshotStatus
from autonomic.domain.words import API_VERSION
from autonomic.health.rows import Row
from autonomic.health.subjects import Key
from autonomic.ports.cluster import Cluster, Manifest


async def rows(turn: HealthTurn, cluster: Cluster, namespace: str | None) -> list[Row]:
    """Every subject of the namespace, or of all, in order. Raises as Cluster.list."""
    if turn.at is not None:
        found = [Row(key, each.health, partial(turn.tell, key)) for key, each in turn.known.items()]
        return sorted((each for each in found if namespace in (None, each.key.namespace)), key=lambda row: row.key)
    listed = await cluster.list(API_VERSION, HealthSnapshot.names.kind, namespace)
    return sorted((row for raw in listed if (row := _row(raw))), key=lambda row: row.key)


def _row(raw: Manifest) -> Row | None:
    try:
        status = HealthSnapshot.read(raw).status
    except ValidationError:
        return None
    if status.subject is None:
        return None
    key = Key(raw["metadata"]["namespace"], status.subject.kind, status.subject.name)
    return Row(key, status.health, partial(_same, status))


def _same(status: HealthSnapshotStatus) -> HealthSnapshotStatus:
    return status
