"""One fleet for 20 cycles: what they cost the operator and Prometheus."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from autonomic.adapters.collector import keep, settle, space_out
from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.cycle.health.turn import HealthTurn
from autonomic.cycle.ports import Ports
from autonomic.cycle.publishing import Publisher
from autonomic.cycle.reporting import Reporter
from autonomic.cycle.slo.engines import SloEngines
from autonomic.cycle.slo.turn import SloTurn
from autonomic.cycle.store import Store
from autonomic.domain.servers import DEFAULT
from autonomic.environment.server import MetricsServer
from autonomic.main import run as operator
from autonomic.ports.cluster import Proof
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy
from autonomic.ports.memory.policy import MemoryPolicyEngine
from autonomic.ports.metrics import Metrics
from benchmarks.slo.feeding import feed
from benchmarks.slo.fleet import Fleet
from benchmarks.slo.measuring import LoopWatch, cpu_seconds, resident_mib
from benchmarks.slo.statuses import Statuses
from testbed.prometheus import Prometheus, start_prometheus
from testbed.run import Run

CYCLES = 20
PERIODS = {"7d": 7, "28d": 28, "90d": 90}


LOADED = operator
"""All libraries of the operator are in memory, as they are in earnest."""


class MemoryAdmission:
    """No policies: nothing is executed here."""

    async def prove(self) -> Proof:
        """No."""
        return Proof(in_force=False, message="nothing is executed in a benchmark")


@dataclass(frozen=True)
class Cost:
    """CPU of both sides, time and queries up to a moment."""

    ours: float
    theirs: float
    wall: float
    queries: int
    samples: int
    writes: int


def measure(fleet: Fleet) -> dict[str, Any]:
    """One line."""
    space_out()
    with Run() as run:
        prometheus = start_prometheus(run)
        end = int(time.time()) // 60 - 1
        days = PERIODS[fleet.period]
        stretches = [(end - 1440 * day - 90, end - 1440 * day + 90) for day in sorted({days, 3, 1}, reverse=True)]
        feed(prometheus.url, fleet, [*stretches, (end - 450, end)])
        return asyncio.run(_cycles(fleet, prometheus, end - CYCLES))


async def _cycles(fleet: Fleet, prometheus: Prometheus, minute: int) -> dict[str, Any]:
    server = MetricsServer(prometheus.url, timeout=120)
    pid = prometheus.service.process.pid
    clock = ManualClock(_moment(minute))
    async with aclosing(PrometheusMetrics(server)) as metrics:
        statuses, turn, health = operator_of(fleet, metrics, clock)
        settle()

        def cost() -> Cost:
            asked, read = sum(metrics.tally.queries.values()), metrics.tally.cost.samples
            return Cost(time.process_time(), cpu_seconds(pid), time.perf_counter(), asked, read, statuses.written)

        async with LoopWatch() as watch:
            start = cost()
            await turn.turn(DEFAULT)
            await health.turn("")
            keep()
            rebuilt = cost()
            for _ in range(CYCLES):
                await clock.advance(60)
                await turn.turn(DEFAULT)
                await health.turn("")
            done = cost()
    return _line(fleet, start, rebuilt, done, watch.longest)


def operator_of(fleet: Fleet, metrics: Metrics, clock: ManualClock) -> tuple[Statuses, SloTurn, HealthTurn]:
    """As much of the operator as judges contracts, and says how everything is."""
    statuses, store = Statuses(clock, fleet.contract), Store()
    store.apply("Namespace", fleet.namespace())
    for name in fleet.names():
        store.apply("SLAContract", fleet.contract(name))
    ports = Ports(
        cluster=statuses,
        admission=MemoryAdmission(),
        metrics=metrics,
        policy=MemoryPolicyEngine({}),
        clock=clock,
        entropy=MemoryEntropy(),
        journals=(),
    )
    publisher = Publisher(statuses, clock)
    engines = SloEngines(metrics)
    health = HealthTurn(ports, store, engines)
    turn = SloTurn(ports, store, engines, Reporter(ports, store), publisher, lambda: None, health.feel)
    return statuses, turn, health


def _line(fleet: Fleet, start: Cost, rebuilt: Cost, done: Cost, longest: float) -> dict[str, Any]:
    return {
        "objectives": fleet.objectives,
        "period": fleet.period,
        "queries": (done.queries - rebuilt.queries) / CYCLES,
        "cpu_s": round((done.ours - rebuilt.ours) / CYCLES, 4),
        "prometheus_cpu_s": round((done.theirs - rebuilt.theirs) / CYCLES, 4),
        "wall_s": round((done.wall - rebuilt.wall) / CYCLES, 4),
        "rebuild_cpu_s": round(rebuilt.ours - start.ours, 2),
        "rebuild_prometheus_cpu_s": round(rebuilt.theirs - start.theirs, 2),
        "samples_touched": (done.samples - rebuilt.samples) // CYCLES,
        "rss_mib": round(resident_mib(), 1),
        "max_block_ms": round(longest * 1000, 1),
        "writes": (done.writes - rebuilt.writes) / CYCLES,
    }


def _moment(minute: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(minutes=minute, seconds=1)
