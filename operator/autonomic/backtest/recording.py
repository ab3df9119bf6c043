"""Reading history into tapes: the counts of every promise in every bucket, asked in bounded pieces."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from autonomic.backtest import leaving
from autonomic.backtest.shares import POINTS, Share, shares
from autonomic.backtest.tape import Span, Tape, origin
from autonomic.cycle.abreast import abreast
from autonomic.cycle.lanes import Lanes
from autonomic.cycle.one_server import OneServer
from autonomic.cycle.slo.ages import Ages
from autonomic.cycle.slo.compiling import Compiler
from autonomic.cycle.slo.reading import Reader, Times
from autonomic.cycle.slo.tallies import Tallies, Tally
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.readings import Abilities, Unknown
from autonomic.domain.units import milliseconds
from autonomic.domain.view import View
from autonomic.ports.metrics import Metrics
from autonomic.slo.cohort import Cohort
from autonomic.slo.counting import NUMBER, Plan
from autonomic.slo.ledger import Flags
from autonomic.slo.promises import Promise, Schedule
from autonomic.slo.queries import newest

_SIDE_BY_SIDE = 2
"""Pieces that are read at once."""
_TOGETHER = 250
"""Promises of one tape."""
_MOST_BUCKETS = 200_000
"""Of one promise: 138 days of minutes."""

_SILENT = "MetricsUnavailable"
Progress = Callable[[int, int], None]
"""Called with how many pieces have been read, and of how many."""


@dataclass
class Recording:
    """All tapes, and what could not be made ready or read."""

    tapes: list[Tape] = field(default_factory=list)
    invalid: dict[str, str] = field(default_factory=dict)
    """Contracts that can't be judged, and why."""
    notes: list[str] = field(default_factory=list)


async def record(metrics: Metrics, view: View, start: int, progress: Progress = lambda *_: None) -> Recording:
    """The history from `start` (milliseconds) up to the view's time, of all contracts in the view.

    Raises Unavailable for a server that gives no answer at all, Invalid for a contract that is judged too finely.
    """
    made = Recording()
    jobs: list[_Reading] = []
    for server in metrics.servers:
        one = OneServer(metrics, server)
        abilities = await one.abilities()
        compiler = Compiler(Lanes(one), server)
        await compiler.compile(view)
        await compiler.find_groups(view)
        made.invalid |= compiler.invalid
        promises = [each for found in compiler.promises.values() for each in found]
        made.notes.extend(_notes(server, promises, abilities, view, start))
        for part in _dealt(promises):
            tape = _blank(part, start, view)
            made.tapes.append(tape)
            jobs.append(_Reading(tape, Tallies(Reader(Lanes(one)), abilities.anchored)))
    total, done = sum(each.pieces for each in jobs), count(1)
    for job in jobs:
        await job.read(lambda: progress(next(done), total))
        await job.finish()
    _silence(jobs)
    return made


def _dealt(promises: Sequence[Promise]) -> list[list[Promise]]:
    """Promises of one schedule, those of one contract together, parts before what they are parts of."""
    wanted: dict[Schedule, list[list[Promise]]] = defaultdict(list)
    for each in promises:
        wanted[each.schedule].append([*(part for part, _ in each.parts), each])
    return [
        [promise for each in found[at : at + _TOGETHER] for promise in each]
        for found in wanted.values()
        for at in range(0, len(found), _TOGETHER)
    ]


def _blank(promises: list[Promise], start: int, view: View) -> Tape:
    schedule = promises[0].schedule
    first = start // schedule.bucket
    end = int((view.now - view.ingestion_delay).timestamp() * 1000) // schedule.bucket
    span = Span(origin(schedule, first), first, end)
    if span.counted > _MOST_BUCKETS:
        raise Invalid(
            f"{promises[0].contract}: the history would have {span.counted} steps, {_MOST_BUCKETS} are possible: choose a"
            " later --from, or judge it less finely (alerting.resolution, slices.length)"
        )
    number = len(promises)
    return Tape(
        schedule,
        promises,
        span,
        np.zeros((2, number, span.counted + 1)),
        np.zeros((number, span.judged), np.bool_),
        np.zeros((number, span.judged), np.uint8),
    )


def _notes(server: str, promises: Sequence[Promise], abilities: Abilities, view: View, start: int) -> list[str]:
    found = []
    if promises and not abilities.anchored:
        found.append(f"metrics server {server} does not count exactly: all figures from it are approximate")
    longest = max((each.schedule.rolling or 0 for each in promises), default=0)
    kept = abilities.retention
    if kept is not None and start - longest < view.now.timestamp() * 1000 - kept.total_seconds() * 1000:
        found.append(
            f"metrics server {server} keeps {kept.total_seconds() / 86_400:g} days: what was before is not counted,"
            " so that budgets seem fuller than they were"
        )
    return found


