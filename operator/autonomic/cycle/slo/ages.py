"""How new and how old data is: the newest sample of each promise, and since when there is any."""

import asyncio
from dataclasses import dataclass
from functools import partial

import numpy as np

from autonomic.cycle.slo.reading import Reader, Times
from autonomic.domain.units import duration
from autonomic.slo.cohort import Cohort
from autonomic.slo.counting import NUMBER, Plan
from autonomic.slo.ledger import Floats, Ints
from autonomic.slo.queries import newest, present

_STEPS = 240
"""How finely the beginning of a short history is sought: steps of a window."""
_LATELY = "1d"
"""Samples older than the look-back but not than this are stale; without any there is no data."""

_LONGEST_PROBE = 3_600_000


@dataclass(frozen=True)
class Ages:
    """Asks for them."""

    reader: Reader

    async def look(self, cohort: Cohort) -> None:
        """Sets `newest` of all promises and, where it is not known yet, `born`."""
        seen = np.full(len(cohort.promises), float(cohort.at))
        unseen = np.flatnonzero(~cohort.fresh) if cohort.fresh is not None else np.arange(len(cohort.promises))
        if len(unseen):
            seen[unseen] = await self._newest(cohort, unseen)
        cohort.newest = seen
        await self._find_born(cohort, np.flatnonzero(~np.isnan(seen) & (cohort.known_born == 0)))
        await self._find_gone(cohort, np.flatnonzero(np.isnan(seen) & (cohort.known_born == 0) & (cohort.born == 0)))

    async def _find_gone(self, cohort: Cohort, where: Ints) -> None:
        """Of those without a sample now: whether there was one in the last day, or nothing is known of them at all."""
        if not len(where):
            return
        plan = await asyncio.to_thread(cohort.some, where)
        read = await self.reader.at(plan.totals(), plan, partial(present, within=_LATELY), cohort.at)
        there = _of_promises(plan, (read.numbers.states[:, 0] == NUMBER).astype(np.float64)) == 1
        cohort.born[where] = np.where(there, -np.inf, np.inf)

    async def _newest(self, cohort: Cohort, where: Ints) -> Floats:
        """When the newest sample of each of these was taken; NaN without one."""
        plan = await asyncio.to_thread(cohort.some, where)
        read = await self.reader.at(plan.totals(), plan, newest, cohort.at)
        rows = plan.total.tolist()
        cohort.problems |= {int(where[at]): read.failures[row] for at, row in enumerate(rows) if row in read.failures}
        known = read.numbers.states[:, 0] == NUMBER
        return _of_promises(plan, np.where(known, read.numbers.values[:, 0] * 1000, np.nan))

    async def _find_born(self, cohort: Cohort, where: Ints) -> None:
        """Since when each of these has data: exactly enough to say whether a window is filled.

        Windows are tried shortest first; in the first that reaches beyond the beginning the beginning is sought in steps.
        """
        if not len(where):
            return
        period = cohort.schedule.rolling or max(promise.objective.period for promise in cohort.promises)
        windows = sorted({tier.long for tier in cohort.schedule.tiers} | {period})
        born = np.full(len(cohort.promises), -np.inf)
        filled = 0
        for window in windows:
            young = await self._lacking(cohort, where, window)
            if len(young):
                since = await self._since(cohort, young, window)
                born[young] = np.minimum(since, cohort.at - filled)
                where = np.setdiff1d(where, young)
            filled = window
            if not len(where):
                break
        known = np.flatnonzero(~np.isnan(cohort.newest) & (cohort.known_born == 0))
        cohort.born[known], cohort.known_born[known] = born[known], 1

    async def _lacking(self, cohort: Cohort, where: Ints, window: int) -> Ints:
        """Which of these had no sample in the stretch before the window."""
        plan = await asyncio.to_thread(cohort.some, where)
        probe = duration(min(window, _LONGEST_PROBE))
        ask = partial(present, within=probe, before=duration(window))
        read = await self.reader.at(plan.totals(), plan, ask, cohort.at)
        lacking: Ints = where[_of_promises(plan, (read.numbers.states[:, 0] != NUMBER).astype(np.float64)) == 1]
        return lacking

    async def _since(self, cohort: Cohort, where: Ints, window: int) -> Floats:
        """The first of the window's steps in which there was a sample; the end of that step."""
        plan = await asyncio.to_thread(cohort.some, where)
        step = max(cohort.schedule.bucket, -(-window // _STEPS // 1000) * 1000)
        count = -(-window // step)
        times = Times(cohort.at - (count - 1) * step, step, count)
        ask = partial(present, within=duration(step))
        read = await self.reader.over(plan.totals(), plan, ask, times)
        there = read.numbers.states == NUMBER
        first = np.where(there.any(axis=1), times.first + there.argmax(axis=1) * step, cohort.at)
        return _of_promises(plan, first.astype(np.float64))


def _of_promises(plan: Plan, rows: Floats) -> Floats:
    """A number of each promise's total; NaN where it has none of its own."""
    if not len(rows):
        return np.full(len(plan.promises), np.nan)
    return np.where(plan.total >= 0, rows[plan.total], np.nan)
