"""Simulations beside a layer that turns: in a thread of their own, one after the other, so that no loop waits for them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from autonomic.domain.errors import AutonomicError
from autonomic.layer import AutonomicLayer
from autonomic.simulate.across import MetricsAcross, PolicyAcross, ReadsAcross
from autonomic.simulate.confining import confine
from autonomic.simulate.outcome import Outcome
from autonomic.simulate.scenario import Scenario
from autonomic.simulate.trying import Limits, try_out
from autonomic.simulate.twin import Base, Twin

WAITING = 4
"""Simulations that wait for the one that goes on, at most."""


class Busy(AutonomicError):
    """Nothing more is tried now; try again in a moment."""


@dataclass(frozen=True)
class Wish:
    """What shall be tried, and by whom. `live`: on what the layer knows; else on nothing but the scenario.

    `namespace` is the only one whose plans and facts are shown; None: every one.
    """

    scenario: Scenario
    live: bool = True
    namespace: str | None = None
    caller: str = ""


class Simulator:
    """Use it in the event loop in which the layer turns. `seconds` is the longest that one simulation may take."""

    def __init__(self, layer: AutonomicLayer, seconds: float = 10.0) -> None:
        self._layer = layer
        self._seconds = seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="simulate")
        self._gate = asyncio.Semaphore(1)
        self._callers: set[str] = set()

    async def simulate(self, wish: Wish) -> Outcome:
        """What would follow. Raises Busy, Unfit, TookTooLong, and what the layer's own ports raise."""
        if wish.namespace is not None:
            confine(wish.scenario, wish.namespace)
        if wish.caller in self._callers:
            raise Busy("a simulation of yours goes on already: wait for its answer")
        if len(self._callers) > WAITING:
            raise Busy("others simulate already: try again in a moment")
        self._callers.add(wish.caller)
        try:
            async with self._gate:
                return await self._apart(wish)
        finally:
            self._callers.discard(wish.caller)

    async def _apart(self, wish: Wish) -> Outcome:
        loop, ports = asyncio.get_running_loop(), self._layer.ports
        policy = PolicyAcross(ports.policy, loop)
        base = Base(policy, ports.entropy, loops=tuple(self._layer.whole.loops.values()))
        if wish.live:
            reads, metrics = ReadsAcross(ports.cluster, loop), MetricsAcross(ports.metrics, loop)
            base = Base(policy, ports.entropy, self._layer, reads, metrics)
        twin = Twin(base, wish.scenario, ports.clock.now())
        limits = Limits(self._seconds, wish.namespace)
        trying = loop.run_in_executor(self._thread, lambda: asyncio.run(try_out(twin, wish.scenario, limits)))
        # The thread goes on where its caller goes away: the next one begins when it is done.
        return await asyncio.shield(trying)
