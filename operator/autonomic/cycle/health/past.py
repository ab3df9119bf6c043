"""How subjects stood at a moment of the past: judged anew from what Prometheus remembers, by the engine that judges now."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from autonomic.cycle.health.figures import Figures
from autonomic.cycle.health.pulse import Felt, feel, together
from autonomic.cycle.health.scene import Scene
from autonomic.cycle.health.standings import Standings
from autonomic.cycle.slo.engines import SloEngines
from autonomic.domain.contracts import SLAContract, SLAContractStatus
from autonomic.domain.errors import Unavailable
from autonomic.domain.health import HealthSnapshotStatus, Issue, Subject
from autonomic.domain.readings import Abilities
from autonomic.domain.servers import DEFAULT
from autonomic.domain.view import View
from autonomic.health.rows import Row
from autonomic.health.standing import REST
from autonomic.health.subjects import Key
from autonomic.ports.metrics import Metrics

_SILENT = "MetricsUnavailable"


async def rows_at(metrics: Metrics, contracts: Mapping[str, SLAContract], view: View, at: datetime) -> list[Row]:
    """Every subject of those contracts, in order, as they are promised now and as it was then.

    What the servers no longer have is Unknown, with the reason. Raises Unavailable when none of them gives an answer.
    """
    asked = {server for each in contracts.values() for server in each.spec.servers} & set(metrics.servers)
    retention = await _longest(metrics, sorted(asked) or [DEFAULT])
    view = replace(view, servers=metrics.servers)
    scene = Scene()
    bare = {key: each.model_copy(update={"status": SLAContractStatus()}) for key, each in contracts.items()}
    await scene.update(_then(view, bare, at))
    if retention is not None and view.now - at > retention:
        return [Row(key, "Unknown", partial(_forgotten, key, at, retention)) for key in _subjects(scene)]
    standings = await _standings(metrics, scene, _then(view, bare, at))
    return [Row(key, each.health, partial(standings.tell, key, at)) for key, each in sorted(standings.known.items())]


async def _standings(metrics: Metrics, scene: Scene, view: View) -> Standings:
    """Looks a quarter of an hour before, for the trend, and then. Since when it was so, nobody saw."""
    engines, figures = SloEngines(metrics), Figures()
    standings = Standings(scene, figures)
    for moment in (view.now - REST, view.now):
        await engines.turn_all(replace(view, now=moment))
        felt = together(feel(each, moment) for each in engines.each.values())
        _heard(felt)
        await figures.take(felt)
        for key in _subjects(scene):
            standings.look(key, moment)
            if key in standings.known:
                standings.known[key] = replace(standings.known[key], since=None)
    return standings


async def _longest(metrics: Metrics, servers: Sequence[str]) -> timedelta | None:
    """How long the one remembers that forgets latest; None where one does not say. Raises Unavailable for silence of all."""
    told = await asyncio.gather(*(metrics.abilities(server) for server in servers), return_exceptions=True)
    known = [each.retention for each in told if isinstance(each, Abilities)]
    if not known:
        raise next(each for each in told if isinstance(each, BaseException))
    kept = [each for each in known if each is not None]
    return max(kept) if len(kept) == len(servers) else None


def _then(view: View, contracts: Mapping[str, SLAContract], at: datetime) -> View:
    return replace(view, now=at, contracts=contracts, ingestion_delay=timedelta(0))


def _subjects(scene: Scene) -> list[Key]:
    """Workloads before the groups that they are members of."""
    return [*sorted(scene.workloads), *sorted(scene.groups)]


def _heard(felt: Felt) -> None:
    """Raises Unavailable where every server that was asked was silent."""
    silent: dict[str, str] = {}
    for pulse in felt.pulses:
        silent |= {
            pulse.promises[at].objective.server: why.message
            for at, why in pulse.problems.items()
            if why.reason == _SILENT
        }
    if silent and silent.keys() >= {each.objective.server for pulse in felt.pulses for each in pulse.promises}:
        raise Unavailable(next(iter(silent.values())))


def _forgotten(key: Key, at: datetime, retention: timedelta) -> HealthSnapshotStatus:
    message = (
        f"OutOfRetention: Prometheus keeps samples for {retention.days} days, and {at:%Y-%m-%dT%H:%M:%SZ} is longer ago"
    )
    return HealthSnapshotStatus(
        subject=Subject(kind=key.kind, name=key.name),
        tenant=key.namespace,
        issues=(Issue(about="history", state="Unknown", message=message),),
        observed_at=at,
    )
