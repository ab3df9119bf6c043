"""The cycle as a whole, once, without a scheduler: figures are judged, every loop turns, every plan is looked at."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from autonomic.cycle.loop_turn import LoopTurn
from autonomic.cycle.parts import job_key, parts
from autonomic.cycle.plan.stage import stage
from autonomic.cycle.plan.turn import PlanTurn
from autonomic.cycle.routing.turn import RoutingTurn
from autonomic.cycle.slo.turn import SloTurn
from autonomic.cycle.store import Store
from autonomic.cycle.yielding import give_way
from autonomic.loops.protocol import ControlLoop
from autonomic.ports.clock import Clock

STEPS = 32
"""Most steps that one plan takes in one cycle: a claim, its writes, the first look at what came of them."""


@dataclass(frozen=True)
class Whole:
    """The parts of a cycle, which are those that the scheduler turns. Never use it beside a scheduler that runs."""

    clock: Clock
    store: Store
    loops: Mapping[str, ControlLoop]
    slo: SloTurn
    loop_turn: LoopTurn
    plan_turn: PlanTurn
    routing_turn: RoutingTurn

    async def turn(self) -> None:
        """One cycle: afterwards every plan waits for a person, for time to pass, or for nothing."""
        for server in self.slo.engines.each:
            await self.slo.turn(server)
        await self.turn_loops()
        for plan in self.store.keys("AdaptationPlan"):
            await self._take_on(plan)
        await self.turn_routes()

    async def turn_loops(self, but: Collection[str] = ()) -> None:
        """Every loop once, those that have no ControlLoop too; none of these types."""
        names = {*self.store.keys("ControlLoop"), *(kind.lower() for kind in self.loops)} - self._named(but)
        found = parts(self.store.playbooks().values(), self.slo.engines.each)
        for name, part in product(sorted(names), sorted(found)):
            await self.loop_turn.turn(job_key(name, part))
            await give_way()

    def _named(self, types: Collection[str]) -> set[str]:
        """The names of the loops of these types."""
        held = self.store.view(self.clock.now()).loops if types else {}
        return {name for name, each in held.items() if each.spec.type in types} | {each.lower() for each in types}

    async def turn_routes(self) -> None:
        """Every route once."""
        for route in self.store.keys("AdaptiveRoute"):
            await self.routing_turn.turn(route)
            await give_way()

    async def govern(self) -> tuple[str, ...]:
        """Every plan that is to be ruled is ruled once, and nothing is carried out; their keys."""
        asked = self._governable(self.store.keys("AdaptationPlan"))
        for plan in asked:
            await self.plan_turn.advance(plan)
            await give_way()
        return asked

    def _governable(self, keys: Iterable[str]) -> tuple[str, ...]:
        now, plans = self.clock.now(), ((each, self.store.plan(each)) for each in keys)
        return tuple(each for each, plan in plans if plan and stage(plan, now) == "Govern")

    async def _take_on(self, plan: str) -> None:
        for _ in range(STEPS):
            if await self.plan_turn.advance(plan) != 0.0:
                return
