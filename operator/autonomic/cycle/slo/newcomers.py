"""What `increase` leaves out: the first values of new series, and what was counted in long gaps.

Where the target of a new series was scraped before, its first value was counted from zero and belongs to the bucket. What
happened in a gap longer than the look-back belongs to the bucket in which the series comes back. Most buckets have neither: a
cheap question finds those that may, and only then exact ones say what is missing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from autonomic.cycle.asking import reading
from autonomic.cycle.slo.reading import Reader, Times, question
from autonomic.domain.readings import Known
from autonomic.domain.units import duration
from autonomic.slo.batches import Batch
from autonomic.slo.counting import NUMBER, Cover, Numbers, Plan
from autonomic.slo.ledger import Flags, Floats
from autonomic.slo.queries import first_values, how_many, maybe_began, maybe_new, returned

_UNION = 64


@dataclass(frozen=True)
class Newcomers:
    """Finds them, of counters."""

    reader: Reader

    async def in_buckets(self, plan: Plan, times: Times, census: dict[str, object] | None = None) -> Numbers | None:
        """What is missing in each bucket, of each row; None when nothing is.

        `census` is how many series each selector had in the bucket before: as long as that stays, none is new.
        """
        covers = plan.covers
        if census is not None and times.count == 1:
            covers = await self._changed(plan, times, census)
        maybe = await self._maybe(plan, covers, times)
        return await self._missing(plan, maybe, times) if maybe.any() else None

    async def in_stretches(self, plan: Plan, times: Times, window: int) -> Floats:
        """The same summed over stretches of `window` milliseconds, (2, promises, stretches)."""
        counts = np.zeros((2, len(plan.promises), times.count))
        began = partial(maybe_began, window=duration(window))
        found = (await self.reader.over(plan.counters(), plan, began, times)).numbers.states == NUMBER
        for at in np.flatnonzero(found.any(axis=0)):
            start = times.first + int(at) * times.step - window
            counts[:, :, at] = await self._in_stretch(plan, _those(plan.counters(), found[:, at]), start, window)
        return counts

    async def _in_stretch(self, plan: Plan, batches: Sequence[Batch], start: int, window: int) -> Floats:
        """What is missing in one stretch, (2, promises), looked for bucket by bucket."""
        times = Times(start + plan.bucket, plan.bucket, window // plan.bucket)
        maybe = await self._maybe(plan, [(each, (each,)) for each in batches], times)
        counts = np.zeros((2, len(plan.promises)))
        for at in np.flatnonzero(maybe.any(axis=0)):
            since = duration(int(at) * plan.bucket) if at else ""
            ask = (first_values, partial(returned, since=since))
            counts += plan.counts(await self._exactly(plan, maybe[:, at], times.first + int(at) * times.step, ask))[0][
                :, :, 0
            ]
        return counts

    async def _maybe(self, plan: Plan, covers: Sequence[Cover], times: Times) -> Flags:
        """In which buckets which rows may have a series that was not there before: (rows, buckets)."""
        ask = partial(maybe_new, window=duration(plan.bucket))
        read = await self.reader.over([wide for wide, _ in covers], plan, ask, times)
        maybe: Flags = read.numbers.states == NUMBER
        for wide, parts in covers:
            any_ = maybe[list(wide.positions.values())].any(axis=0)
            for part in parts:
                maybe[list(part.positions.values())] |= any_
        return maybe

    async def _missing(self, plan: Plan, maybe: Flags, times: Times) -> Numbers:
        """What is missing in these buckets, each asked by itself."""
        values, states = np.zeros((plan.size, times.count)), np.zeros((plan.size, times.count), np.uint8)
        for at in np.flatnonzero(maybe.any(axis=0)):
            end = times.first + int(at) * times.step
            found = await self._exactly(plan, maybe[:, at], end, (first_values, returned))
            values[:, at], states[:, at] = found.values[:, 0], found.states[:, 0]
        return Numbers(values, states)

    async def _exactly(self, plan: Plan, rows: Flags, end: int, asked: Sequence[Callable[..., str]]) -> Numbers:
        """The sum of the answers for these rows in the bucket that ends then."""
        values, states = np.zeros((plan.size, 1)), np.zeros((plan.size, 1), np.uint8)
        batches = _those(plan.counters(), rows)
        for each in asked:
            ask = partial(each, window=duration(plan.bucket))
            numbers = (await self.reader.at(batches, plan, ask, end)).numbers
            values += numbers.values
            states = np.maximum(states, numbers.states)
        return Numbers(values, states)

    async def _changed(self, plan: Plan, times: Times, census: dict[str, object]) -> list[Cover]:
        """The batches in which the number of series is another than in the bucket before."""
        lanes = self.reader.lanes
        changed = [] if lanes.suspects.none else [cover for cover in plan.covers if self._is_wary(plan, cover)]
        calm = [cover for cover in plan.covers if not any(cover is each for each in changed)]
        asked = {question(how_many(cover[0].found), cover[0].shape.lookback, times): cover for cover in calm}
        found = await lanes.calm(asked, _UNION, lambda each: _owners(plan, asked[each]))
        for each, items in found.items():
            number = reading(items)
            if not isinstance(number, Known) or census.get(each.expr) != number:
                changed.append(asked[each])
            census[each.expr] = number
        return changed

    def _is_wary(self, plan: Plan, cover: Cover) -> bool:
        """Whether counting its series would hinder others; then they are not counted, and taken to be others."""
        return any(self.reader.lanes.suspects.accused(each) for each in _owners(plan, cover))


def _owners(plan: Plan, cover: Cover) -> set[str]:
    return {plan.owners[at] for at in cover[0].all_positions()}


def _those(batches: Sequence[Batch], wanted: Flags) -> list[Batch]:
    """The batches with the rows that are wanted."""
    chosen = [(batch, tuple(row for row in batch.rows if wanted[batch.positions[row.values]])) for batch in batches]
    return [Batch(batch.shape, rows, batch.positions) for batch, rows in chosen if rows]
