"""The HTTP API as the operator serves it, over one route with ten candidates; the cluster is answered for from memory."""

import asyncio
import sys
from random import Random

from autonomic.adapters import collector
from autonomic.adapters.clock import SystemClock
from autonomic.api import build, serve
from autonomic.api.sources import Routing
from autonomic.cycle.routing.desk import in_force
from autonomic.cycle.routing.service import AdaptiveRoutingService
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.words import API_VERSION
from autonomic.ports.access import Caller
from autonomic.ports.memory.access import MemoryAccess
from benchmarks.serving import empty_layer, silent_health

NAMESPACE, NAME, TASK_TYPE, TOKEN = "shop", "triage", "triage", "bench"
CANDIDATES = 10


def service() -> AdaptiveRoutingService:
    """One that decides among ten candidates, of which the first has most of the weight."""
    made = AdaptiveRoutingService(SystemClock(), Random(1), "bench", lambda _: None)
    names = [f"candidate-{place}" for place in range(CANDIDATES)]
    desk = made.keep(AdaptiveRoute.read(_route(names)))
    weights = {name: 910 if place == 0 else 10 for place, name in enumerate(names)}
    desk.weights[TASK_TYPE] = in_force(weights, "as learnt")
    return made


def _route(names: list[str]) -> dict[str, object]:
    meta = {"name": NAME, "namespace": NAMESPACE, "uid": "1", "generation": 1, "resourceVersion": "1"}
    spec = {"taskTypes": [TASK_TYPE], "candidates": [{"name": name} for name in names], "baseline": names[0]}
    return {"apiVersion": API_VERSION, "kind": "AdaptiveRoute", "metadata": meta, "spec": spec}


async def _run(port: int) -> None:
    clock, name = SystemClock(), f"system:serviceaccount:{NAMESPACE}:{TOKEN}"
    access = MemoryAccess({TOKEN: Caller(name, TOKEN, ())}, [(name, "create", "decisions", NAMESPACE)])
    app = build(empty_layer(clock), access, silent_health(), routing=Routing(service(), lambda: None))
    collector.settle()
    await serve(app, "127.0.0.1", port)


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1])))
