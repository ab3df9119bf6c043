"""Simulations beside a layer that turns: in a thread of their own, one after the other, so that no loop waits for them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from autonomic.domain.errors import AutonomicError
from autonomic.layer import AutonomicLayer
from autonomic.ports.policy import PolicyEngine, PolicyTrial
from autonomic.simulate.across import MetricsAcross, PolicyAcross, ReadsAcross
from autonomic.simulate.confining import confine
from autonomic.simulate.lending import Apart
from autonomic.simulate.outcome import Outcome
from autonomic.simulate.plugged import lent, own_loops
from autonomic.simulate.policies import Ruling, ruling
from autonomic.simulate.scenario import Scenario
from autonomic.simulate.trying import Limits, TookTooLong, try_out
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
    """Use it in the event loop in which the layer turns. `seconds` is the longest that one simulation may take.

    `trial` is where policies are tried that are supposed; without one there are none.
    """

    def __init__(self, layer: AutonomicLayer, seconds: float = 10.0, trial: PolicyTrial | None = None) -> None:
        self._layer = layer
        self._seconds = seconds
        self._trial = trial
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="simulate")
        self._gate = asyncio.Semaphore(1)
        self._callers: set[str] = set()

    async def simulate(self, wish: Wish) -> Outcome:
        """What would follow. Raises Busy, Unfit, Untried, TookTooLong, and what the layer's own ports raise."""
        if wish.namespace is not None:
            confine(wish.scenario, wish.namespace)
        if wish.caller in self._callers:
            raise Busy("a simulation of yours goes on already: wait for its answer")
        if len(self._callers) > WAITING:
            raise Busy("others simulate already: try again in a moment")
        self._callers.add(wish.caller)
        try:
            async with self._gate:
                return await self._ruled(wish)
        finally:
            self._callers.discard(wish.caller)

    async def _ruled(self, wish: Wish) -> Outcome:
        """With the policies that the scenario supposes. Whoever goes away, or ends, ends their engine too."""
        policies = wish.scenario.policies
        if policies is None:
            return await self._apart(wish, Limits(self._seconds, wish.namespace))
        loop = asyncio.get_running_loop()
        until = loop.time() + self._seconds
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout_at(until):
                    ruled = await stack.enter_async_context(ruling(self._trial, policies))
            except TimeoutError:
                raise TookTooLong(f"the policies alone took longer than {self._seconds:g} s: suppose less") from None
            return await self._apart(wish, Limits(until - loop.time(), wish.namespace), ruled)

    async def _apart(self, wish: Wish, limits: Limits, ruled: Ruling | None = None) -> Outcome:
        loop, ports = asyncio.get_running_loop(), self._layer.ports
        policy = PolicyAcross(self._policy(wish, ruled), loop)
        told = ruled.told if ruled else None
        base = Base(policy, ports.entropy, policies=told, loops=own_loops(self._layer), plugins=lent(self._layer))
        if wish.live:
            reads, metrics = ReadsAcross(ports.cluster, loop), MetricsAcross(ports.metrics, loop)
            base = replace(base, layer=self._layer, reads=reads, metrics=metrics)
        twin = Twin(base, wish.scenario, ports.clock.now())
        trying = loop.run_in_executor(self._thread, lambda: asyncio.run(try_out(twin, wish.scenario, limits)))
        # The thread goes on where its caller goes away: the next one begins when it is done.
        return await asyncio.shield(trying)

    def _policy(self, wish: Wish, ruled: Ruling | None) -> PolicyEngine:
        if ruled is None:
            return self._layer.ports.policy
        return Apart(ruled.engine, self._layer.ports.policy, wish.namespace) if wish.namespace else ruled.engine
