"""A shop whose tasks are scraped once a minute, and an engine that is turned once a minute."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from autonomic.cycle.slo.engine import SloEngine
from autonomic.domain.budgets import Assessment
from autonomic.domain.contracts import SLAContract
from autonomic.domain.view import View
from autonomic.ports.memory.metrics import MemoryMetrics
from tests.unit.cycle.slo.recorded import Recorded
from tests.unit.domain.specimens import NOW, contract, namespace, objective

MINUTE = timedelta(minutes=1)
PAST = 27 * 60
"""Minutes that were recorded before the engine is turned first: more than every window."""


def promise(**more: Any) -> dict[str, Any]:
    """99.5 % of a day's tasks of one app."""
    app = more.pop("app", "a")
    ratio = {"bad": f'tasks_total{{app="{app}",status="failed"}}', "total": f'tasks_total{{app="{app}"}}'}
    return objective(**{"window": {"rolling": "1d"}, "indicator": {"ratio": ratio}, **more})


def promising(name: str = "agent", **more: Any) -> SLAContract:
    """A contract with that one objective."""
    return contract(name, objectives=[promise(**more)])


class Shop:
    """`now` is the end of the newest minute that was recorded. Each app's instance counts tasks by their status."""

    def __init__(self, *contracts: SLAContract, past: int = PAST) -> None:
        self.recorded = Recorded()
        self.metrics = MemoryMetrics(self.recorded.answer)
        self.engine = SloEngine(self.metrics)
        self.contracts = {each.key: each for each in contracts}
        self.now = NOW - past * MINUTE
        self.rooms = {"shop": namespace()}
        self.tenant_label: str | None = None
        self._counts: dict[tuple[tuple[str, str], ...], int] = {}
        self.runs(past)

    def runs(self, minutes: int, good: int = 100, bad: int = 0, app: str = "a", **labels: str) -> None:
        """Minutes pass; in each, that many tasks end."""
        for _ in range(minutes):
            self.now += MINUTE
            self.scraped({"ok": good, "failed": bad}, app, **labels)

    def scraped(self, ended: dict[str, int], app: str = "a", **labels: str) -> None:
        """One scrape in the minute that ends now: so many tasks more than before, by status. A negative one: a new start."""
        scrape = self.now - timedelta(seconds=15)
        target = {"job": "shop", "instance": app}
        self.recorded.record(scrape, 1, "up", **target)
        for status, number in ended.items():
            series = {**target, "app": app, "status": status, **labels}
            key = tuple(sorted(series.items()))
            self._counts[key] = self._counts.get(key, 0) + number if number >= 0 else -number
            self.recorded.record(scrape, self._counts[key], "tasks_total", **series)

    def view(self) -> View:
        """What the engine is turned with."""
        return View(self.now, self.contracts, namespaces=self.rooms, tenant_label=self.tenant_label)

    async def turned(self, minutes: int = 0, good: int = 100, bad: int = 0, app: str = "a", **labels: str) -> None:
        """Minutes pass, and the engine is turned at the end of each; once, where none passes."""
        for _ in range(minutes):
            self.runs(1, good, bad, app, **labels)
            await self.engine.turn(self.view())
        if not minutes:
            await self.engine.turn(self.view())

    def seen(self, name: str = "agent") -> tuple[Assessment, ...]:
        """What the engine knows of the contract."""
        return self.engine.assessments(f"shop/{name}")

    def one(self, name: str = "agent") -> Assessment:
        """The same, of its only objective."""
        (found,) = self.seen(name)
        return found

    async def fresh(self, name: str = "agent") -> tuple[Assessment, ...]:
        """What an engine knows that counts this contract from scratch."""
        engine, key = SloEngine(self.metrics), f"shop/{name}"
        await engine.turn(replace(self.view(), contracts={key: self.contracts[key]}))
        return engine.assessments(key)

    async def agrees(self, name: str = "agent") -> bool:
        """Whether the engine knows what a fresh one knows; but for the level, which remembers, and for how old the data is.

        The beginning of a history is sought the more coarsely, the longer ago it is.
        """
        forgetful = [replace(each, level=None, history=None) for each in await self.fresh(name)]
        assert [replace(each, level=None, history=None) for each in self.seen(name)] == forgetful
        return bool(forgetful)

    def edit(self, kept: SLAContract) -> None:
        """The contract is another one now."""
        held = self.contracts.get(kept.key)
        generation = held.metadata.generation + 1 if held else 1
        meta = kept.metadata.model_copy(update={"generation": generation})
        self.contracts = {**self.contracts, kept.key: kept.model_copy(update={"metadata": meta})}
