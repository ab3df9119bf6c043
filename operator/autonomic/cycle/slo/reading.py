"""Reading the numbers of rows: one expression for each shape, several expressions a query, answers into arrays."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from autonomic.cycle.lanes import Lanes, is_of_query, is_silence, is_too_slow
from autonomic.cycle.unions import Asked, Found, Items
from autonomic.cycle.yielding import give_way
from autonomic.domain.readings import Question, RangeQuestion, Sample, Series, Unknown
from autonomic.slo.batches import Batch
from autonomic.slo.counting import FLAWED, NUMBER, Numbers, Plan, moment
from autonomic.slo.ledger import Floats, Ints
from autonomic.slo.merging import MOST, apart
from autonomic.slo.rows import Shape

_SERIES_A_QUERY = 400
"""More make the server join longer and longer lists, fewer cost a request each: measured with 10,000 objectives."""

_POINTS_A_QUERY = 50_000
_BATCHES = 20
"""Batches whose questions are worded in one go."""
_TAKEN, _ROW = 20_000, 50
"""Numbers that are taken in in one go; a row costs as much as this many numbers."""

_POINTS = 10_000
"""Points of one range query; Prometheus refuses more than 11,000."""

Expression = Callable[[Shape, str], str]
Failures = dict[int, Unknown]


@dataclass(frozen=True)
class Times:
    """Evenly spaced times in milliseconds since the epoch: `count` of them from `first` on."""

    first: int
    step: int
    count: int


@dataclass(frozen=True)
class Read:
    """Numbers (rows, times), and why rows could not be read, by their position."""

    numbers: Numbers
    failures: Failures


@dataclass
class Reader:
    """Reads from one server. `spread` are shapes that had better not be read together: their label has many values.

    Whole queries can cost what they like, so they are asked in the wary lane, as are the rows of contracts that are accused:
    one that gets no answer leaves those of no other contract without theirs.
    """

    lanes: Lanes
    spread: set[Shape] = field(default_factory=set)

    async def at(self, batches: Sequence[Batch], plan: Plan, expression: Expression, at: int) -> Read:
        """The numbers of all rows of the plan at one time; rows of other batches stay absent."""
        return await self.over(batches, plan, expression, Times(at, 1, 1))

    async def over(self, batches: Sequence[Batch], plan: Plan, expression: Expression, times: Times) -> Read:
        """The numbers of all rows at each of the times."""
        values = np.zeros((plan.size, times.count))
        states = np.zeros((plan.size, times.count), np.uint8)
        failures: Failures = {}
        for start in range(0, times.count, _POINTS):
            part = Times(times.first + start * times.step, times.step, min(_POINTS, times.count - start))
            target = slice(start, start + part.count)
            into = Numbers(values[:, target], states[:, target])
            await _Part(self, plan, expression, part, into, failures).read(batches)
        return Read(Numbers(values, states), failures)


@dataclass(frozen=True)
class _Part:
    """The numbers at some times, as many as one answer may have."""

    reader: Reader
    plan: Plan
    expression: Expression
    times: Times
    into: Numbers
    failures: Failures

    async def read(self, batches: Sequence[Batch]) -> None:
        """First what is calm, then what is wary, with what turned out not to be calm."""
        calm, groups = self._dealt(batches)
        asked = await self._worded(calm)
        found = await self.reader.lanes.calm(asked, self._union(calm), lambda each: self._owners(asked[each]))
        again = self._hindered(asked, found)
        for name, pieces in self._grouped(again).items():
            groups.setdefault(name, []).extend(pieces)
        await self._take(asked, found)
        if groups:
            await self._read_wary(groups, next(filter(is_silence, found.values()), None))

    def _hindered(self, asked: Mapping[Asked, list[Batch]], found: Found) -> list[Batch]:
        """Takes out the batches that one of several contracts may have spoilt for the others, and accuses them all."""
        spoilt = [each for each, items in found.items() if is_of_query(items) or is_too_slow(items)]
        shared = [batch for each in spoilt for batch in asked[each] if len(self._owners([batch])) > 1]
        for each in spoilt:
            asked[each][:] = [batch for batch in asked[each] if not any(batch is one for one in shared)]
        self.reader.lanes.suspects.accuse(self._owners(shared))
        return shared

    async def _read_wary(self, groups: Mapping[str, Sequence[Batch]], silence: Items | Unknown | None) -> None:
        worded = {name: await self._worded(batches) for name, batches in groups.items()}
        asked: dict[Asked, list[Batch]] = defaultdict(list)
        for one in worded.values():
            for each, batches in one.items():
                asked[each] += batches
        union = self._union([batch for batches in asked.values() for batch in batches])
        lanes = self.reader.lanes
        found = await lanes.wary(worded, union) if silence is None else dict.fromkeys(asked, silence)
        await self._take(asked, found)

    def _dealt(self, batches: Sequence[Batch]) -> tuple[list[Batch], dict[str, list[Batch]]]:
        """What is asked in the calm lane, and in the wary one by its groups."""
        if self.reader.lanes.suspects.none:
            wary = [each for each in batches if each.shape.selector is None]
            return [each for each in batches if each.shape.selector is not None], self._grouped(wary)
        calm, wary = list[Batch](), list[Batch]()
        for each in batches:
            for one, accused in self._told_apart(each):
                (wary if accused or one.shape.selector is None else calm).append(one)
        return calm, self._grouped(wary)

    def _told_apart(self, batch: Batch) -> Iterator[tuple[Batch, bool]]:
        """Its rows whose owners are accused and those whose are not; as it is, where none is accused."""
        lanes, owners = self.reader.lanes, self.plan.owners
        if not any(lanes.suspects.accused(owners[at]) for at in batch.all_positions()):
            yield batch, False
            return
        for one in apart(batch):
            for accused, part in one.split(lambda at: lanes.suspects.accused(owners[at])).items():
                yield part, accused

    def _grouped(self, batches: Sequence[Batch]) -> dict[str, list[Batch]]:
        groups: dict[str, list[Batch]] = defaultdict(list)
        for each in batches:
            for one in apart(each):
                pieces = one.split(lambda at: self.reader.lanes.suspects.group(self.plan.owners[at]))
                for name, piece in pieces.items():
                    groups[name].append(piece)
        return groups

    def _owners(self, batches: Iterable[Batch]) -> set[str]:
        return {self.plan.owners[at] for each in batches for at in each.all_positions()}

    def _union(self, batches: Sequence[Batch]) -> int:
        """How many expressions a query."""
        widest = max((each.width for each in batches), default=1)
        return min(64, max(1, min(_SERIES_A_QUERY, _POINTS_A_QUERY // self.times.count) // widest))

    async def _worded(self, batches: Sequence[Batch]) -> dict[Asked, list[Batch]]:
        """The question of each batch; rows that differ in their groups alone have the same."""
        asked: dict[Asked, list[Batch]] = defaultdict(list)
        for number, each in enumerate(batches):
            if number % _BATCHES == 0:
                await give_way()
            asked[question(self.expression(each.shape, each.found), each.shape.lookback, self.times)].append(each)
        return asked

    async def _take(self, asked: Mapping[Asked, Sequence[Batch]], found: Found) -> None:
        taken = 0
        for put_to, items in found.items():
            for batch in asked[put_to]:
                taken += batch.width * (self.times.count + _ROW)
                if taken > _TAKEN:
                    await give_way()
                    taken = 0
                self._put(items, batch)

    def _put(self, items: Items | Unknown, batch: Batch) -> None:
        if isinstance(items, Unknown):
            self.failures.update(dict.fromkeys(batch.all_positions(), items))
            return
        put(items, batch, self.times, self.into, self.failures)
        if batch.whole and len(items) > MOST * len(batch.whole.rows):
            self.reader.spread.add(batch.shape)


def question(expr: str, lookback: str, times: Times) -> Asked:
    """An instant query for one time, a range query for several."""
    start = moment(times.first)
    wanted = None if lookback == "5m" else lookback
    if times.count == 1:
        return Question(expr, start, wanted)
    step = timedelta(milliseconds=times.step)
    return RangeQuestion(expr, start, start + step * (times.count - 1), step, wanted)


def put(items: Iterable[Sample | Series], batch: Batch, times: Times, into: Numbers, failures: Failures) -> None:
    """Writes each series' numbers where they belong. Two series for one row are an answer that nothing may act on."""
    by, seen, places, whole = batch.shape.by, set[int](), batch.places, batch.whole
    for item in items:
        values = tuple(item.labels.get(label, "") for label in by)
        where, numbers = _numbers(item, times)
        if whole:
            total = whole.positions.get(tuple(values[at] for at in places))
            if total is not None:
                _add(total, where, numbers, into)
        at = batch.positions.get(values)
        if at is None:
            continue
        if at in seen:
            failures[at] = Unknown("SeveralSeries", "the query returned several series where one is expected")
        seen.add(at)
        _put(at, where, numbers, into)


