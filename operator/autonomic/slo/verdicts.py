"""Judging many promises at once: what is known, which tiers fire, what is left, and which level is shown.

The arithmetic is that of `domain.budgets`, over arrays. Where two sides of a comparison are as good as equal in floating
point, the exact decimals decide, so equality is equality here as well.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from autonomic.domain.budgets import Count
from autonomic.domain.units import milliseconds
from autonomic.domain.words import Level
from autonomic.slo.ledger import Flags, Floats, Ints, chosen
from autonomic.slo.promises import Promise, Schedule, Tier

KNOWN, PROBLEM, NO_DATA, STALE, TOO_FEW = 0, 1, 2, 3, 4
"""Whether a promise can be judged, and why not."""

LEVELS: tuple[Level | None, ...] = (None, Level.WARNING, Level.BREACH, Level.EXHAUSTED)
Codes = NDArray[np.int8]
_CLOSE = 1e-9


@dataclass(frozen=True)
class Figures:
    """What was counted up to `at` (milliseconds). Counts are (2, promises); `newest` and `born` are milliseconds.

    Promises may stand for the same one at several moments: then `at` has as many entries.

    `newest` is NaN without a sample within the look-back; `born` is infinite where there never was one.
    """

    at: int | Ints
    windows: dict[int, Floats]
    period: Floats
    newest: Floats
    born: Floats
    problem: Flags


class Terms:
    """What was promised, as arrays over the promises of one schedule."""

    def __init__(self, promises: Sequence[Promise], schedule: Schedule) -> None:
        self.tiers = schedule.tiers
        self.targets = [each.objective.ratio_target for each in promises]
        self.allowed: Floats = np.array([float(1 - target) for target in self.targets])
        # A composite's parts are held against the minimum, each on its own; what they make has no events.
        self.least: Floats = np.array([0 if each.parts else each.objective.least for each in promises], np.float64)
        self.kept: Ints = np.array([milliseconds(each.objective.alerting.kept) for each in promises], np.int64)

    def over(self, moments: int) -> "Terms":
        """The terms of each promise at so many moments, one promise after the other."""
        several = copy(self)
        several.targets = [target for target in self.targets for _ in range(moments)]
        several.allowed = np.repeat(self.allowed, moments)
        several.least, several.kept = np.repeat(self.least, moments), np.repeat(self.kept, moments)
        return several


@dataclass(frozen=True)
class Verdicts:
    """What holds for each promise: arrays over promises; `fires` per tier, with `sure` where that is known."""

    unknown: Codes
    level: Codes
    remaining: Floats
    fires: tuple[Flags, ...]
    sure: tuple[Flags, ...]


def judge(terms: Terms, figures: Figures) -> Verdicts:
    """The verdicts, without hysteresis."""
    bad, total = figures.period
    unknown = _unknown(terms, figures)
    limit = terms.allowed * total
    remaining = 1 - np.divide(bad, limit, out=np.zeros_like(bad), where=limit > 0)
    sure = tuple(_sure(tier, terms, figures) & (unknown == KNOWN) for tier in terms.tiers)
    fires = tuple(known & _fires(tier, terms, figures) for tier, known in zip(terms.tiers, sure, strict=True))
    level = np.zeros(len(bad), np.int8)
    for tier, firing in zip(terms.tiers, fires, strict=True):
        level[firing] = np.maximum(level[firing], LEVELS.index(tier.level))
    level[(total > 0) & _reaches(terms, figures.period) & (unknown == KNOWN)] = LEVELS.index(Level.EXHAUSTED)
    return Verdicts(unknown, level, remaining, fires, sure)


def _unknown(terms: Terms, figures: Figures) -> Codes:
    """The first reason that applies, in the order in which a person would look."""
    total = figures.period[1]
    code = np.where((total < terms.least) | (total <= 0), TOO_FEW, KNOWN)
    gone = np.isnan(figures.newest)
    code = np.where(gone, np.where(np.isposinf(figures.born), NO_DATA, STALE), code)
    return np.where(figures.problem, PROBLEM, code).astype(np.int8)


def _sure(tier: Tier, terms: Terms, figures: Figures) -> Flags:
    """Enough events in the long window, one in the short, and history for the long one."""
    long, short = figures.windows[tier.long][1], figures.windows[tier.short][1]
    old = figures.at - figures.born >= tier.long
    sure: Flags = (long >= terms.least) & (long > 0) & (short > 0) & old
    return sure


def _fires(tier: Tier, terms: Terms, figures: Figures) -> Flags:
    return _burns(tier.factor, terms, figures.windows[tier.long]) & _burns(
        tier.factor, terms, figures.windows[tier.short]
    )


def _burns(factor: Decimal, terms: Terms, counts: Floats) -> Flags:
    bad, total = counts
    limit = float(factor) * terms.allowed * total
    result: Flags = bad > limit
    for at in _close(bad, limit):
        result[at] = count("", bad[at], total[at]).burns_faster_than(factor, terms.targets[at])
    return result


def _reaches(terms: Terms, counts: Floats) -> Flags:
    """Whether nothing of the budget is left."""
    bad, total = counts
    limit = terms.allowed * total
    result: Flags = bad >= limit
    for at in _close(bad, limit):
        result[at] = decimal(bad[at]) >= (1 - terms.targets[at]) * decimal(total[at])
    return result


def _close(left: Floats, right: Floats) -> list[int]:
    near = (np.abs(left - right) <= _CLOSE * np.maximum(np.abs(right), 1)) & (left > 0)
    return [int(at) for at in np.flatnonzero(near)]


def decimal(value: float) -> Decimal:
    """The number as it reads: whole numbers stay whole."""
    return Decimal(int(value)) if float(value).is_integer() else Decimal(repr(float(value)))


def count(window: str, bad: float, total: float) -> Count:
    """A count from two numbers."""
    return Count(window, decimal(bad), decimal(total))


class Hysteresis:
    """A level rises at once and falls only after its tier has been quiet for the objective's time."""

    def __init__(self) -> None:
        self._level: Codes = np.zeros(0, np.int8)
        self._until: Ints = np.zeros(0, np.int64)

    def select(self, kept: Ints) -> None:
        """Keeps those promises, in that order; -1 is a new one."""
        self._level, self._until = chosen(self._level, kept), chosen(self._until, kept)

    def resume(self, where: int, level: Level | None, until: int) -> None:
        """A promise that was shown at that level before this process began."""
        self._level[where], self._until[where] = LEVELS.index(level), until

    def shown(self, verdicts: Verdicts, terms: Terms, at: int) -> Codes:
        """The levels to show now. What is Unknown has none and forgets none."""
        known = verdicts.unknown == KNOWN
        rises = known & (verdicts.level >= self._level)
        falls = known & ~rises & (at >= self._until)
        self._level = np.where(rises | falls, verdicts.level, self._level).astype(np.int8)
        self._until = np.where(rises, at + terms.kept, self._until)
        return np.where(known, self._level, 0).astype(np.int8)