@dataclass
class _Reading:
    """Reads one tape, a piece of its buckets after the other."""

    tape: Tape
    tallies: Tallies
    failed: bool = False
    answered: bool = False
    _known: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # What is mixed of others has no samples of its own.
        self._plain: Flags = np.array([not each.parts for each in self.tape.promises], np.bool_)
        self._seen: Flags = np.zeros(self.tape.there.shape, np.bool_)
        self._shares = shares(self.tape.promises, self.tape.span.counted)
        self._quarters = leaving.quarters(self.tape)
        span = self.tape.span
        self._fine = span.origin + self._quarters * leaving.length(self.tape) if self._quarters else span.origin

    @property
    def pieces(self) -> int:
        """How many there are."""
        return sum(len(self._coarse(each)) + len(self._buckets(each)) for each in self._shares)

    async def read(self, done: Callable[[], None]) -> None:
        """All pieces: while one share's are counted, the server answers for another. Calls `done` after each."""

        async def work(share: Share) -> None:
            for first in self._coarse(share):
                await self._read_quarters(share, first)
                done()
            for first in self._buckets(share):
                await self._read_buckets(share, first)
                done()

        await abreast(work, self._shares, _SIDE_BY_SIDE)

    def _coarse(self, share: Share) -> range:
        """The first quarter of each of its pieces."""
        return range(0, self._quarters, share.length)

    def _buckets(self, share: Share) -> range:
        """The first bucket of each of its pieces; they must be read in order."""
        return range(self._fine, self.tape.span.end + 1, share.length)

    async def _read_buckets(self, share: Share, first: int) -> None:
        span = self.tape.span
        number = min(share.length, span.end - first + 1)
        tally = await self._counted(share, first, number)
        if _silent(tally):  # once more: what is missing is missing in every window for as long as a period lasts
            tally = await self._counted(share, first, number)
        share.trailing = tally.trailing
        self._fail(share, tally, first, first + number - 1)
        self._sum(share, tally, first - span.origin, number)
        inside = max(first, span.first)
        if inside < first + number and tally.seen is not None and tally.unsettled is not None:
            place = slice(inside - span.first, first + number - span.first)
            self._seen[share.where, place] = tally.seen[:, inside - first :]
            rows, columns = np.nonzero(tally.unsettled[:, inside - first :])
            unsettled = self._reason(Unknown("NotANumber", "the newest sample is no number"))
            self.tape.troubles[share.where[rows], place.start + columns] = unsettled

    async def _counted(self, share: Share, first: int, number: int) -> Tally:
        return await self.tallies.buckets(share.plan, self.tape.schedule, first, number, None, share.trailing)

    async def _read_quarters(self, share: Share, first: int) -> None:
        number, long = min(share.length, self._quarters - first), leaving.length(self.tape)
        tally = await leaving.read(self.tape, share, self.tallies, first, number)
        if _silent(tally):
            tally = await leaving.read(self.tape, share, self.tallies, first, number)
        start = self.tape.span.origin + first * long
        self._fail(share, tally, start, start + number * long - 1)

    async def finish(self) -> None:
        """Counts finely what is decisive; finds where there were samples at all, and since when."""
        if self._quarters:
            for at, tally in (await leaving.refine(self.tape, self.tallies, self._quarters)).items():
                self.tape.troubles[at] = self._reason(tally.failures[0])
        self.tape.there = await self._there()
        await self._be_born()

    def _sum(self, share: Share, tally: Tally, start: int, number: int) -> None:
        sums, where = self.tape.sums, share.where
        summed = np.cumsum(tally.counts, axis=2)
        summed += sums[:, where, start : start + 1]
        sums[:, where, start + 1 : start + number + 1] = summed

    def _fail(self, share: Share, tally: Tally, first: int, end: int) -> None:
        """What could not be read is in no window that is known: the promise is Unknown until all of them are past it."""
        self.answered |= len(tally.failures) < len(share.where)
        span = self.tape.span
        for at, why in tally.failures.items():
            self.failed |= why.reason == _SILENT
            last = min(span.end, end + (span.first - span.origin))
            if last >= span.first:
                place = slice(max(first, span.first) - span.first, last - span.first + 1)
                self.tape.troubles[share.where[at], place] = self._reason(why)

    def _reason(self, why: Unknown) -> int:
        if why.reason not in self._known:
            self._known[why.reason] = len(self.tape.reasons)
            self.tape.reasons.append(why)
        return self._known[why.reason]

    async def _there(self) -> Flags:
        """Where a sample was within the look-back: a bucket with one vouches for those that follow it closely."""
        there, seen = self._seen.copy(), self._seen
        lookback = min(milliseconds(each.objective.lookback) for each in self.tape.promises)
        for back in range(1, lookback // self.tape.bucket):
            there[:, back:] |= seen[:, :-back]
        lacking = np.flatnonzero(self._plain & ~there.all(axis=1))
        if not len(lacking):
            return there
        plan = Plan([self.tape.promises[int(at)] for at in lacking])
        span = self.tape.span
        times = Times(span.first * self.tape.bucket, self.tape.bucket, span.judged)
        width = max(60, POINTS // max(1, plan.size))
        for start in range(0, times.count, width):
            part = Times(times.first + start * times.step, times.step, min(width, times.count - start))
            read = await self.tallies.reader.over(plan.totals(), plan, newest, part)
            there[lacking, start : start + part.count] |= read.numbers.states[plan.total] == NUMBER
        return there

    async def _be_born(self) -> None:
        """Since when each has data, as an engine finds it that begins with the first bucket: at once, or when data come."""
        tape, span = self.tape, self.tape.span
        cohort = Cohort(tape.schedule, None)
        cohort.hold(tape.promises)
        at = 0
        while True:
            cohort.at, cohort.fresh = (span.first + at) * tape.bucket, self._seen[:, at]
            await Ages(self.tallies.reader).look(cohort)
            tape.born.append((span.first + at, cohort.born.copy()))
            waiting = (cohort.known_born == 0) & self._plain
            later = tape.there[waiting][:, at + 1 :].any(axis=0)
            if not later.any():
                return
            at += 1 + int(later.argmax())


def _silent(tally: Tally) -> bool:
    return any(why.reason == _SILENT for why in tally.failures.values())


def _silence(jobs: Sequence[_Reading]) -> None:
    """Raises Unavailable where nothing was answered at all."""
    if jobs and all(each.failed and not each.answered for each in jobs):
        why = next(why for job in jobs for why in job.tape.reasons if why and why.reason == _SILENT)
        raise Unavailable(why.message)
