"""Keeping a cohort's ledger: counted from scratch once, carried forward a bucket at a time, audited, put right."""

import asyncio
from dataclasses import dataclass

import numpy as np

from autonomic.cycle.slo.reading import Times
from autonomic.cycle.slo.tallies import DAY, Tallies, Tally
from autonomic.domain.readings import Unknown
from autonomic.slo.cohort import Cohort
from autonomic.slo.counting import Plan, milliseconds_of, moment
from autonomic.slo.ledger import BLOCK, Floats, Ints, Ledger
from autonomic.slo.periods import period_start

_CATCH_UP = 60
"""Most buckets that are carried forward at once; after a longer pause everything is counted again."""
_AT_ONCE = 250
"""Promises counted from scratch side by side."""
_AUDITED = 60
"""Newest buckets that are read again: as long as late samples may arrive."""
_ROUND = 60
"""Turns in which the newest buckets of every promise are read again once."""
_ROUNDS = 5
"""Rounds in which one whole day of every promise is read again once."""


@dataclass(frozen=True)
class Keeper:
    """Brings ledgers up to date."""

    tallies: Tallies
    forgotten: int | None = None
    """Milliseconds since the epoch: what is older the server no longer has, where it says so."""

    async def keep(self, cohort: Cohort, ledger: Ledger, target: int) -> None:
        """Carries the ledger to the bucket `target`. What could not be read is a problem of the promise until it can be."""
        cohort.problems, cohort.fresh = {}, None
        if not ledger.ready.any() or not 0 <= target - ledger.bucket <= _CATCH_UP:
            ledger.ready[:] = False
            ledger.bucket, ledger.days = target, {}
        missing = np.flatnonzero(~ledger.ready)
        # By shape: what one query can answer is asked in one.
        missing = missing[np.argsort(cohort.phases[missing], kind="stable")]
        for at in range(0, len(missing), _AT_ONCE):
            await self._count(cohort, ledger, missing[at : at + _AT_ONCE])
            await self._prefetch(cohort, ledger)
        await self._carry(cohort, ledger, target)
        await self._audit(cohort, ledger)

    async def _count(self, cohort: Cohort, ledger: Ledger, where: Ints) -> None:
        """Counts some promises from scratch, up to the ledger's bucket."""
        plan, schedule = await _plan(cohort, where), cohort.schedule
        end, depth = ledger.bucket, ledger.depth
        ring = await self.tallies.buckets(plan, schedule, end - depth + 1, depth)
        rolling = schedule.rolling // schedule.bucket if schedule.rolling else None
        tallies = [ring]
        long: dict[int, Floats] = {}
        for window in ledger.edges:
            if window != rolling:
                tallies.append(await self.tallies.stretch(plan, schedule, end - window, end))
                long[window] = tallies[-1].counts[:, :, 0]
        start = end - rolling if rolling else _start(cohort, end)
        since, today, days, more = await self._period(cohort, plan, where, (start, end))
        if rolling:
            long[rolling] = since
        if not _spoilt(cohort, where, [*tallies, *more]):
            await asyncio.to_thread(ledger.fill, where, ring.counts, long)
            ledger.fill_period(where, since, today, days)
            ledger.ready[[at for at in where if at in cohort.problems]] = False

    async def _period(
        self, cohort: Cohort, plan: Plan, where: Ints, stretch: tuple[int, int]
    ) -> tuple[Floats, Floats, dict[int, Floats], list[Tally]]:
        """Counts of the period, of today, and of each whole day between them (UTC)."""
        (start, end), schedule = stretch, cohort.schedule
        day = DAY // schedule.bucket
        first, last = -(-start // day), end // day
        if first > last:
            only = await self.tallies.stretch(plan, schedule, start, end)
            today = await self.tallies.stretch(plan, schedule, last * day, end)
            return only.counts[:, :, 0], today.counts[:, :, 0], {}, [only, today]
        head = await self.tallies.stretch(plan, schedule, start, first * day)
        today = await self.tallies.stretch(plan, schedule, last * day, end)
        tallies, days = [head, today], dict[int, Floats]()
        if last > first:
            whole = await self.tallies.stretches(plan, schedule, Times((first + 1) * day, day, last - first), day)
            tallies.append(whole)
            days = {first + at: whole.counts[:, :, at] for at in range(last - first)}
        # Of the day in which the period begins the server may have forgotten all: then a share of its total counts.
        oldest, share = self._recall(cohort, where, days, first - 1), (first * day - start) / day
        known = ~np.isnan(oldest)
        beginning = np.where(known, oldest * share, head.counts[:, :, 0])
        total = np.sum([beginning, today.counts[:, :, 0], *days.values()], axis=0)
        if share and self._forgot(first - 1):
            # It goes on leaving the period, and a later start needs its total again.
            days[first - 1] = np.where(known, oldest, beginning / share)
        return total, today.counts[:, :, 0], days, tallies

    def _forgot(self, day: int) -> bool:
        """Whether the server may have lost some of that day."""
        return self.forgotten is not None and day * DAY < self.forgotten

    def _recall(self, cohort: Cohort, where: Ints, days: dict[int, Floats], before: int) -> Floats:
        """Puts the totals of days that the server forgot where they were; those of the day `before` them, NaN where unknown."""
        oldest = np.full((2, len(where)), np.nan)
        for place, at in enumerate(where.tolist()):
            for day, pair in cohort.remembered.get(at, {}).items():
                if self._forgot(day) and (day in days or day == before):
                    into = days.get(day, oldest)
                    into[:, place] = pair
        return oldest

    async def _carry(self, cohort: Cohort, ledger: Ledger, target: int) -> None:
        """Takes the buckets up to `target` in."""
        first, number = ledger.bucket + 1, target - ledger.bucket
        if not number:
            return
        tally = await self.tallies.buckets(cohort.plan, cohort.schedule, first, number, cohort.census, cohort.trailing)
        if why := _silence(tally):
            cohort.problems = dict.fromkeys(range(len(cohort.promises)), why)
            return
        _note(cohort, np.arange(len(cohort.promises)), tally)
        cohort.fresh = tally.seen[:, -1] if tally.seen is not None else None
        for at in range(number):
            if not await self._prefetch(cohort, ledger):
                return
            _advance(cohort, ledger, tally.counts[:, :, at])
        ledger.ready[list(tally.failures)] = False

    async def _prefetch(self, cohort: Cohort, ledger: Ledger) -> bool:
        """Reads the buckets that leave the long windows next, where they are not held; False when that failed."""
        for window, edge in ledger.edges.items():
            first = ledger.bucket + 1 - window
            where = np.flatnonzero(edge.lacks(first) & ledger.ready)
            if not len(where):
                continue
            tally = await self._leaving(cohort, ledger, where, first)
            if why := _silence(tally):
                cohort.problems = dict.fromkeys(range(len(cohort.promises)), why)
                return False
            ledger.ready[where[list(tally.failures)]] = False
            # The first block of each is shorter by its phase, so that not all are read in the same turn ever after.
            fresh = edge.length[where] == 0
            edge.hold(where, first, tally.counts, np.where(fresh, BLOCK - cohort.phases[where] % BLOCK, BLOCK))
        return True

    async def _leaving(self, cohort: Cohort, ledger: Ledger, where: Ints, first: int) -> Tally:
        """The block of buckets that leaves a window next. What the server forgot leaves evenly, a day's total over the day."""
        day = DAY // cohort.schedule.bucket
        if self.forgotten is None or (first + BLOCK) * cohort.schedule.bucket > self.forgotten:
            return await self.tallies.buckets(await _plan(cohort, where), cohort.schedule, first, BLOCK)
        counts = np.zeros((2, len(where), BLOCK))
        numbers = (first - 1 + np.arange(BLOCK)) // day
        for number in {*numbers.tolist()} & ledger.days.keys():
            counts[:, :, numbers == number] = (ledger.days[number][:, where] / day)[:, :, None]
        return Tally(counts, np.zeros(len(where), np.int64), {})

    async def _audit(self, cohort: Cohort, ledger: Ledger) -> None:
        """Reads closed buckets again, each promise in its turn, and puts right what came late or was changed."""
        number = min(_AUDITED, ledger.depth)
        where = np.flatnonzero((cohort.phases % _ROUND == ledger.bucket % _ROUND) & ledger.ready)
        if len(where):
            plan = await _plan(cohort, where)
            tally = await self.tallies.buckets(plan, cohort.schedule, ledger.bucket - number + 1, number)
            if not tally.failures:
                in_period = number if cohort.schedule.rolling else ledger.bucket - _start(cohort, ledger.bucket)
                in_day = ledger.bucket % (DAY // cohort.schedule.bucket)
                ledger.repair(where, tally.counts, in_period, in_day)
        await self._audit_days(cohort, ledger)

    async def _audit_days(self, cohort: Cohort, ledger: Ledger) -> None:
        cycle = _ROUND * _ROUNDS
        where = np.flatnonzero((cohort.phases % cycle == ledger.bucket % cycle) & ledger.ready)
        days = [day for day in sorted(ledger.days) if self.forgotten is None or day * DAY >= self.forgotten]
        if not len(where) or not days:
            return
        day = days[ledger.bucket // cycle % len(days)]
        length = DAY // cohort.schedule.bucket
        plan = await _plan(cohort, where)
        tally = await self.tallies.stretch(plan, cohort.schedule, day * length, (day + 1) * length)
        if not tally.failures:
            wrong = (tally.counts[:, :, 0] != ledger.days[day][:, where]).any(axis=0)
            ledger.ready[where[wrong]] = False


async def _plan(cohort: Cohort, where: Ints) -> Plan:
    return await asyncio.to_thread(cohort.some, where)


def _start(cohort: Cohort, bucket: int) -> int:
    """The bucket that ends where the calendar's period of this bucket begins."""
    inside = moment(bucket * cohort.schedule.bucket - 1)
    return milliseconds_of(period_start(cohort.schedule.window, inside)) // cohort.schedule.bucket


def _advance(cohort: Cohort, ledger: Ledger, counts: Floats) -> None:
    bucket, day = ledger.bucket, DAY // cohort.schedule.bucket
    begins = cohort.schedule.rolling is None and _start(cohort, bucket + 1) == bucket
    ledger.advance(counts, new_period=begins, new_day=bucket // day - 1 if bucket % day == 0 else None)
    if cohort.schedule.rolling:
        ledger.forget_days_before((bucket - cohort.schedule.rolling // cohort.schedule.bucket) // day)


def _spoilt(cohort: Cohort, where: Ints, tallies: list[Tally]) -> bool:
    """Notes what failed; True when nothing that was read can be used because the server was silent."""
    for tally in reversed(tallies):
        _note(cohort, where, tally)
    return any(_silence(tally) for tally in tallies)


def _note(cohort: Cohort, where: Ints, tally: Tally) -> None:
    cohort.problems |= {int(where[at]): why for at, why in tally.failures.items()}
    cohort.trailing[where] = tally.trailing
    for at in np.flatnonzero(tally.trailing):
        cohort.problems[int(where[at])] = Unknown("NotANumber", "the newest sample is no number")


def _silence(tally: Tally) -> Unknown | None:
    """Why the server gave no answer, where it gave none."""
    return next((why for why in tally.failures.values() if why.reason == "MetricsUnavailable"), None)
