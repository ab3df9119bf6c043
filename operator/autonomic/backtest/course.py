"""The course of promises: which level was shown at every bucket, as the engine would have shown it then."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from autonomic.backtest.tape import Tape
from autonomic.slo.ledger import Flags, Floats
from autonomic.slo.verdicts import Codes, Figures, Hysteresis, Terms, Verdicts, judge

_ELEMENTS = 400_000
"""Promises times buckets that are judged in one go: as much as stays in a processor's cache, and not a list that is long."""
_POINTS = 300
"""The most points of a line of a budget."""

Progress = Callable[[int], None]
"""Called with how many buckets of promises were judged more."""


@dataclass(frozen=True)
class Course:
    """Arrays are (promises, buckets that are judged). Levels and reasons are places in `slo.verdicts.LEVELS` and its codes."""

    tape: Tape
    shown: Codes
    unknown: Codes
    burning: Flags
    """Whether the shortest window burned faster than the budget lasts."""
    calm: Flags
    """Whether the long window of the fastest tier did not: that ends an incident."""
    remaining: Floats
    """Share of the budget that was left, every `step` buckets: (promises, points); NaN where it was not known."""
    step: int


def course(tape: Tape, progress: Progress = lambda _: None) -> Course:
    """The course of a tape."""
    number, buckets = len(tape.promises), tape.span.judged
    shown, unknown = np.zeros((number, buckets), np.int8), np.zeros((number, buckets), np.int8)
    burning, calm = np.zeros((number, buckets), np.bool_), np.zeros((number, buckets), np.bool_)
    step = -(-buckets // _POINTS)
    remaining = np.full((number, len(range(0, buckets, step))), np.nan)
    terms, hysteresis = Terms(tape.promises, tape.schedule), Hysteresis()
    hysteresis.select(np.full(number, -1))
    width = max(1, _ELEMENTS // max(1, number))
    several = terms.over(min(width, buckets))
    for start in range(0, buckets, width):
        count = min(width, buckets - start)
        if count != width:
            several = terms.over(count)
        first = tape.span.first + start
        verdicts, (burns, rests) = _judged(tape, several, first, count)
        place = slice(start, start + count)
        unknown[:, place], burning[:, place], calm[:, place] = verdicts.unknown, burns, rests
        _show(shown[:, place], verdicts, terms, hysteresis, tape.bucket * first, tape.bucket)
        taken = np.arange(-start % step, count, step)
        left = np.where(verdicts.unknown == 0, verdicts.remaining, np.nan)
        remaining[:, (start + taken) // step] = left[:, taken]
        progress(number * count)
    return Course(tape, shown, unknown, burning, calm, remaining, step)


def _judged(tape: Tape, terms: Terms, first: int, count: int) -> tuple[Verdicts, tuple[Flags, Flags]]:
    """Verdicts of (promises, buckets), whether the shortest window burns, and whether the fastest tier is calm."""
    figures = tape.figures(first, first + count - 1)
    found = judge(terms, figures)
    shape = (len(tape.promises), count)
    verdicts = replace(
        found,
        unknown=found.unknown.reshape(shape),
        level=found.level.reshape(shape),
        remaining=found.remaining.reshape(shape),
    )
    shortest = _burns(terms, figures, min(each.short for each in tape.schedule.tiers))
    fastest = min(each.long for each in tape.schedule.tiers)
    calm = ~_burns(terms, figures, fastest) & (figures.windows[fastest][1] > 0)
    return verdicts, (shortest.reshape(shape), calm.reshape(shape))


def _burns(terms: Terms, figures: Figures, window: int) -> Flags:
    """Whether more failed than the budget has room for."""
    bad, total = figures.windows[window]
    burns: Flags = (bad > terms.allowed * total) & ~figures.problem
    return burns


def _show(into: Codes, verdicts: Verdicts, terms: Terms, hysteresis: Hysteresis, first: int, bucket: int) -> None:
    """Hysteresis remembers, so that it goes bucket by bucket."""
    unknown, level = np.ascontiguousarray(verdicts.unknown.T), np.ascontiguousarray(verdicts.level.T)
    for at in range(into.shape[1]):
        one = Verdicts(unknown[at], level[at], verdicts.remaining, (), ())
        into[:, at] = hysteresis.shown(one, terms, first + at * bucket)
