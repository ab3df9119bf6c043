"""SloEngine: every objective that asks one server, counted and judged at each closed bucket.

What it remembers is a cache: a new engine counts the same from Prometheus.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from autonomic.cycle.lanes import Lanes, still
from autonomic.cycle.slo.ages import Ages
from autonomic.cycle.slo.compiling import Compiler
from autonomic.cycle.slo.keeping import Keeper
from autonomic.cycle.slo.reading import Reader
from autonomic.cycle.slo.resuming import remembered_days, resume
from autonomic.cycle.slo.tallies import Tallies
from autonomic.cycle.yielding import give_way
from autonomic.domain.budgets import Assessment
from autonomic.domain.contracts import Checkpoint, SLAContract
from autonomic.domain.errors import AutonomicError
from autonomic.domain.readings import Abilities, Unknown
from autonomic.domain.servers import DEFAULT
from autonomic.domain.view import View
from autonomic.ports.metrics import Metrics
from autonomic.slo.assess import assess
from autonomic.slo.checkpoints import checkpoint
from autonomic.slo.cohort import Cohort
from autonomic.slo.counting import NO_BUCKET, milliseconds_of, moment
from autonomic.slo.ledger import Ints, Ledger
from autonomic.slo.mixing import mix
from autonomic.slo.promises import Promise, Schedule
from autonomic.slo.verdicts import KNOWN, Verdicts, judge

LEDGER_FROM = 60_000
"""Resolutions finer than this (milliseconds) are for demonstrations: their windows are asked directly."""

_ASK_AGAIN = timedelta(minutes=5)
Given = Callable[[Cohort], None]
"""Sets the figures of a cohort: windows, period, newest, born and problems."""
_Place = tuple[Cohort, int]


@dataclass
class SloEngine:
    """Turn it with a view; then `assessments` says what is known, and `changed` whose owners would see a difference."""

    metrics: Metrics
    server: str = DEFAULT
    changed: set[str] = field(default_factory=set)
    abilities: Abilities = field(default_factory=Abilities)
    given: Given | None = None
    """Where figures are supposed, not counted from the metrics."""
    monotonic: Callable[[], float] = still
    """Seconds, for what asking takes."""

    def __post_init__(self) -> None:
        self.lanes = Lanes(self.metrics, self.monotonic)
        self.compiler = Compiler(self.lanes, self.server)
        self._reader = Reader(self.lanes)
        self._asked: datetime | None = None
        self._placing = False
        self._cohorts: dict[tuple[Schedule, bool], Cohort] = {}
        self._places: dict[str, list[_Place]] = {}

    def like(self, other: "SloEngine") -> None:
        """Begins with what another one knows of its server, and made ready; it has judged nothing yet."""
        self.abilities, self._asked = other.abilities, other._asked
        self.compiler.like(other.compiler)

    @property
    def tallies(self) -> Tallies:
        """Counts beside the turns, as this server counts them: nobody else's time is theirs."""
        return Tallies(Reader(Lanes(self.metrics)), self.abilities.anchored)

    @property
    def _tallies(self) -> Tallies:
        """Counts within a turn."""
        return Tallies(self._reader, self.abilities.anchored)

    @property
    def alerting(self) -> set[str]:
        """The contracts with an objective whose alert shows a level."""
        return {
            cohort.promises[at].contract
            for cohort in self._cohorts.values()
            if len(cohort.shown) == len(cohort.promises)
            for at in np.flatnonzero(cohort.shown)
        }

    async def turn(self, view: View) -> None:
        """Brings everything up to the newest closed bucket before the view's time. Never raises for a silent server."""
        self.lanes.begin(view.now, view.contracts)
        await self._ask_abilities(view.now)
        changed = await self.compiler.compile(view)
        await give_way()
        if await self.compiler.find_groups(view) or changed or not self._cohorts:
            await self._place(view)
        for cohort in self._cohorts.values():
            if self._is_due(cohort, view):
                await self._turn(cohort, view)
                self._distrust(cohort)

    def assessments(self, contract: str) -> tuple[Assessment, ...]:
        """What is known of each objective, and of each group of one; none of a contract that is not judged yet."""
        places = [] if self._placing else self._places.get(contract, [])
        return tuple(
            assess(cohort, cohort.verdicts, at, anchored=self.abilities.anchored)
            for cohort, at in places
            if cohort.verdicts and at < len(cohort.verdicts.level)
        )

    def judges(self, contract: str) -> bool:
        """Whether everything of the contract is judged."""
        places = self._places.get(contract, [])
        if self._placing or contract not in self.compiler.promises:
            return False
        return all(cohort.verdicts is not None for cohort, _ in places)

    @property
    def cohorts(self) -> tuple[Cohort, ...]:
        """What was judged side by side; none while promises are dealt anew."""
        return () if self._placing else tuple(each for each in self._cohorts.values() if each.verdicts is not None)

    def promise(self, contract: str, objective: str, group: str) -> Promise | None:
        """The promise of that objective, and group (`tenant=acme`) where it has some."""
        for each in self.compiler.promises.get(contract, ()):
            if (
                each.objective.name == objective
                and ",".join(f"{label}={value}" for label, value in each.group) == group
            ):
                return each
        return None

    @property
    def finest(self) -> int | None:
        """Milliseconds of the shortest bucket that is judged; None without any."""
        return min((cohort.schedule.bucket for cohort in self._cohorts.values()), default=None)

    def checkpoints(self, contract: SLAContract) -> dict[str, Checkpoint]:
        """Totals of days to be kept for objectives whose period is longer than the server's memory."""
        retention = self.abilities.retention
        return {
            cohort.promises[at].objective.name: made
            for cohort, at in self._places.get(contract.key, [])
            if retention and (made := checkpoint(cohort, at, retention))
        }

    async def _ask_abilities(self, now: datetime) -> None:
        if self._asked is not None and now - self._asked < _ASK_AGAIN:
            return
        try:
            abilities = await self.metrics.abilities()
        except AutonomicError:
            return
        if abilities.anchored != self.abilities.anchored:
            self._cohorts.clear()
            self.compiler.forget()
        self.abilities, self._asked = abilities, now

    async def _place(self, view: View) -> None:
        """Deals the promises anew, in a thread: of ten thousand this takes long. Meanwhile nothing is said to be known."""
        self._placing = True
        try:
            await asyncio.to_thread(self._deal, view)
        finally:
            self._placing = False

    def _deal(self, view: View) -> None:
        """Deals the promises to the cohorts of their schedules."""
        wanted: dict[tuple[Schedule, bool], list[Promise]] = defaultdict(list)
        for made in self.compiler.promises.values():
            for promise in made:
                key = (promise.schedule, self._has_ledger(promise.schedule))
                wanted[key] += [part for part, _ in promise.parts]
                wanted[key].append(promise)
        self._cohorts = {key: self._cohorts.get(key) or _cohort(*key) for key in wanted}
        self._places = defaultdict(list)
        for key, promises in wanted.items():
            cohort = self._cohorts[key]
            for at in cohort.hold(promises):
                resume(cohort, int(at), view)
            cohort.at = 0
            cohort.remembered = remembered_days(promises, view)
            for at, promise in enumerate(promises):
                if promise.part is None:
                    self._places[promise.contract].append((cohort, at))
        self._in_order()
        self.changed = {each for each in self.changed if each in self._places}

    def _in_order(self) -> None:
        for contract, places in self._places.items():
            order = {id(each): at for at, each in enumerate(self.compiler.promises[contract])}
            places.sort(key=lambda place: order[id(place[0].promises[place[1]])])

    def _has_ledger(self, schedule: Schedule) -> bool:
        if schedule.budgeting != "Occurrences":
            return True
        return self.abilities.anchored and schedule.bucket >= LEDGER_FROM

    def _is_due(self, cohort: Cohort, view: View) -> bool:
        return cohort.at != _closed(view, cohort.schedule.bucket)

    async def _turn(self, cohort: Cohort, view: View) -> None:
        cohort.at = _closed(view, cohort.schedule.bucket)
        if self.given:
            self.given(cohort)
        else:
            await self._count(cohort)
        mix(cohort)
        self._judge(cohort)

    async def _count(self, cohort: Cohort) -> None:
        if cohort.ledger:
            await self._keep(cohort, cohort.ledger)
        else:
            await self._ask_directly(cohort)
        await Ages(self._reader).look(cohort)

    async def _keep(self, cohort: Cohort, ledger: Ledger) -> None:
        bucket = cohort.schedule.bucket
        kept = self.abilities.retention
        forgotten = cohort.at - round(kept.total_seconds() * 1000) if kept else None
        cohort.forgets = forgotten is not None and cohort.at - cohort.reach(cohort.promises[0]) < forgotten
        await Keeper(self._tallies, forgotten).keep(cohort, ledger, cohort.at // bucket)
        cohort.windows = {window: ledger.sums[window // bucket] for window in cohort.schedule.windows}
        rolling = cohort.schedule.rolling
        cohort.period = ledger.sums[rolling // bucket] if rolling else ledger.since

    async def _ask_directly(self, cohort: Cohort) -> None:
        cohort.problems = {}
        period = cohort.schedule.rolling or cohort.reach(cohort.promises[0])
        cohort.windows = {}
        for window in {*cohort.schedule.windows, period}:
            tally = await self._tallies.direct(cohort.plan, cohort.schedule, window, cohort.at)
            cohort.problems |= tally.failures
            for at in np.flatnonzero(tally.trailing):
                cohort.problems[int(at)] = Unknown("NotANumber", "the query returned NaN or an infinite number")
            cohort.windows[window] = tally.counts[:, :, 0]
        cohort.period = cohort.windows[period]

    def _distrust(self, cohort: Cohort) -> None:
        """A latency without its bucket has a wrong border: made ready again, the contract is told which are near."""
        for at, why in cohort.problems.items():
            if why.reason == NO_BUCKET:
                self.compiler.forget(cohort.promises[at].contract)

    def _judge(self, cohort: Cohort) -> None:
        verdicts = judge(cohort.terms, cohort.figures)
        cohort.verdicts = verdicts
        cohort.shown = cohort.hysteresis.shown(verdicts, cohort.terms, cohort.at)
        seen = _visible(cohort, verdicts)
        differ = seen != cohort.seen if len(cohort.seen) == len(seen) else np.ones(len(seen), np.bool_)
        self.changed |= {cohort.promises[at].contract for at in np.flatnonzero(differ)}
        cohort.seen = seen


def _cohort(schedule: Schedule, has_ledger: bool) -> Cohort:
    lengths = [*schedule.windows, *([schedule.rolling] if schedule.rolling else [])]
    windows = tuple(sorted({length // schedule.bucket for length in lengths}))
    return Cohort(schedule, Ledger(windows) if has_ledger else None)


def closed(view: View, bucket: int) -> datetime:
    """The same as a moment."""
    return moment(_closed(view, bucket))


def _closed(view: View, bucket: int) -> int:
    """The end of the newest bucket that lies the ingestion delay in the past, in milliseconds since the epoch."""
    return milliseconds_of(view.now - view.ingestion_delay) // bucket * bucket


def _visible(cohort: Cohort, verdicts: Verdicts) -> Ints:
    """What a person would see of each promise, as one number: its level, why it is Unknown, a thousandth of its budget."""
    known = verdicts.unknown == KNOWN
    left = np.floor(np.clip(verdicts.remaining, -1e6, 1) * 1000 + 1e-6).astype(np.int64)
    return np.where(known, left * 64, 0) + cohort.shown * 8 + verdicts.unknown
