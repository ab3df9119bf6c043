"""Reading the numbers of rows: one expression for each shape, several expressions a query, answers into arrays."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from autonomic.cycle.unions import Asked, Found, ask_all
from autonomic.cycle.yielding import give_way
from autonomic.domain.readings import Question, RangeQuestion, Sample, Series, Unknown
from autonomic.ports.metrics import Metrics
from autonomic.slo.batches import Batch
from autonomic.slo.counting import FLAWED, NUMBER, Numbers, moment
from autonomic.slo.ledger import Floats, Ints
from autonomic.slo.merging import MOST
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

_SILENT = "MetricsUnavailable"

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

    Whole queries can cost what they like, so they are asked apart and after all others: one that gets no answer leaves those
    of no other indicator without theirs. `tired` says why none is asked any more in this turn, None while they are.
    """

    metrics: Metrics
    spread: set[Shape] = field(default_factory=set)
    tired: Unknown | None = None

    async def at(self, batches: Sequence[Batch], size: int, expression: Expression, at: int) -> Read:
        """The numbers of all rows (there are `size`) at one time; rows of other batches stay absent."""
        return await self.over(batches, size, expression, Times(at, 1, 1))

    async def over(self, batches: Sequence[Batch], size: int, expression: Expression, times: Times) -> Read:
        """The numbers of all rows at each of the times."""
        values = np.zeros((size, times.count))
        states = np.zeros((size, times.count), np.uint8)
        failures: Failures = {}
        for start in range(0, times.count, _POINTS):
            part = Times(times.first + start * times.step, times.step, min(_POINTS, times.count - start))
            target = slice(start, start + part.count)
            await self._part(batches, expression, part, Numbers(values[:, target], states[:, target]), failures)
        return Read(Numbers(values, states), failures)

    async def _part(
        self, batches: Sequence[Batch], expression: Expression, times: Times, into: Numbers, failures: Failures
    ) -> None:
        asked: dict[Asked, Batch] = {}
        for number, each in enumerate(batches):
            if number % _BATCHES == 0:
                await give_way()
            asked[question(expression(each.shape, each.found), each.shape.lookback, times)] = each
        widest = max((each.width for each in batches), default=1)
        union = min(64, max(1, min(_SERIES_A_QUERY, _POINTS_A_QUERY // times.count) // widest))
        taken = 0
        for put_to, items in (await self._answered(asked, union)).items():
            batch = asked[put_to]
            taken += batch.width * (times.count + _ROW)
            if taken > _TAKEN:
                await give_way()
                taken = 0
            if isinstance(items, Unknown):
                failures |= dict.fromkeys(batch.all_positions(), items)
                continue
            put(items, batch, times, into, failures)
            if batch.whole and len(items) > MOST * len(batch.whole.rows):
                self.spread.add(batch.shape)

    async def _answered(self, asked: Mapping[Asked, Batch], union: int) -> Found:
        apart = {each: None for each, batch in asked.items() if batch.shape.selector is None}
        found = dict(await ask_all(self.metrics, [each for each in asked if each not in apart], union))
        if why := _silence(found):
            return found | dict.fromkeys(apart, why)
        if self.tired:
            return found | dict.fromkeys(apart, self.tired)
        whole = dict(await ask_all(self.metrics, apart, union))
        if silent := _silence(whole):
            self.tired = Unknown("TooSlow", f"{silent.message}: whole queries are asked again in the next turn")
            if found:  # the server answers others: it is the queries
                whole = {each: self.tired if items == silent else items for each, items in whole.items()}
        return found | whole


def _silence(found: Found) -> Unknown | None:
    """Why the server gave no answer, where it gave none."""
    return next((each for each in found.values() if isinstance(each, Unknown) and each.reason == _SILENT), None)


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


Where = int | Ints


def _numbers(item: Sample | Series, times: Times) -> tuple[Where, float | Floats]:
    if isinstance(item, Sample):
        return 0, float(item.value)
    return (item.times - times.first) // times.step, item.values


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
        into.states[at, where] = max(into.states[at, where], NUMBER if finite else FLAWED)
        return
    known = np.isfinite(numbers)
    into.values[at, where] += np.where(known, numbers, 0.0)
    into.states[at, where] = np.maximum(into.states[at, where], np.where(known, NUMBER, FLAWED))
