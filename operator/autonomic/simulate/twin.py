"""The twin of a layer: the same code over ports in memory, which begins with what the layer knows, or with nothing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from autonomic.cycle.plugged import Plugins
from autonomic.cycle.ports import Ports
from autonomic.domain.findings import Fact
from autonomic.domain.signals.board import KEPT_ALERTS
from autonomic.layer import LOOPS, AutonomicLayer, Timing
from autonomic.loops.protocol import ControlLoop
from autonomic.ports.clock import Entropy
from autonomic.ports.cluster import Proof
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.outlets import MemoryOutlets
from autonomic.ports.metrics import Metrics
from autonomic.ports.outlets import Outlets
from autonomic.ports.policy import PolicyEngine
from autonomic.simulate.cluster import Assumed, ImaginedCluster, Reads
from autonomic.simulate.metrics import SupposedMetrics
from autonomic.simulate.outcome import PoliciesOutcome
from autonomic.simulate.plugged import lent, noted, own_loops
from autonomic.simulate.reading import servers
from autonomic.simulate.scenario import Scenario

HERE = Proof(in_force=True, message="nothing is written, so nothing has to be refused")


@dataclass(frozen=True)
class Base:
    """What a twin begins with, and whom it may ask. Without a layer it begins with nothing."""

    policy: PolicyEngine
    entropy: Entropy
    layer: AutonomicLayer | None = None
    reads: Reads | None = None
    """Where objects are read that the layer does not hold; None: workloads are assumed."""
    metrics: Metrics | None = None
    loops: tuple[ControlLoop, ...] = LOOPS
    plugins: Plugins = field(default_factory=Plugins)
    """Of a twin that begins with nothing; else those of the layer are lent."""
    policies: PoliciesOutcome | None = None
    """What is said of the policies, where some are supposed."""


@dataclass
class Diary:
    """Every fact that was told."""

    facts: list[Fact] = field(default_factory=list)

    async def record(self, fact: Fact) -> None:
        """Keeps it."""
        self.facts.append(fact)


class _Proven:
    def __init__(self, proof: Proof) -> None:
        self._proof = proof

    async def prove(self) -> Proof:
        """What is known of the admission policies, or what is assumed."""
        return self._proof


class Twin:
    """A layer to try things on. Make it where the layer turns: what the layer holds is copied there, at once."""

    def __init__(self, base: Base, scenario: Scenario, now: datetime) -> None:
        self.base = base
        self.clock = ManualClock(scenario.at or now)
        self.diary = Diary()
        self._notes: dict[str, None] = {}
        newest = base.layer.store.newest if base.layer else 0
        self.cluster = ImaginedCluster(
            self.clock, lambda: self.layer.store, base.reads or Assumed(self.note), newest + 1
        )
        self.layer: AutonomicLayer = self._layer(scenario)

    @property
    def live(self) -> bool:
        """Whether it began with what a layer knows."""
        return self.base.layer is not None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed, each once."""
        return tuple(self._notes)

    def note(self, sentence: str) -> None:
        """Something was assumed."""
        self._notes[sentence] = None

    def _layer(self, scenario: Scenario) -> AutonomicLayer:
        of = self.base.layer
        replies = {each.expr: each.value for each in scenario.metrics}
        ports = Ports(
            cluster=self.cluster,
            admission=_Proven(of.store.proof if of else HERE),
            metrics=SupposedMetrics(replies, self.base.metrics, servers(scenario)),
            policy=self.base.policy,
            clock=self.clock,
            entropy=self.base.entropy,
            journals=(self.diary,),
            outlets=_outlets(of.ports.outlets if of else None),
        )
        layer = _like(of, ports, self.clock.now()) if of else _empty(ports, self.base.loops, self.clock.now())
        layer.plug_in(noted(lent(of) if of else self.base.plugins, self.note))
        return layer


def _like(of: AutonomicLayer, ports: Ports, now: datetime) -> AutonomicLayer:
    """A layer that knows what the other one does, and does it in the same way."""
    view, proposer = of.store.view(now), of.whole.loop_turn.proposer
    layer = AutonomicLayer(
        ports,
        timing=Timing(plan_expiry=proposer.expiry, ingestion_delay=view.ingestion_delay),
        loops=own_loops(of),
        actions=proposer.actions,
        tenant_label=view.tenant_label,
        home=view.home,
    )
    layer.store.like(of.store)
    for name, engine in layer.engines.each.items():
        engine.like(of.engines.each[name])
    return layer


def _empty(ports: Ports, loops: tuple[ControlLoop, ...], now: datetime) -> AutonomicLayer:
    """A layer that knows nothing, and has listened for as long as anything is kept."""
    layer = AutonomicLayer(ports, timing=Timing(ingestion_delay=timedelta(0)), loops=loops)
    layer.store.proof = HERE
    layer.store.inbox.open(now - KEPT_ALERTS)
    return layer


def _outlets(known: Outlets | None) -> MemoryOutlets:
    """The same names; what is sent there stays here."""
    if known is None:
        return MemoryOutlets()
    return MemoryOutlets(*known.known("Channel"), endpoints=tuple(known.known("Endpoint")))
