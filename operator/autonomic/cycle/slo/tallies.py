"""Tallies: bad and total of promises over buckets and stretches of time, as their budgets count them."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from autonomic.cycle.slo.newcomers import Newcomers
from autonomic.cycle.slo.reading import Failures, Read, Reader, Times
from autonomic.domain.readings import Unknown
from autonomic.domain.units import duration
from autonomic.slo.counting import NUMBER, Numbers, Plan, in_maintenance, judged
from autonomic.slo.ledger import Flags, Floats, Ints
from autonomic.slo.measures import Gauge
from autonomic.slo.promises import Schedule
from autonomic.slo.queries import counted

DAY = 86_400_000
"""Milliseconds. A series that is away for longer is another one, so nothing longer is asked at once."""


@dataclass(frozen=True)
class Tally:
    """Counts (2, promises, times), and which promises could not be read, and why.

    `trailing` is for each promise how many of the last times ended with a number that is none; `unsettled` (promises, times)
    are the times at which such a run had not ended yet.
    """

    counts: Floats
    trailing: Ints
    failures: dict[int, Unknown]
    seen: Flags | None = None
    """Which had a sample of the total in which of the buckets, (promises, times)."""
    unsettled: Flags | None = None


@dataclass(frozen=True)
class Tallies:
    """`anchored`: the server counts recorded events exactly."""

    reader: Reader
    anchored: bool

    @property
    def newcomers(self) -> Newcomers:
        """What new series began with."""
        return Newcomers(self.reader)

    async def buckets(
        self,
        plan: Plan,
        schedule: Schedule,
        first: int,
        number: int,
        census: dict[str, object] | None = None,
        trailing: Ints | None = None,
    ) -> Tally:
        """Buckets from `first` on. A `census` of the buckets before makes it cheaper to see that nothing is new.

        `trailing` is how many of the buckets just before ended with a number that is none, and so count nothing yet.
        """
        times = Times(first * schedule.bucket, schedule.bucket, number)
        read = await self._increase(plan, times, schedule.bucket)
        born = await self.newcomers.in_buckets(plan, times, census) if self.anchored else None
        counts, flawed = plan.counts(_sum(read.numbers, born))
        unsettled = np.zeros_like(flawed)
        trailing = await self._mend(plan, times, counts, flawed, trailing, unsettled)
        gauges = np.array([isinstance(each.measure, Gauge) for each in plan.promises], np.bool_)
        counts = judged(counts, schedule, gauges)
        counts[:, :, in_maintenance(schedule, first, number)] = 0.0
        seen = plan.seen(read.numbers)
        failures = {**plan.without_bucket(read.numbers), **_of_promises(plan, read.failures)}
        return Tally(counts, trailing, failures, seen, unsettled)

    async def _mend(
        self, plan: Plan, times: Times, counts: Floats, flawed: Flags, before: Ints | None, unsettled: Flags
    ) -> Ints:
        """Counts buckets that a number that is none begins or ends, over the whole run of them, in the last of the run.

        An increase is spoilt by such a number at its ends alone. A run that still goes on is counted when it ends.
        """
        trailing = np.zeros(len(plan.promises), np.int64)
        for promise in np.flatnonzero(flawed.any(axis=1)):
            for first, end in _runs(flawed[promise]):
                earlier = int(before[promise]) if before is not None and first == 0 else 0
                window = (end - first + earlier) * plan.bucket
                one = Plan([plan.promises[int(promise)]])
                read = await self._increase(one, Times(times.first + (end - 1) * times.step, 1, 1), window)
                whole, spoilt = one.counts(read.numbers)
                counts[:, promise, end - 1] = whole[:, 0, 0]
                unsettled[promise, first : end - 1] = True
                unsettled[promise, end - 1] = bool(spoilt.any())
                if spoilt.any() and end == times.count:
                    trailing[promise] = end - first + earlier
        return trailing

    async def direct(self, plan: Plan, schedule: Schedule, window: int, at: int) -> Tally:
        """Events of a window, in milliseconds, that ends at `at`, asked as a whole and without first values."""
        read = await self._increase(plan, Times(at, 1, 1), window)
        counts, flawed = plan.counts(read.numbers)
        counts -= await self._in_maintenance(plan, schedule, Times(at, 1, 1), window)
        failures = {**plan.without_bucket(read.numbers), **_of_promises(plan, read.failures)}
        return Tally(counts, flawed[:, -1].astype(np.int64), failures)

    async def stretch(self, plan: Plan, schedule: Schedule, first: int, end: int) -> Tally:
        """The buckets after `first` up to `end` in one sum, (2, promises, 1); asked in pieces of a day at most."""
        day = DAY // schedule.bucket
        whole, rest = divmod(end - first, day)
        if not whole or schedule.budgeting != "Occurrences":
            return await self.stretches(plan, schedule, Times(end, 1, 1), end - first)
        oldest = await self.stretches(plan, schedule, Times(first + rest, 1, 1), rest)
        days = await self.stretches(plan, schedule, Times(first + rest + day, day, whole), day)
        counts = oldest.counts + days.counts.sum(axis=2, keepdims=True)
        return Tally(counts, days.trailing, {**oldest.failures, **days.failures})

    async def stretches(self, plan: Plan, schedule: Schedule, ends: Times, length: int) -> Tally:
        """Sums over stretches of `length` buckets that end at these buckets."""
        if length <= 0:
            return Tally(np.zeros((2, len(plan.promises), ends.count)), np.zeros(len(plan.promises), np.int64), {})
        if schedule.budgeting != "Occurrences":
            return await self._stretches_of_slices(plan, schedule, ends, length)
        bucket = schedule.bucket
        times = Times(ends.first * bucket, ends.step * bucket, ends.count)
        read = await self._increase(plan, times, length * bucket)
        counts, flawed = plan.counts(read.numbers)
        if self.anchored:
            counts += await self.newcomers.in_stretches(plan, times, length * bucket)
        counts -= await self._in_maintenance(plan, schedule, times, length * bucket)
        tally = Tally(counts, flawed[:, -1].astype(np.int64), _of_promises(plan, read.failures))
        return await self._mended(tally, flawed, plan, schedule, ends, length)

    async def _increase(self, plan: Plan, times: Times, window: int) -> Read:
        expression = partial(counted, window=duration(window), anchored=self.anchored)
        return await self.reader.over(plan.read_apart(self.reader.spread), plan, expression, times)

    async def _in_maintenance(self, plan: Plan, schedule: Schedule, times: Times, window: int) -> Floats:
        """What was counted in times that do not count, (2, promises, stretches)."""
        counts = np.zeros((2, len(plan.promises), times.count))
        for at in range(times.count if schedule.maintenance else 0):
            end, length = (times.first + at * times.step) // schedule.bucket, window // schedule.bucket
            for first, last in _runs(in_maintenance(schedule, end - length + 1, length)):
                plain = replace(schedule, maintenance=())
                tally = await self.stretch(plan, plain, end - length + first, end - length + last)
                counts[:, :, at] += tally.counts[:, :, 0]
        return counts

    async def _stretches_of_slices(self, plan: Plan, schedule: Schedule, ends: Times, length: int) -> Tally:
        parts = [
            await self.buckets(plan, schedule, ends.first + at * ends.step - length + 1, length)
            for at in range(ends.count)
        ]
        counts = np.stack([part.counts.sum(axis=2) for part in parts], axis=2)
        return Tally(counts, parts[-1].trailing, {at: why for part in parts for at, why in part.failures.items()})

    async def _mended(
        self, tally: Tally, flawed: Flags, plan: Plan, schedule: Schedule, ends: Times, length: int
    ) -> Tally:
        """A number that is none spoils a whole stretch: there, all buckets but those that it touches are summed."""
        for promise, at in np.argwhere(flawed):
            part = Plan([plan.promises[int(promise)]])
            end = ends.first + int(at) * ends.step
            fine = await self.buckets(part, schedule, end - length + 1, length)
            tally.counts[:, promise, at] = fine.counts[:, 0].sum(axis=1)
            tally.trailing[promise] = fine.trailing[0] if at == ends.count - 1 else 0
        return tally


def _runs(flags: Flags) -> list[tuple[int, int]]:
    """(first, end) of each unbroken run of flags."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(first), int(end)) for first, end in zip(edges[::2], edges[1::2], strict=True)]


def _sum(numbers: Numbers, more: Numbers | None) -> Numbers:
    if more is None:
        return numbers
    known = more.states == NUMBER
    states = np.where(known & (numbers.states == 0), NUMBER, numbers.states).astype(np.uint8)
    return Numbers(numbers.values + np.where(known, more.values, 0.0), states)


def _of_promises(plan: Plan, failures: Failures) -> dict[int, Unknown]:
    """Why promises could not be counted, by their place."""
    if not failures:
        return {}
    rows = list(zip(plan.total.tolist(), plan.other.tolist(), strict=True))
    return {at: failures[each] for at, pair in enumerate(rows) for each in pair if each in failures}
