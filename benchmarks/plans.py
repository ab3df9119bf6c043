"""What one step of a plan that waits for a person costs while there are many plans that have ended, of other workloads.

A plan is ruled against all others: bounds, cool-downs, rivals, flapping, failures of its loop. The ports are in memory. A line
for each number of plans: `{"ended", "step_ms"}`, milliseconds of the processor, the middle of some steps, each over a store
that has changed. The last line is `{"step_ms", "exponent"}`: at the most plans, and how the cost grows with their number.
"""

import asyncio
import json
import math
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from autonomic.adapters import collector
from autonomic.cycle.ports import Ports
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.words import API_VERSION, ENABLED_LABEL
from autonomic.layer import AutonomicLayer
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.memory.policy import PersonalJudgement
from autonomic.sdk.embedded import OwnWrites
from tests.unit.domain.specimens import contract_raw, plan

SIZES, STEPS = (100, 1_000, 10_000), 30
NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
KIND = "AdaptationPlan"
BURNING = {"name": "success", "sli": "99%", "budgetRemaining": "1%", "alert": "Breach"}


def _surroundings() -> list[dict[str, Any]]:
    """The namespace, a RedLine, the loop, the contract and its workload."""
    workload = {"replicas": 3, "template": {"metadata": {}, "spec": {"containers": [{"name": "main"}]}}}
    meta = {"name": "agent", "namespace": "shop", "uid": plan().spec.actions[0].target_ref.uid}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {ENABLED_LABEL: "true"}}},
        {"apiVersion": API_VERSION, "kind": "RedLine", "metadata": {"name": "default"}, "spec": {}},
        {
            "apiVersion": API_VERSION,
            "kind": "ControlLoop",
            "metadata": {"name": "reliability"},
            "spec": {"type": "Reliability", "mode": "Enforce"},
        },
        {**contract_raw(), "status": {"objectives": [BURNING]}},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": workload},
    ]


def _ended(number: int, open_: AdaptationPlan) -> dict[str, Any]:
    """A plan like the open one, for another workload, that succeeded an hour ago; every fifth was rolled back."""
    raw = open_.wire()
    raw["metadata"] |= {"name": f"ended-{number}", "uid": f"uid-{number}", "resourceVersion": str(number + 10)}
    for action in raw["spec"]["actions"]:
        action["targetRef"]["name"] = f"agent-{number}"
    at = (NOW - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    reason = "Succeeded" if number % 5 else "RolledBack"
    kinds = ("Governed", "Reviewed", "Executed", "Verified", "Finished")
    told = [{"type": each, "status": "True", "reason": reason, "lastTransitionTime": at} for each in kinds]
    return {"apiVersion": API_VERSION, "kind": KIND, **raw, "status": {"conditions": told}}


async def _step_ms(ended: int) -> float:
    clock = ManualClock(NOW)
    cluster = MemoryCluster(clock)
    for raw in _surroundings():
        cluster.hold(raw)
    policy = PersonalJudgement("the benchmark asks nobody")
    layer = AutonomicLayer(Ports(cluster, OwnWrites(), MemoryMetrics({}), policy, clock, MemoryEntropy()))
    open_ = plan()
    cluster.hold({"apiVersion": API_VERSION, "kind": KIND, **open_.wire()})
    await layer.fill()
    layer.store.proof = await OwnWrites().prove()
    for number in range(ended):
        layer.store.apply(KIND, _ended(number, open_))
    collector.settle()
    took = []
    for step in range(STEPS):
        changed = _ended(0, open_)
        changed["metadata"]["resourceVersion"] = str(10**9 + step)
        layer.store.apply(KIND, changed)
        begun = time.process_time()
        await layer.whole.plan_turn.advance(open_.key)
        took.append((time.process_time() - begun) * 1000)
    waits = layer.store.plan(open_.key)
    assert waits is not None
    assert waits.status.phase == "AwaitingApproval", waits.finished
    return statistics.median(took)


async def _measured() -> list[float]:
    return [await _step_ms(size) for size in SIZES]


def main() -> int:
    """All sizes."""
    collector.space_out()
    found = asyncio.run(_measured())
    for size, took in zip(SIZES, found, strict=True):
        sys.stdout.write(json.dumps({"ended": size, "step_ms": round(took, 2)}) + "\n")
    exponent = math.log(found[-1] / found[0]) / math.log(SIZES[-1] / SIZES[0])
    sys.stdout.write(json.dumps({"step_ms": round(found[-1], 2), "exponent": round(exponent, 2)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
