"""The HTTP API beside loops that turn over a fleet, as in the operator; `/figures` tells how both went since the last time."""

import asyncio
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fastapi import FastAPI

from autonomic.adapters import collector
from autonomic.adapters.clock import SystemClock, SystemEntropy
from autonomic.api import Events, LayerView, build, serve
from autonomic.api.pacing import Pace
from autonomic.api.seals import Seal
from autonomic.cycle.feed import Feed, News
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.readings import Matrix, Question, RangeQuestion, Vector
from autonomic.domain.servers import DEFAULT
from autonomic.domain.view import View
from autonomic.ports.access import Caller
from autonomic.ports.memory.access import MemoryAccess
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.metrics import MemoryMetrics
from benchmarks.api.callers import NAMESPACE, TOKENS
from benchmarks.serving import empty_layer, silent_health
from benchmarks.slo.cycles import operator_of
from benchmarks.slo.fleet import Fleet
from tests.unit.domain.specimens import meta, plan_spec

CONTRACTS, PLANS = 2_000, 10_000
TURN_EVERY, EVENTS_EVERY, TICK = 1.0, 0.005, 0.002


class Silent(MemoryMetrics):
    """A server of metrics that knows no series, and answers at once."""

    async def query(self, question: Question) -> Vector:  # noqa: ARG002
        """Nothing."""
        return Vector(samples=())

    async def query_range(self, question: RangeQuestion) -> Matrix:  # noqa: ARG002
        """Nothing."""
        return Matrix(())


@dataclass
class Figures:
    """Seconds: how long turns took, and how late the event loop was at each tick. `hurry` leaves no pause between turns."""

    turns: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    hurry: bool = False
    ready: bool = False


async def _turning(figures: Figures) -> None:
    clock = ManualClock(datetime.now(UTC))
    _, turn, health = operator_of(Fleet(CONTRACTS), Silent({}), clock)
    await turn.turn(DEFAULT)  # the first reads the history, and is not like those that follow
    figures.ready = True
    while True:
        begun = time.perf_counter()
        await turn.turn(DEFAULT)
        await health.turn("")
        figures.turns.append(time.perf_counter() - begun)
        await clock.advance(60)
        await asyncio.sleep(0 if figures.hurry else TURN_EVERY)


async def _ticking(figures: Figures) -> None:
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(TICK)
        figures.late.append(time.perf_counter() - begun - TICK)


async def _happening(feed: Feed) -> None:
    """Two hundred events a second, a kilobyte each."""
    told = {"plan": "one", "message": "x" * 1000}
    while True:
        feed.publish(News("PlanChanged", "adaptationplans", NAMESPACE, datetime.now(UTC), told))
        await asyncio.sleep(EVENTS_EVERY)


def _plans() -> dict[str, AdaptationPlan]:
    spec = plan_spec()
    one = AdaptationPlan.read({"metadata": meta("plan", NAMESPACE), "spec": spec.wire()})
    names = [f"plan-{number:05d}" for number in range(PLANS)]
    return {
        f"{NAMESPACE}/{name}": one.model_copy(update={"metadata": one.metadata.model_copy(update={"name": name})})
        for name in names
    }


def _app(feed: Feed, figures: Figures) -> FastAPI:
    clock, plans = SystemClock(), _plans()
    nothing = empty_layer(clock)
    layer = LayerView(
        lambda: View(now=clock.now(), plans=plans),
        nothing.judged,
        nothing.judged_at,
        nothing.account,
        Pace(clock).pause,
    )
    callers = {token: Caller(token, token, ()) for token in TOKENS}
    grants = [(token, verb, "adaptationplans", NAMESPACE) for token in TOKENS for verb in ("list", "watch")]
    app = build(
        layer,
        MemoryAccess(callers, grants),
        silent_health(),
        happening=Events(feed, clock, Seal(SystemEntropy().nonce)),
    )

    @app.get("/ready")
    async def ready() -> bool:
        return figures.ready

    @app.get("/figures")
    async def told(hurry: bool = False) -> dict[str, list[float]]:
        found = {"turns": figures.turns, "late": figures.late}
        figures.turns, figures.late, figures.hurry = [], [], hurry
        return found

    return app


async def _run(port: int) -> None:
    collector.space_out()
    feed, figures = Feed("bench"), Figures()
    app = _app(feed, figures)
    collector.settle()
    await asyncio.gather(_turning(figures), _ticking(figures), _happening(feed), serve(app, "127.0.0.1", port))


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1])))
