"""One engine for each metrics server, and what they know together: a server that is slow or silent holds up its own alone."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from itertools import chain

from autonomic.cycle.lanes import still
from autonomic.cycle.one_server import OneServer
from autonomic.cycle.slo.engine import SloEngine
from autonomic.cycle.slo.tallies import Tallies
from autonomic.domain.budgets import Assessment
from autonomic.domain.contracts import Checkpoint, SLAContract
from autonomic.domain.readings import Abilities
from autonomic.domain.view import View
from autonomic.ports.metrics import Metrics
from autonomic.slo.promises import Promise

Owner = tuple[str, str]


class SloEngines:
    """Turn one at a time, or `turn_all`. What is known of an engine that turns is what it knew before, where that matters."""

    def __init__(self, metrics: Metrics, monotonic: Callable[[], float] = still) -> None:
        self._engines = {
            name: SloEngine(OneServer(metrics, name), name, monotonic=monotonic) for name in metrics.servers
        }
        self._rested: dict[str, Mapping[str, tuple[Assessment, ...]]] = {}

    @property
    def each(self) -> Mapping[str, SloEngine]:
        """The engines by their servers, the default first."""
        return self._engines

    async def turn(self, server: str, view: View) -> None:
        """Brings one engine up to the newest closed bucket before the view's time. Never raises for a silent server."""
        engine = self._engines[server]
        self._rested[server] = {key: engine.assessments(key) for key in self._shared(view)}
        try:
            await engine.turn(view)
        finally:
            del self._rested[server]

    async def turn_all(self, view: View) -> None:
        """Every engine, side by side; returns when the slowest is done."""
        await asyncio.gather(*(self.turn(server, view) for server in self._engines))

    def assessments(self, contract: str) -> tuple[Assessment, ...]:
        """What is known of each objective, and of each group of one; none of a contract that is not judged yet."""
        return tuple(chain.from_iterable(self._seen(server, contract) for server in self._engines))

    def judges(self, contract: SLAContract) -> bool:
        """Whether everything of the contract is judged, by every server that it asks."""
        asked = contract.spec.servers
        return all(name in self._engines and self._engines[name].judges(contract.key) for name in asked)

    def promise(self, contract: str, objective: str, group: str) -> Promise | None:
        """The promise of that objective, and group (`tenant=acme`) where it has some."""
        found = (each.promise(contract, objective, group) for each in self._engines.values())
        return next((each for each in found if each), None)

    def tallies(self, promise: Promise) -> Tallies:
        """Counts, as the server of the promise counts them."""
        return self._engines[promise.objective.server].tallies

    def checkpoints(self, contract: SLAContract) -> dict[str, Checkpoint]:
        """Totals of days to be kept for objectives whose period is longer than their server's memory."""
        return {name: made for each in self._engines.values() for name, made in each.checkpoints(contract).items()}

    def invalid(self, contract: str) -> str | None:
        """Why the contract can't be judged, where it can't."""
        for each in self._engines.values():
            if why := each.compiler.invalid.get(contract):
                return why
        return None

    @property
    def crowded(self) -> dict[Owner, int]:
        """How many groups there are of objectives that have more than they may."""
        found: dict[Owner, int] = {}
        for each in self._engines.values():
            found |= each.compiler.crowded
        return found

    @property
    def abilities(self) -> tuple[Abilities, ...]:
        """What each server can do."""
        return tuple(each.abilities for each in self._engines.values())

    def retention(self, contract: SLAContract) -> timedelta | None:
        """How long the one of the contract's servers remembers that forgets soonest, where one says so."""
        asked = (self._engines[name].abilities for name in contract.spec.servers if name in self._engines)
        return min((each.retention for each in asked if each.retention), default=None)

    @property
    def changed(self) -> set[str]:
        """The contracts whose owners would see a difference."""
        return set(chain.from_iterable(each.changed for each in self._engines.values()))

    def take_news(self, contract: str) -> frozenset[str]:
        """Takes what a report of the contract, made at this moment, tells that is new; the servers that it is of.

        An engine that turns tells what it knew before: what it has seen since stays to be told. `give_back` what isn't written.
        """
        rest = {server: each for server, each in self._engines.items() if server not in self._rested}
        news = frozenset(server for server, each in rest.items() if contract in each.changed)
        for server in news:
            rest[server].changed.discard(contract)
        return news

    def give_back(self, contract: str, news: Iterable[str]) -> None:
        """The report was not written: all that it would have told is new still."""
        for server in news:
            self._engines[server].changed.add(contract)

    def _seen(self, server: str, contract: str) -> tuple[Assessment, ...]:
        rested = self._rested.get(server, {}).get(contract)
        return self._engines[server].assessments(contract) if rested is None else rested

    def _shared(self, view: View) -> Iterable[str]:
        """The contracts that ask several servers: they may be told of while one of these turns."""
        if len(self._engines) == 1:
            return ()
        return [key for key, each in view.contracts.items() if len(each.spec.servers) > 1]
