"""One turn of one loop: Monitor, Analyse, Plan over one View. What it saw and did is one frozen record."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from autonomic.cycle.asking import Asking, reading
from autonomic.cycle.loop_status import loop_report
from autonomic.cycle.pacing import paced
from autonomic.cycle.parts import DIVIDED, only, parts, told_apart
from autonomic.cycle.plugged import Mind, Plugins
from autonomic.cycle.ports import Ports
from autonomic.cycle.proposing import Proposer
from autonomic.cycle.reporting import Reporter
from autonomic.cycle.store import Store
from autonomic.cycle.unreadable import UnreadableReporter
from autonomic.domain.controlloops import ControlLoopResource, ControlLoopSpec
from autonomic.domain.errors import AutonomicError
from autonomic.domain.findings import Analysis, Fact, Report
from autonomic.domain.meta import ObjectMeta
from autonomic.domain.readings import Question, Reading, Unknown
from autonomic.domain.resource import Resource
from autonomic.domain.units import seconds
from autonomic.domain.view import View
from autonomic.loops.protocol import ControlLoop
from autonomic.ports.plugins import PluginFault

Prepare = Callable[[View], Awaitable[View]]
"""The view with more in it. Never raises."""


@dataclass(frozen=True)
class TurnRecord:
    """What one turn was: the how-manieth, when, what was asked, what could not be answered, what it concluded."""

    loop: str
    number: int
    at: datetime
    took: float
    questions: int
    unanswered: int
    analysis: Analysis


@dataclass
class LoopTurn:
    """Turns loops. `loops` maps a type to its loop; `last` keeps the latest record of each resource, and of each part."""

    ports: Ports
    store: Store
    reporter: Reporter
    proposer: Proposer
    unreadable: UnreadableReporter
    loops: Mapping[str, ControlLoop]
    last: dict[str, TurnRecord]
    prepare: Mapping[str, Prepare] = field(default_factory=dict)
    """What a type of loop needs to know that single numbers can't tell, by the type."""
    plugins: Plugins = field(default_factory=Plugins)
    _turning: dict[str, asyncio.Lock] = field(default_factory=dict)
    _asking: dict[str, Asking] = field(default_factory=dict)
    _told: dict[str, set[str]] = field(default_factory=dict)

    async def turn(self, key: str) -> float | None:
        """One turn of a ControlLoop, or of one part of it (`healing@eu`).

        Returns the seconds until the next; None when the loop is gone, or the part is empty.
        """
        name, part = told_apart(key)
        view = self.store.view(self.ports.clock.now())
        resource = view.loops.get(name) or default_loop(name, self.loops, view)
        if resource is None or part not in _parts(resource, view):
            self._told.pop(key, None)
            self.last.pop(key, None)
            return None
        loop = self.loops.get(resource.spec.type)
        if not part:
            await self._report_loop(resource, known=loop is not None, view=view)
            await self.unreadable.report(view)
        if loop is None or resource.spec.suspend:
            return seconds(resource.spec.interval)
        interval = seconds(resource.spec.interval)
        try:
            async with self._turning.setdefault(key, asyncio.Lock()):
                await self._turn(loop, resource, only(self.store.view(self.ports.clock.now()), part), key)
            pace = await self._mind(loop).pace(only(view, part))
        except PluginFault:  # its guard has told it
            return interval
        return min(interval, paced(pace)) if pace else interval

    async def turn_on(self, key: str, playbooks: frozenset[str]) -> None:
        """The same turn, of these playbooks alone: something was heard that concerns them."""
        name, part = told_apart(key)
        view = self.store.view(self.ports.clock.now())
        resource = view.loops.get(name) or default_loop(name, self.loops, view)
        loop = self.loops.get(resource.spec.type) if resource else None
        if resource is None or loop is None or resource.spec.suspend:
            return
        async with self._turning.setdefault(key, asyncio.Lock()):
            view = only(self.store.view(self.ports.clock.now()), part)
            concerned = {name: each for name, each in view.playbooks.items() if name in playbooks}
            await self._turn(loop, resource, replace(view, playbooks=concerned), key, whole=False)

    async def _turn(
        self, loop: ControlLoop, resource: ControlLoopResource, view: View, key: str, *, whole: bool = True
    ) -> None:
        started = self.ports.clock.monotonic()
        if loop.type in self.prepare:
            view = await self.prepare[loop.type](view)
        mind = self._mind(loop)
        answers = await self._ask(key, await mind.monitor(view), view.now)
        analysis = await mind.analyze(resource, view, answers)
        unwritten = [report.about for report in analysis.reports if not await self._write(report, view)]
        if whole:
            self._forget(resource.metadata.name, key, {finding.name for finding in analysis.findings})
        await self._propose(analysis, frozenset(str(ref) for ref in unwritten))
        took = self.ports.clock.monotonic() - started
        number = self.last[key].number + 1 if key in self.last else 1
        unanswered = sum(1 for reading in answers.values() if isinstance(reading, Unknown))
        self.last[key] = TurnRecord(key, number, view.now, took, len(answers), unanswered, analysis)

    async def _ask(self, key: str, questions: Iterable[Question], now: datetime) -> dict[Question, Reading]:
        asking = self._asking.setdefault(key, Asking(self.ports.metrics, self.ports.clock.monotonic))
        view = self.store.view(now)
        found = await asking.turn(questions, now, {*view.playbooks, *view.budgets})
        return {question: reading(items, question.by) for question, items in found.items()}

    def _mind(self, loop: ControlLoop) -> Mind:
        plugged = self.plugins.loops.get(loop.type)
        return Mind(loop, plugged[1] if plugged and plugged[0] is loop else None)

    def _forget(self, loop: str, key: str, names: set[str]) -> None:
        """What no part of the loop finds any more may be told again when it comes back."""
        self._told[key] = names
        parts = (found for each, found in self._told.items() if told_apart(each)[0] == loop)
        self.proposer.forget_all_but(loop, set().union(*parts))

    async def _propose(self, analysis: Analysis, unwritten: frozenset[str]) -> None:
        """Only what its owner's status says already is proposed, so that a restart names the same plan."""
        settled: set[tuple[str, str]] = set()
        for finding in analysis.findings:
            owner, subject = str(finding.owner), finding.subject
            if owner not in unwritten and (owner, subject) not in settled and await self.proposer.propose(finding):
                settled.add((owner, subject))

    async def _write(self, report: Report, view: View) -> bool:
        before = _object(report, view)
        if before is None:
            return False
        try:
            return await self.reporter.write(report, before)
        except AutonomicError as error:
            await self.ports.tell(Fact("ReportFailed", report.about, str(error), warning=True))
            return False

    async def _report_loop(self, resource: ControlLoopResource, *, known: bool, view: View) -> None:
        if not resource.metadata.uid:
            return
        fault = self.plugins.fault(resource.spec.type)
        await self._write(loop_report(resource, view, self.store.proof, known=known, fault=fault), view)


def _parts(resource: ControlLoopResource, view: View) -> frozenset[str]:
    return parts(view.playbooks.values() if resource.spec.type in DIVIDED else (), view.servers)


def default_loop(name: str, loops: Mapping[str, ControlLoop], view: View) -> ControlLoopResource | None:
    """Where no ControlLoop of a built-in type exists, it turns all the same, in Observe."""
    wanted = next((kind for kind in loops if kind.lower() == name), None)
    if wanted is None or any(each.spec.type == wanted for each in view.loops.values()):
        return None
    return ControlLoopResource(metadata=ObjectMeta(name=name), spec=ControlLoopSpec(type=wanted))


def _object(report: Report, view: View) -> Resource | None:
    tables: dict[str, Mapping[str, Resource]] = {
        "SLAContract": view.contracts,
        "SelfHealingPlaybook": view.playbooks,
        "CostBudget": view.budgets,
        "ControlLoop": view.loops,
    }
    return tables[report.about.kind].get(report.about.key)
