"""What a simulation takes over 1,000 contracts of 100 namespaces, and how long the layer's event loop waits meanwhile.

Three kinds, each 20 times: one contract supposed to fail, on the live state; figures of all 1,000 supposed, 1 % of them
failing, on the live state; the same from a snapshot, read and judged from nothing. A plan is composed and ruled for each
contract that fails. `lag_p99_ms` is how late a timer of the event loop fires while simulations go on, `rest_p99_ms` how late it
fires without any. The last line is `{"simulate_ms", "simulate_cpu_ms", "one_ms", "snapshot_ms", "lag_p99_ms", "rest_p99_ms"}`:
medians, `simulate_ms` that of the second kind; the collector of garbage is set as the operator sets it.
"""

import asyncio
import json
import statistics
import sys
import time
from datetime import UTC, datetime
from typing import Any

from autonomic.adapters import collector
from autonomic.cycle.ports import Ports
from autonomic.domain.servers import DEFAULT
from autonomic.domain.words import API_VERSION, ENABLED_LABEL
from autonomic.layer import AutonomicLayer
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.memory.policy import PersonalJudgement
from autonomic.sdk.embedded import OwnWrites
from autonomic.simulate import Simulator, Wish, scenario

CONTRACTS, NAMESPACES, FAILING, TIMES = 1000, 100, 10, 20
GOAL_MS = 200
TICK = 0.005
START = datetime(2026, 1, 5, 10, tzinfo=UTC)


def objects() -> list[dict[str, Any]]:
    """Everything: namespaces, a RedLine, the loop, and for each contract its workload."""
    line = {"apiVersion": API_VERSION, "kind": "RedLine", "metadata": {"name": "default"}, "spec": {}}
    spec = {"type": "Reliability", "mode": "Enforce", "guards": {"storm": {"least": CONTRACTS}}}
    loop = {"apiVersion": API_VERSION, "kind": "ControlLoop", "metadata": {"name": "reliability"}, "spec": spec}
    names = [f"team-{number}" for number in range(NAMESPACES)]
    rooms = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {ENABLED_LABEL: "true"}}}
        for name in names
    ]
    both = [each for number in range(CONTRACTS) for each in _contract(number, names[number % NAMESPACES])]
    return [line, loop, *rooms, *both]


def _contract(number: int, namespace: str) -> tuple[dict[str, Any], dict[str, Any]]:
    name, match = f"agent-{number}", f'namespace="{namespace}",agent="agent-{number}"'
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    ratio = {"bad": f'tasks_total{{{match},status="failed"}}', "total": f"tasks_total{{{match}}}"}
    objective = {"name": "success", "target": "99.5", "window": {"rolling": "28d"}, "indicator": {"ratio": ratio}}
    cure = {"levels": ["Breach", "Exhausted"], "actions": [{"type": "Scale", "scale": {"by": 1, "max": 10}}]}
    spec = {"targetRef": target, "objectives": [objective], "adaptations": [cure]}
    meta = {"name": name, "namespace": namespace}
    workload = {"replicas": 3, "template": {"metadata": {}, "spec": {"containers": [{"name": "main"}]}}}
    return (
        {"apiVersion": API_VERSION, "kind": "SLAContract", "metadata": meta, "spec": spec},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": workload},
    )


def figures() -> list[dict[str, str]]:
    """All are well, but for the first few."""
    failing = [f"team-{number % NAMESPACES}/agent-{number}" for number in range(FAILING)]
    return [{"contract": "*", "errorRatio": "0.1%"}, *({"contract": each, "errorRatio": "9%"} for each in failing)]


async def _layer() -> AutonomicLayer:
    """A layer that has listed and judged everything once."""
    clock = ManualClock(START)
    cluster = MemoryCluster(clock)
    for raw in objects():
        cluster.hold(raw)
    policy = PersonalJudgement("the benchmark asks nobody")
    layer = AutonomicLayer(Ports(cluster, OwnWrites(), MemoryMetrics({}), policy, clock, MemoryEntropy()))
    await layer.fill()
    layer.store.proof = await OwnWrites().prove()
    await layer.slo.turn(DEFAULT)
    return layer


async def _median(simulator: Simulator, supposed: dict[str, Any], *, live: bool, plans: int) -> tuple[float, float]:
    """Milliseconds, in the middle: on the clock, and of the processor. The scenario is read anew each time."""
    took, worked = [], []
    for _ in range(TIMES):
        begun, before = time.perf_counter(), time.process_time()
        outcome = await simulator.simulate(Wish(scenario(supposed), live))
        took.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - before) * 1000)
        assert len(outcome.plans) == plans, outcome.plans
    return statistics.median(took), statistics.median(worked)


async def _lags(late: list[float], times: int) -> None:
    """How late a timer fires, again and again."""
    loop = asyncio.get_running_loop()
    for _ in range(times):
        due = loop.time() + TICK
        await asyncio.sleep(TICK)
        late.append((loop.time() - due) * 1000)


def _worst(late: list[float]) -> float:
    return statistics.quantiles(late, n=100)[98]


async def _measured() -> dict[str, float]:
    collector.space_out()
    simulator = Simulator(await _layer(), seconds=60.0)
    collector.settle()
    one: dict[str, Any] = {"figures": [{"contract": "team-7/agent-7", "errorRatio": "9%"}]}
    many: dict[str, Any] = {"figures": figures()}
    whole = {"objects": objects(), **many}
    late: list[float] = []
    rest: list[float] = []
    await _lags(rest, 500)
    ticking = asyncio.create_task(_lags(late, sys.maxsize))
    one_ms, _ = await _median(simulator, one, live=True, plans=1)
    simulate_ms, cpu_ms = await _median(simulator, many, live=True, plans=FAILING)
    snapshot_ms, _ = await _median(simulator, whole, live=False, plans=FAILING)
    ticking.cancel()
    return {
        "simulate_ms": simulate_ms,
        "simulate_cpu_ms": cpu_ms,
        "one_ms": one_ms,
        "snapshot_ms": snapshot_ms,
        "lag_p99_ms": _worst(late),
        "rest_p99_ms": _worst(rest),
    }


def main() -> int:
    """All three."""
    found = asyncio.run(_measured())
    print(json.dumps({"contracts": CONTRACTS, **{name: round(value, 1) for name, value in found.items()}}))
    return 0 if found["simulate_ms"] <= GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(main())
