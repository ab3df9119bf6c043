"""The SLO turn: a server's engine is brought up to now, what changed visibly is written, and loops see which contracts burn."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from autonomic.cycle.pacing import LEAST
from autonomic.cycle.ports import Ports
from autonomic.cycle.publishing import Publisher, Said
from autonomic.cycle.reporting import Reporter
from autonomic.cycle.slo.compiling import options
from autonomic.cycle.slo.engines import SloEngines
from autonomic.cycle.store import Store
from autonomic.cycle.yielding import PIECE, give_way
from autonomic.domain.budgets import Assessment
from autonomic.domain.contracts import SLAContract, SLAContractStatus
from autonomic.domain.crowding import TOO_MANY, sentence
from autonomic.domain.errors import AutonomicError
from autonomic.domain.findings import Fact, Report
from autonomic.domain.meta import condition
from autonomic.domain.servers import DEFAULT
from autonomic.domain.view import View
from autonomic.health import dependencies
from autonomic.slo.reporting import Known, not_judged, report
from autonomic.slo.strangers import stranger

LONGEST = 60.0
"""Seconds between two turns at most: a contract that is not judged yet is looked at by then."""
_AFTER_THE_END = 0.05
"""Seconds after the end of a bucket at which it is judged."""

_Mark = tuple[object, ...]


@dataclass
class SloTurn:
    """One job for each metrics server. `wake` is called when a loop may have something to do."""

    ports: Ports
    store: Store
    engines: SloEngines
    reporter: Reporter
    publisher: Publisher
    wake: Callable[[], None]
    judged: Callable[[str], None] = lambda _: None
    """Called with the server at the end of each turn, while its engine rests."""
    at: datetime | None = None
    """When an engine was last brought up to now."""
    _telling: asyncio.Lock = field(default_factory=asyncio.Lock)
    _burning: dict[str, dict[str, tuple[Assessment, ...]]] = field(default_factory=dict)
    _told: dict[str, _Mark] = field(default_factory=dict)
    _published: dict[str, Said] = field(default_factory=dict)
    _dependencies: dict[str, Said] = field(default_factory=dict)

    async def turn(self, server: str) -> float | None:
        """One turn of that server's engine; returns the seconds until its next bucket is closed."""
        view = self.store.view(self.ports.clock.now())
        await give_way()
        await self.engines.turn(server, view)
        await give_way()
        async with self._telling:  # nobody is asked in it: a slow server keeps no other's turn waiting
            self.at = view.now
            await self._tell_all(server, view)
            self._note_burning(server)
            self.judged(server)
        return self._pace(server, view)

    async def _tell_all(self, server: str, view: View) -> None:
        """Writes what changed visibly of the contracts that ask the server."""
        # In a thread: of contracts that name each other in circles this takes long.
        self._dependencies = await asyncio.to_thread(
            dependencies.judge, view.contracts, lambda each: view.crowd(each) is None
        )
        self._published = await self.publisher.publish(view, lambda contract: options(contract, view))
        changed, alone = self.engines.changed, len(self.engines.each) == 1
        for number, (key, contract) in enumerate(view.contracts.items()):
            if number % PIECE == 0:
                await give_way()
            if not alone and not self._concerns(server, contract):
                continue
            if key in changed or self._told.get(key) != self._mark(contract, view):
                await self._tell(contract, view)
                await give_way()
        self._told = {key: mark for key, mark in self._told.items() if key in view.contracts}

    def _note_burning(self, server: str) -> None:
        """What the loops see: of a contract that burns by several servers, what each of them shows."""
        engine = self.engines.each[server]
        self._burning[server] = {key: engine.assessments(key) for key in engine.alerting}
        found: dict[str, tuple[Assessment, ...]] = {}
        for burning in self._burning.values():
            found |= {key: (*found.get(key, ()), *seen) for key, seen in burning.items()}
        if found or self.store.assessments:
            self.store.assessments = found
            self.wake()

    def _concerns(self, server: str, contract: SLAContract) -> bool:
        """Whether the turn of the server tells of the contract; the default's also of those that ask no server there is."""
        asked = contract.spec.servers
        return server in asked or (server == DEFAULT and not asked & self.engines.each.keys())

    async def turn_on(self, keys: frozenset[str], heeded: frozenset[str] = frozenset()) -> None:
        """The same turn, of these contracts alone; of all others stays what is known.

        Only what alerts is written, what its status says did so, and what is `heeded`: upon anything else nobody acts.
        """
        view = self.store.view(self.ports.clock.now())
        concerned = {key: each for key, each in view.contracts.items() if key in keys}
        await self.engines.turn_all(replace(view, contracts=concerned))
        burning = {key for engine in self.engines.each.values() for key in engine.alerting}
        for key, contract in concerned.items():
            if key in burning | heeded or any(each.incident for each in contract.status.objectives):
                await self._tell(contract, view)
                await give_way()
        others = {key: seen for key, seen in self.store.assessments.items() if key not in concerned}
        self.store.assessments = others | {key: self.engines.assessments(key) for key in burning}

    def status(self, contract: SLAContract) -> SLAContractStatus | None:
        """What this replica knows of a contract now; None when it does not judge it."""
        room = self.store.namespace(contract.metadata.namespace or "")
        # Not the whole view: a page of the API asks for a hundred contracts of ten thousand.
        rooms = {room.name: room} if room else {}
        surroundings = View(self.ports.clock.now(), namespaces=rooms, crowds=self.store.crowds)
        told = self._report(contract, surroundings)
        return told.status if told and isinstance(told.status, SLAContractStatus) else None

    def _mark(self, contract: SLAContract, view: View) -> _Mark:
        """What a report depends on, beside the figures."""
        meta, key = contract.metadata, contract.key
        enabled = view.namespace(meta.namespace).enabled
        if crowd := view.crowd(contract):
            return meta.uid, meta.resource_version, enabled, TOO_MANY, crowd.most
        crowded = self.engines.crowded
        return (
            meta.uid,
            meta.resource_version,
            enabled,
            self.engines.invalid(key),
            self._published.get(key),
            self._dependencies.get(key),
            self.engines.abilities,
            tuple(crowded.get((key, each.name)) for each in contract.spec.objectives) if crowded else None,
        )

    async def _tell(self, contract: SLAContract, view: View) -> None:
        told = self._report(contract, view)
        if told is None:
            return
        # At once: while it is written another server's engine may end its turn, with news that it does not tell.
        news = self.engines.take_news(contract.key)
        if not await self._write(told, contract):
            self.engines.give_back(contract.key, news)
            return
        written = self.store.contract(contract.key)
        if written is not None:
            self._told[contract.key] = self._mark(written, view)

    async def _write(self, told: Report, contract: SLAContract) -> bool:
        try:
            return await self.reporter.write(told, contract)
        except AutonomicError as error:
            await self.ports.tell(Fact("ReportFailed", told.about, str(error), warning=True))
            return False

    def _report(self, contract: SLAContract, view: View) -> Report | None:
        """What the contract's status shall say; None while nothing is known of it yet."""
        key, namespace = contract.key, contract.metadata.namespace
        if not view.namespace(namespace).enabled:
            reason = f"namespace {namespace} is not labelled autonomic.maestro.dev/enabled=true"
            return not_judged(contract, "NamespaceNotEnabled", reason, view.now)
        if crowd := view.crowd(contract):
            return not_judged(contract, TOO_MANY, sentence(crowd, contract.status.conditions), view.now)
        if wrong := stranger(contract, self.engines.each):
            return not_judged(contract, "UnknownServer", wrong, view.now)
        if wrong := self.engines.invalid(key):
            return not_judged(contract, "InvalidIndicator", wrong, view.now)
        if not self.engines.judges(contract):
            return None
        known = Known(
            now=view.now,
            crowded={name: number for (owner, name), number in self.engines.crowded.items() if owner == key},
            retention=self.engines.retention(contract),
            published=self._published.get(key),
            dependencies=self._depends(contract),
            checkpoints=self.engines.checkpoints(contract),
        )
        return report(contract, self.engines.assessments(key), known)

    def _depends(self, contract: SLAContract) -> Said | None:
        """What is to be said of its dependencies, where it has some or once had."""
        said = self._dependencies.get(contract.key)
        had = condition(contract.status.conditions, dependencies.RESOLVED)
        return said or (dependencies.NOT_REQUESTED if had else None)

    def _pace(self, server: str, view: View) -> float:
        """Seconds until the finest bucket that is judged by the server closes."""
        bucket = self.engines.each[server].finest
        if bucket is None:
            return LONGEST
        bucket = max(bucket, round(LEAST * 1000))
        lagged = (view.now - view.ingestion_delay).timestamp() * 1000
        return min(LONGEST, (bucket - lagged % bucket) / 1000 + _AFTER_THE_END)
