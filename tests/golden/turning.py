"""The engine, turned over the cases of the table: cold, carried forward, and at a server that does not count exactly."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.cycle.slo.engine import SloEngine
from autonomic.domain.budgets import Assessment
from autonomic.domain.contracts import SLAContract
from autonomic.domain.readings import Abilities, Matrix, Question, RangeQuestion, Vector
from autonomic.domain.servers import DEFAULT
from autonomic.domain.view import NamespaceView, View
from autonomic.domain.words import ENABLED_LABEL
from autonomic.environment.server import MetricsServer
from autonomic.ports.metrics import Metrics
from tests.golden.case import Case

NAMESPACE = "golden"
CARRIED, SLEPT = range(6, -1, -1), (33, 32, 31, 0)
"""When the engine is turned, in minutes before the case's time: minute by minute, or with half an hour between."""

_TIMEOUT_SECONDS = 60.0
Said = Mapping[str, Assessment]
"""What an engine says, by objective, or `objective/label=value`."""


@dataclass(frozen=True)
class Sayings:
    """What engines say of one case: a fresh one, two that were there before, and one that may not count exactly."""

    cold: Said
    carried: Said
    slept: Said
    approximate: Said


class Unanchored:
    """The same server, as one of an older version: it knows no `anchored` ranges."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self.servers = metrics.servers

    async def query(self, question: Question) -> Vector:
        """As the server answers."""
        return await self._metrics.query(question)

    async def query_range(self, question: RangeQuestion) -> Matrix:
        """As the server answers."""
        return await self._metrics.query_range(question)

    async def mistake(self, expr: str, server: str = DEFAULT) -> str | None:
        """As the server answers."""
        return await self._metrics.mistake(expr, server)

    async def abilities(self, server: str = DEFAULT) -> Abilities:
        """As the server answers, without what it can do."""
        return replace(await self._metrics.abilities(server), anchored=False)


def sayings(url: str, case: Case) -> Sayings:
    """What the engine says of the case over the Prometheus at that address."""
    return asyncio.run(_all_ways(url, case))


async def _all_ways(url: str, case: Case) -> Sayings:
    async with connected(url) as metrics:
        return Sayings(
            cold=await _said(metrics, case, (0,)),
            carried=await _said(metrics, case, CARRIED),
            slept=await _said(metrics, case, SLEPT),
            approximate=await _said(Unanchored(metrics), case, (0,)),
        )


def together(url: str, cases: Sequence[Case], turns: Iterable[int]) -> dict[str, Said]:
    """What one engine says of all these cases of one moment, by their keys, turned that many minutes before it."""
    return asyncio.run(_together(url, cases, turns))


async def _together(url: str, cases: Sequence[Case], turns: Iterable[int]) -> dict[str, Said]:
    async with connected(url) as metrics:
        engine = await _turned(metrics, cases, turns)
    return {case.key: _by_key(engine, case) for case in cases}


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Metrics]:
    """The server at that address."""
    metrics = PrometheusMetrics(MetricsServer(url, timeout=_TIMEOUT_SECONDS))
    try:
        yield metrics
    finally:
        await metrics.aclose()


async def _said(metrics: Metrics, case: Case, turns: Iterable[int]) -> Said:
    return _by_key(await _turned(metrics, [case], turns), case)


async def _turned(metrics: Metrics, cases: Sequence[Case], turns: Iterable[int]) -> SloEngine:
    engine = SloEngine(metrics)
    for minutes in turns:
        await engine.turn(_view(cases, timedelta(minutes=minutes)))
    return engine


def _view(cases: Sequence[Case], before: timedelta) -> View:
    first = cases[0]
    contracts = {f"{NAMESPACE}/{case.key}": _contract(case) for case in cases}
    namespace = NamespaceView(NAMESPACE, {ENABLED_LABEL: "true"}, {})
    now = first.at + first.late - before
    return View(now, contracts, namespaces={NAMESPACE: namespace}, ingestion_delay=first.delay)


def _contract(case: Case) -> SLAContract:
    spec = {
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": case.key},
        "objectives": case.objectives,
        "maintenance": case.maintenance,
    }
    return SLAContract.read({"metadata": {"name": case.key, "namespace": NAMESPACE, "generation": 1}, "spec": spec})


def _by_key(engine: SloEngine, case: Case) -> Said:
    return {_key(each): each for each in engine.assessments(f"{NAMESPACE}/{case.key}")}


def _key(assessment: Assessment) -> str:
    labels = ",".join(f"{name}={value}" for name, value in assessment.group)
    return f"{assessment.objective}/{labels}" if labels else assessment.objective