Where = int | slice | Ints


def _numbers(item: Sample | Series, times: Times) -> tuple[Where, float | Floats]:
    if isinstance(item, Sample):
        return 0, float(item.value)
    where = (item.times - times.first) // times.step
    if len(where) and (np.diff(where) == 1).all():
        return slice(int(where[0]), int(where[-1]) + 1), item.values
    return where, item.values


def _put(at: int, where: Where, numbers: float | Floats, into: Numbers) -> None:
    if isinstance(numbers, float):
        finite = numbers - numbers == 0
        into.values[at, where] = numbers if finite else 0.0
        into.states[at, where] = NUMBER if finite else FLAWED
        return
    known = np.isfinite(numbers)
    into.values[at, where] = np.where(known, numbers, 0.0)
    into.states[at, where] = np.where(known, NUMBER, FLAWED)


def _add(at: int, where: Where, numbers: float | Floats, into: Numbers) -> None:
    """A part that is no number makes the whole none."""
    if isinstance(numbers, float):
        finite = numbers - numbers == 0
        into.values[at, where] += numbers if finite else 0.0
        into.states[at, where] = np.maximum(into.states[at, where], NUMBER if finite else FLAWED)
        return
    known = np.isfinite(numbers)
    into.values[at, where] += np.where(known, numbers, 0.0)
    into.states[at, where] = np.maximum(into.states[at, where], np.where(known, NUMBER, FLAWED))
