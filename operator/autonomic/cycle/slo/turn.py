"""The SLO turn: the engine is brought up to now, what changed visibly is written, and the loops see which contracts burn."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from autonomic.cycle.ports import Ports
from autonomic.cycle.publishing import Publisher, Said
from autonomic.cycle.reporting import Reporter
from autonomic.cycle.slo.compiling import options
from autonomic.cycle.slo.engine import SloEngine
from autonomic.cycle.store import Store
from autonomic.cycle.yielding import PIECE, give_way
from autonomic.domain.contracts import SLAContract, SLAContractStatus
from autonomic.domain.errors import AutonomicError
from autonomic.domain.findings import Fact, Report
from autonomic.domain.meta import condition
from autonomic.domain.view import View
from autonomic.health import dependencies
from autonomic.slo.reporting import Known, not_judged, report

LONGEST = 60.0
"""Seconds between two turns at most: a contract that is not judged yet is looked at by then."""
_AFTER_THE_END = 0.05
"""Seconds after the end of a bucket at which it is judged."""

_Mark = tuple[object, ...]


@dataclass
class SloTurn:
    """One job for all contracts. `wake` is called when a loop may have something to do."""

    ports: Ports
    store: Store
    engine: SloEngine
    reporter: Reporter
    publisher: Publisher
    wake: Callable[[], None]
    judged: Callable[[], None] = lambda: None
    """Called at the end of each turn, while the engine rests."""
    at: datetime | None = None
    """When the engine was last brought up to now."""
    _told: dict[str, _Mark] = field(default_factory=dict)
    _published: dict[str, Said] = field(default_factory=dict)
    _dependencies: dict[str, Said] = field(default_factory=dict)

    async def turn(self, _: str) -> float | None:
        """One turn; returns the seconds until the next bucket is closed."""
        view = self.store.view(self.ports.clock.now())
        await give_way()
        await self.engine.turn(view)
        await give_way()
        self.at = view.now
        self._dependencies = dependencies.judge(view.contracts)
        self._published = await self.publisher.publish(view, lambda contract: options(contract, view))
        for number, (key, contract) in enumerate(view.contracts.items()):
            if key in self.engine.changed or self._told.get(key) != self._mark(contract, view):
                await self._tell(contract, view)
                await give_way()
            elif number % PIECE == 0:
                await give_way()
        self._told = {key: mark for key, mark in self._told.items() if key in view.contracts}
        burning = self.engine.alerting
        if burning or self.store.assessments:
            self.store.assessments = {key: self.engine.assessments(key) for key in burning}
            self.wake()
        self.judged()
        return self._pace(view)

    def status(self, contract: SLAContract) -> SLAContractStatus | None:
        """What this replica knows of a contract now; None when it does not judge it."""
        room = self.store.namespace(contract.metadata.namespace or "")
        # Not the whole view: a page of the API asks for a hundred contracts of ten thousand.
        surroundings = View(self.ports.clock.now(), namespaces={room.name: room} if room else {})
        told = self._report(contract, surroundings)
        return told.status if told and isinstance(told.status, SLAContractStatus) else None

    def _mark(self, contract: SLAContract, view: View) -> _Mark:
        """What a report depends on, beside the figures."""
        meta, key = contract.metadata, contract.key
        enabled = view.namespace(meta.namespace).enabled
        crowded = self.engine.compiler.crowded
        return (
            meta.uid,
            meta.resource_version,
            enabled,
            self.engine.compiler.invalid.get(key),
            self._published.get(key),
            self._dependencies.get(key),
            self.engine.abilities,
            tuple(crowded.get((key, each.name)) for each in contract.spec.objectives) if crowded else None,
        )

    async def _tell(self, contract: SLAContract, view: View) -> None:
        told = self._report(contract, view)
        if told is None:
            return
        try:
            if not await self.reporter.write(told, contract):
                return
        except AutonomicError as error:
            await self.ports.tell(Fact("ReportFailed", told.about, str(error), warning=True))
            return
        written = self.store.contract(contract.key)
        if written is not None:
            self._told[contract.key] = self._mark(written, view)
        self.engine.reported(contract.key)

    def _report(self, contract: SLAContract, view: View) -> Report | None:
        """What the contract's status shall say; None while nothing is known of it yet."""
        key, namespace = contract.key, contract.metadata.namespace
        if not view.namespace(namespace).enabled:
            reason = f"namespace {namespace} is not labelled autonomic.maestro.dev/enabled=true"
            return not_judged(contract, "NamespaceNotEnabled", reason, view.now)
        if key in self.engine.compiler.invalid:
            return not_judged(contract, "InvalidIndicator", self.engine.compiler.invalid[key], view.now)
        if not self.engine.judges(key):
            return None
        known = Known(
            now=view.now,
            crowded={name: number for (owner, name), number in self.engine.compiler.crowded.items() if owner == key},
            retention=self.engine.abilities.retention,
            published=self._published.get(key),
            dependencies=self._depends(contract),
            checkpoints=self.engine.checkpoints(contract),
        )
        return report(contract, self.engine.assessments(key), known)

    def _depends(self, contract: SLAContract) -> Said | None:
        """What is to be said of its dependencies, where it has some or once had."""
        said = self._dependencies.get(contract.key)
        had = condition(contract.status.conditions, dependencies.RESOLVED)
        return said or (dependencies.NOT_REQUESTED if had else None)

    def _pace(self, view: View) -> float:
        """Seconds until the finest bucket that is judged closes."""
        bucket = self.engine.finest
        if bucket is None:
            return LONGEST
        lagged = (view.now - view.ingestion_delay).timestamp() * 1000
        return min(LONGEST, (bucket - lagged % bucket) / 1000 + _AFTER_THE_END)
