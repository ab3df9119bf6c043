"""Reading the numbers of rows: one expression for each shape, several expressions a query, answers into arrays."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from autonomic.cycle.unions import Asked, ask_all
from autonomic.cycle.yielding import give_way
from autonomic.domain.readings import Question, RangeQuestion, Sample, Series, Unknown
from autonomic.ports.metrics import Metrics
from autonomic.slo.counting import FLAWED, NUMBER, Batch, Numbers, moment
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
    """Reads from one server."""

    metrics: Metrics

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
        widest = max((len(each.rows) for each in batches), default=1)
        union = min(64, max(1, min(_SERIES_A_QUERY, _POINTS_A_QUERY // times.count) // widest))
        taken = 0
        for put_to, items in (await ask_all(self.metrics, asked, union)).items():
            batch = asked[put_to]
            taken += len(batch.rows) * (times.count + _ROW)
            if taken > _TAKEN:
                await give_way()
                taken = 0
            if isinstance(items, Unknown):
                failures |= dict.fromkeys(batch.positions.values(), items)
            else:
                put(items, batch, times, into, failures)


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
    by, seen = batch.shape.by, set[int]()
    for item in items:
        at = batch.positions.get(tuple(item.labels.get(label, "") for label in by))
        if at is None:
            continue
        if at in seen:
            failures[at] = Unknown("SeveralSeries", "the query returned several series where one is expected")
        seen.add(at)
        if isinstance(item, Sample):
            _put_one(item.value, at, into)
        else:
            _put_many(item, at, times, into)


def _put_one(text: str, at: int, into: Numbers) -> None:
    value = float(text)
    finite = value - value == 0
    into.values[at, 0] = value if finite else 0.0
    into.states[at, 0] = NUMBER if finite else FLAWED


def _put_many(series: Series, at: int, times: Times, into: Numbers) -> None:
    where = (series.times - times.first) // times.step
    finite = np.isfinite(series.values)
    into.values[at, where] = np.where(finite, series.values, 0.0)
    into.states[at, where] = np.where(finite, NUMBER, FLAWED)
