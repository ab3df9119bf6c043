"""Events, counted one increment at a time.

An increment belongs to the step of time in which its later sample lies, however long the series was not seen before it. A
counter that is lower than before has started again from nothing. What was not seen for a day is as good as new.
"""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from tests.oracle.samples import Recorded

_FORGOTTEN = 86_400
"""Seconds after which a series that comes back is a new one."""

Steps = dict[int, Fraction]
"""Events by the end (unix seconds) of the step of time in which they were recorded; steps without events left out."""


def step_end(at: float, grid: int) -> int:
    """The end of the step (end - grid, end] that holds a moment; all in seconds."""
    return math.ceil(at / grid) * grid


def events(counters: Iterable[Recorded], ups: Sequence[Recorded], grid: int, lookback: int) -> Steps:
    """The events that these counters recorded, step by step. `ups` are the `up` series of all targets."""
    counted: Steps = defaultdict(Fraction)
    for counter in counters:
        for end, number in _one(counter, ups, grid, lookback):
            counted[end] += number
    return {end: number for end, number in counted.items() if number}


def _one(counter: Recorded, ups: Sequence[Recorded], grid: int, lookback: int) -> Iterable[tuple[int, Fraction]]:
    before: tuple[float, float] | None = None
    for at, value in counter.numbers:
        end = step_end(at, grid)
        if before is None:
            yield end, _first(counter, value, ups, end - grid, lookback)
        elif before[0] > end - grid - _FORGOTTEN:
            yield end, _increment(before[1], value)
        else:
            yield end, _first(counter, value, ups, end - grid, lookback)
        before = at, value


def _increment(earlier: float, later: float) -> Fraction:
    return Fraction(later) - (Fraction(earlier) if later >= earlier else 0)


def _first(counter: Recorded, value: float, ups: Sequence[Recorded], at: int, lookback: int) -> Fraction:
    """A first value counts in full beside a target that was already scraped: the counter began at nothing, unseen."""
    seen = any(_same_target(up, counter) and _alive(up, at, lookback) for up in ups)
    return Fraction(value) if seen else Fraction(0)


def _same_target(one: Recorded, other: Recorded) -> bool:
    return all(one.labels.get(label) == other.labels.get(label) for label in ("job", "instance"))


def _alive(one: Recorded, at: float, lookback: int) -> bool:
    return any(at - lookback < when <= at for when, _ in one.numbers)


def newest(series: Iterable[Recorded], at: float) -> float | None:
    """When the newest sample at or before `at` was recorded; None where there is none."""
    return max((when for one in series for when, _ in one.numbers if when <= at), default=None)


def oldest(series: Iterable[Recorded]) -> float | None:
    """When the first sample was recorded."""
    return min((when for one in series for when, _ in one.numbers), default=None)


def value_at(one: Recorded, at: float, lookback: int) -> Fraction | None:
    """A gauge's value at a moment: that of its newest sample, unless it is older than the look-back."""
    place = bisect_right(one.numbers, (at, math.inf))
    when, value = one.numbers[place - 1] if place else (-math.inf, 0.0)
    return Fraction(value) if when > at - lookback else None
