"""AutonomicLayer: the whole brain as one object over its ports, with or without Kopf, with or without a cluster."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from autonomic.cycle.cost.books import CostBooks
from autonomic.cycle.cost.rests import RestBook
from autonomic.cycle.health.turn import HealthTurn
from autonomic.cycle.heeding import Heeding
from autonomic.cycle.housekeeping import Housekeeping
from autonomic.cycle.loop_turn import LoopTurn, TurnRecord
from autonomic.cycle.pacing import LEAST
from autonomic.cycle.plan.carrying_out import CarryingOut
from autonomic.cycle.plan.governing import Governing
from autonomic.cycle.plan.holding import before_write
from autonomic.cycle.plan.recording import RecordedExecutor
from autonomic.cycle.plan.rolling_back import RollingBack
from autonomic.cycle.plan.taking import Taking
from autonomic.cycle.plan.turn import PlanTurn
from autonomic.cycle.plan.verifying import Verifier
from autonomic.cycle.plan.writer import PlanWriter
from autonomic.cycle.plugged import Plugins
from autonomic.cycle.ports import Ports
from autonomic.cycle.proposing import Proposer
from autonomic.cycle.publishing import Publisher
from autonomic.cycle.recalling import Recalling
from autonomic.cycle.registering import PlaybookRegister
from autonomic.cycle.reporting import Reporter
from autonomic.cycle.routing.publishing import WeightPublisher
from autonomic.cycle.routing.recounting import Recounting
from autonomic.cycle.routing.service import AdaptiveRoutingService
from autonomic.cycle.routing.turn import RoutingTurn
from autonomic.cycle.scheduler import AT_ONCE, Job, Scheduler
from autonomic.cycle.slo.engines import SloEngines
from autonomic.cycle.slo.turn import SloTurn
from autonomic.cycle.store import Store
from autonomic.cycle.unreadable import UnreadableReporter
from autonomic.cycle.waking import Waking, about
from autonomic.cycle.warnings import Warnings
from autonomic.cycle.whole import Whole
from autonomic.domain.findings import Fact
from autonomic.domain.signals.received import Signal
from autonomic.execution.action import ActionKind
from autonomic.execution.actions import built_in
from autonomic.execution.calling import Calling
from autonomic.execution.creating import Creating
from autonomic.governance.engine import GovernanceEngine
from autonomic.loops.cost import CostOptimizationLoop
from autonomic.loops.healing import HealingLoop
from autonomic.loops.protocol import ControlLoop
from autonomic.loops.reliability import ReliabilityLoop
from autonomic.loops.rightsizing import RightsizingLoop
from autonomic.routing.chance import Random

LOOPS: tuple[ControlLoop, ...] = (
    ReliabilityLoop(),
    HealingLoop(),
    CostOptimizationLoop(),
    RightsizingLoop(),
)
"""The built-in loops."""
_OF_A_SERVER = 3
"""Jobs that ask one server alone: of its objectives, of the playbooks that ask it, and of those that are heard of."""


@dataclass(frozen=True)
class Leadership:
    """Who this replica is, and whether it may act. `may_act` raises LeadershipLost when it may not."""

    holder: str = "embedded"
    epoch: Callable[[], int] = field(default=lambda: 0)
    may_act: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True)
class Timing:
    """How long things take: a plan waits `plan_expiry` for a person and is kept `plan_keep` after its end."""

    plan_expiry: timedelta = timedelta(hours=1)
    plan_keep: timedelta = timedelta(days=7)
    ingestion_delay: timedelta = timedelta(seconds=10)


class AutonomicLayer:
    """Feed it with `observe`, run it with `run`. One instance turns in one event loop."""

    def __init__(
        self,
        ports: Ports,
        leadership: Leadership | None = None,
        timing: Timing | None = None,
        loops: tuple[ControlLoop, ...] = LOOPS,
        actions: Mapping[str, ActionKind] | None = None,
        tenant_label: str | None = None,
        home: str = "",
        per_namespace: int | None = None,
    ) -> None:
        timing = timing or Timing()
        self.ports = ports
        self.store = _store(ports, timing, tenant_label, home, per_namespace)
        self.engines = SloEngines(ports.metrics, ports.clock.monotonic)
        self.books = CostBooks(ports.metrics, ports.clock.monotonic)
        self.turns: dict[str, TurnRecord] = {}
        self._burning: frozenset[str] = frozenset()
        self.filled = False
        self._loops = {loop.type: loop for loop in loops}
        self._housekeeping = Housekeeping(ports, self.store)
        self.healing = PlaybookRegister(ports.cluster, self.store)
        self.health = HealthTurn(ports, self.store, self.engines)
        self.slo = self._build_slo_turn()
        if actions is None:
            actions = built_in(ports.outlets.known("Channel"), ports.outlets.known("Endpoint"))
        self._proposer = Proposer(ports, self.store, actions, timing.plan_expiry)
        self._loop_turn = self._build_loop_turn()
        self._heeding = self._build_heeding()
        self._recalling = Recalling(ports.metrics, ports.clock, self.store, self.receive, tenant_label or "namespace")
        self._warnings = Warnings(ports.cluster, ports.clock, self.store, self._heeding)
        leadership = leadership or Leadership()
        self._plan_turn = self._build_plan_turn(leadership, actions, timing)
        random = ports.entropy.random()
        self.routing = self._build_routing(random, f"{random.getrandbits(48):012x}")
        self._routing_turn = self._build_routing_turn(leadership, random)
        self._recounting = Recounting(ports.metrics, self.store, self.routing)
        self._scheduler = self._build_scheduler()
        self._waking = Waking(self._scheduler, self.store, self._loops, ports.metrics.servers)

    @property
    def whole(self) -> Whole:
        """The cycle, for one turn at a time where no scheduler turns."""
        turns = self._loop_turn, self._plan_turn, self._routing_turn
        return Whole(self.ports.clock, self.store, self._loops, self.slo, *turns)

    def observe(self, event: str | None, kind: str, raw: dict[str, Any]) -> None:
        """A watch event: `DELETED` removes the object, anything else is its newest state."""
        if event == "DELETED":
            self.store.remove(kind, raw)
        else:
            self.store.apply(kind, raw)

    def receive(self, signals: Sequence[Signal]) -> None:
        """Pushed signals, once accepted: the playbooks that listen to them are judged at once. Never blocks, never raises."""
        self._heeding.receive(signals)

    def register_loop(self, loop: ControlLoop) -> None:
        """From now on ControlLoops of the loop's type turn it; one that was there under that type gives way."""
        self._loops[loop.type] = loop
        self._scheduler.wake(Job("loop", loop.type.lower()))

    def plug_in(self, plugins: Plugins) -> None:
        """Loops and actions of plug-ins, each asked behind its guard. None has the type of a loop that is there."""
        self._loop_turn.plugins = self._proposer.plugins = plugins
        for loop, _ in plugins.loops.values():
            self.register_loop(loop)

    def left_out(self) -> None:
        """An Alertmanager did not tell all alerts: Prometheus is asked for those that playbooks listen to. Never blocks."""
        self._scheduler.wake(Job("recall", ""))

    async def warned(self, event: dict[str, Any]) -> None:
        """An Event of type Warning: what a playbook listens to becomes a signal about the workload. Never raises."""
        await self._warnings.take(event)

    async def fill(self) -> None:
        """Lists the world; a standby does so too. Raises Unavailable, Forbidden, NotFound: without it nothing may act."""
        await self._housekeeping.fill()
        self.filled = True

    async def run(self) -> None:
        """Turns until cancelled. Lists the world again first: what was missed while waiting must not act.

        Raises like `fill`.
        """
        await self.fill()
        await self._housekeeping.prove("")
        async with AsyncExitStack() as stack:
            stack.callback(self.store.listen(self._waking.on_change))
            self._waking.everything()
            await self._scheduler.run()

    def _build_loop_turn(self) -> LoopTurn:
        return LoopTurn(
            ports=self.ports,
            store=self.store,
            reporter=Reporter(self.ports, self.store),
            proposer=self._proposer,
            unreadable=UnreadableReporter(self.ports),
            loops=self._loops,
            last=self.turns,
            prepare={CostOptimizationLoop.type: RestBook(self.ports.metrics, self.books).opened},
        )

    def _build_heeding(self) -> Heeding:
        return Heeding(self.ports.clock, self.store, self._loop_turn, HealingLoop.type, self._wake)

    def _wake(self, job: Job, after: float) -> None:
        """Asks for the scheduler when it is called: what wakes it is built before it."""
        self._scheduler.wake(job, after)

    def _build_slo_turn(self) -> SloTurn:
        return SloTurn(
            ports=self.ports,
            store=self.store,
            engines=self.engines,
            reporter=Reporter(self.ports, self.store),
            publisher=Publisher(self.ports.cluster, self.ports.clock),
            wake=lambda: self._waking.all_loops(),
            judged=self._on_judged,
        )

    def _on_judged(self, server: str) -> None:
        self.health.feel(server)
        self._scheduler.wake(Job("health", ""))
        burning = frozenset(self.store.assessments)
        if burning != self._burning:  # an incident ends exploring at once
            self._burning = burning
            self._waking.routes()

    def _build_plan_turn(self, leadership: Leadership, actions: Mapping[str, ActionKind], timing: Timing) -> PlanTurn:
        writer = PlanWriter(self.ports, self.store)
        governance = GovernanceEngine(self.ports.policy)
        may_act = before_write(leadership.may_act, self.store, self.ports.clock)
        executor = RecordedExecutor(
            self.ports.cluster,
            leadership.epoch,
            may_act,
            Creating(self.ports.cluster, actions, may_act),
            Calling(self.ports.outlets),
            audit=self.ports.audit,
        )
        irreversible = frozenset(name for name, kind in actions.items() if not kind.reversible)
        rolling_back = RollingBack(writer, executor, irreversible)
        governing = Governing(writer, governance, actions, leadership.holder, leadership.epoch)
        verifier = Verifier(self.ports.metrics, self.engines, Taking(self.ports.cluster, actions), self.books)
        return PlanTurn(
            writer=writer,
            governing=governing,
            carrying_out=CarryingOut(writer, executor, verifier, rolling_back, governing.judge),
            rolling_back=rolling_back,
            keep=timing.plan_keep,
        )

    def _build_routing(self, random: Random, mark: str) -> AdaptiveRoutingService:
        return AdaptiveRoutingService(self.ports.clock, random, mark, lambda key: self._wake(Job("route", key), LEAST))

    def _build_routing_turn(self, leadership: Leadership, random: Random) -> RoutingTurn:
        may_act = before_write(leadership.may_act, self.store, self.ports.clock)
        publisher = WeightPublisher(self.ports, leadership.epoch, may_act)
        return RoutingTurn(self.ports, self.store, self.routing, publisher, self._proposer, self.slo.status, random)

    def _build_scheduler(self) -> Scheduler:
        work = {
            "loop": self._loop_turn.turn,
            "plan": self._plan_turn.advance,
            "relist": self._housekeeping.relist,
            "prove": self._housekeeping.prove,
            "slo": self.slo.turn,
            "heed": self._heeding.heed,
            "recall": self._recalling.recall,
            "health": self.health.turn,
            "route": self._routing_turn.turn,
            "recount": self._recounting.recount,
        }
        # A server that hangs keeps its own jobs waiting, and must leave the others as many places as before.
        places = AT_ONCE + _OF_A_SERVER * (len(self.ports.metrics.servers) - 1)
        return Scheduler(self.ports.clock, work, self._on_bug, at_once=places)

    async def _on_bug(self, job: Job, error: Exception) -> None:
        await self.ports.tell(Fact("JobFailed", about(job), f"{type(error).__name__}: {error}", warning=True))


def _store(ports: Ports, timing: Timing, tenant_label: str | None, home: str, per_namespace: int | None) -> Store:
    return Store(
        ingestion_delay=timing.ingestion_delay,
        tenant_label=tenant_label,
        home=home,
        servers=ports.metrics.servers,
        per_namespace=per_namespace,
    )
