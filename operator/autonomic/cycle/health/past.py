"""How subjects stood at a moment of the past: judged anew from what Prometheus remembers, by the engine that judges now."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from autonomic.cycle.health.figures import Figures
from autonomic.cycle.health.pulse import Felt, feel
from autonomic.cycle.health.scene import Scene
from autonomic.cycle.health.standings import Standings
from autonomic.cycle.slo.engine import SloEngine
from autonomic.domain.contracts import SLAContract, SLAContractStatus
from autonomic.domain.errors import Unavailable
from autonomic.domain.health import HealthSnapshotStatus, Issue, Subject
from autonomic.domain.view import View
from autonomic.health.rows import Row
from autonomic.health.standing import REST
from autonomic.health.subjects import Key
from autonomic.ports.metrics import Metrics

_SILENT = "MetricsUnavailable"


async def rows_at(metrics: Metrics, contracts: Mapping[str, SLAContract], view: View, at: datetime) -> list[Row]:
    """Every subject of those contracts, in order, as they are promised now and as it was then.

    What the server no longer has is Unknown, with the reason. Raises Unavailable when it gives no answer.
    """
    retention = (await metrics.abilities()).retention
    scene = Scene()
    bare = {key: each.model_copy(update={"status": SLAContractStatus()}) for key, each in contracts.items()}
    await scene.update(_then(view, bare, at))
    if retention is not None and view.now - at > retention:
        return [Row(key, "Unknown", partial(_forgotten, key, at, retention)) for key in _subjects(scene)]
    standings = await _standings(metrics, scene, _then(view, bare, at))
    return [Row(key, each.health, partial(standings.tell, key, at)) for key, each in sorted(standings.known.items())]


async def _standings(metrics: Metrics, scene: Scene, view: View) -> Standings:
    """Looks a quarter of an hour before, for the trend, and then. Since when it was so, nobody saw."""
    engine, figures = SloEngine(metrics), Figures()
    standings = Standings(scene, figures)
    for moment in (view.now - REST, view.now):
        await engine.turn(replace(view, now=moment))
        felt = feel(engine, moment)
        _heard(felt)
        await figures.take(felt)
        for key in _subjects(scene):
            standings.look(key, moment)
            if key in standings.known:
                standings.known[key] = replace(standings.known[key], since=None)
    return standings


def _then(view: View, contracts: Mapping[str, SLAContract], at: datetime) -> View:
    return replace(view, now=at, contracts=contracts, ingestion_delay=timedelta(0))


def _subjects(scene: Scene) -> list[Key]:
    """Workloads before the groups that they are members of."""
    return [*sorted(scene.workloads), *sorted(scene.groups)]


def _heard(felt: Felt) -> None:
    problems = (why for pulse in felt.pulses for why in pulse.problems.values())
    silent = next((why for why in problems if why.reason == _SILENT), None)
    if silent:
        raise Unavailable(silent.message)


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
