"""Reads how the budget of one promise was spent: counts of even steps of the present period, up to the last bucket judged."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import numpy as np

from autonomic.cycle.slo.reading import Times
from autonomic.cycle.slo.tallies import Tallies
from autonomic.domain.budgets import Assessment, ErrorBudget
from autonomic.domain.errors import Unavailable
from autonomic.slo.account import BurnDown, Moment
from autonomic.slo.burndown import Part, Terms, burn_down
from autonomic.slo.counting import Plan, milliseconds_of, moment
from autonomic.slo.ledger import Floats
from autonomic.slo.periods import period_start
from autonomic.slo.promises import Promise
from autonomic.slo.verdicts import decimal

STEPS = 60
"""The most steps of a line: as fine as a terminal can show."""


@dataclass(frozen=True)
class Steps:
    """Buckets (numbered from the epoch) from `first`, excluded, to `end` in steps of `length`; a shorter one comes first."""

    first: int
    end: int

    @property
    def length(self) -> int:
        """Buckets of a whole step."""
        return -(-(self.end - self.first) // STEPS)

    @property
    def whole(self) -> int:
        """How many whole steps there are."""
        return (self.end - self.first) // self.length

    @property
    def head(self) -> int:
        """Where the first whole step begins."""
        return self.end - self.whole * self.length

    @property
    def ends(self) -> list[int]:
        """The end of each step."""
        rest = range(self.head + self.length, self.end + 1, self.length)
        return [self.head, *rest] if self.head > self.first else [*rest]


async def burning_down(tallies: Tallies, promise: Promise, seen: Assessment) -> BurnDown | None:
    """The line from the period's start to what was seen; None when that is Unknown. Raises Unavailable for a silent server."""
    if not isinstance(seen.budget, ErrorBudget):
        return None
    steps = _steps(promise, seen.at)
    plan = Plan([part for part, _ in promise.parts] or [promise])
    counts = await _read(tallies, plan, promise, steps)
    if counts is None:
        return None
    weights = [weight for _, weight in promise.parts] or [1]
    parts = [Part(_exactly(counts[0, at]), _exactly(counts[1, at]), weight) for at, weight in enumerate(weights)]
    rolls = promise.schedule.rolling is not None
    terms = Terms(seen.budget, promise.objective.least, rolls=rolls, mixed=bool(promise.parts), exact=seen.exact)
    ends = [moment(each * promise.schedule.bucket) for each in steps.ends]
    line = zip(ends, burn_down(parts, terms), strict=True)
    begins = Moment(at=moment(steps.first * promise.schedule.bucket), remaining=decimal(1))
    moments = (begins, *(Moment(at=at, remaining=left) for at, left in line))
    return BurnDown(shows="Spending" if rolls else "BudgetThen", moments=moments)


def _steps(promise: Promise, at: datetime) -> Steps:
    bucket = promise.schedule.bucket
    end = milliseconds_of(at) // bucket
    if promise.schedule.rolling:
        return Steps(end - promise.schedule.rolling // bucket, end)
    inside = moment(end * bucket - 1)
    return Steps(milliseconds_of(period_start(promise.objective.window, inside)) // bucket, end)


async def _read(tallies: Tallies, plan: Plan, promise: Promise, steps: Steps) -> Floats | None:
    """Counts (2, promises, steps); None where the server answered that it can't say."""
    schedule, times = promise.schedule, Times(steps.head + steps.length, steps.length, steps.whole)
    read = [await tallies.stretches(plan, schedule, times, steps.length)]
    if steps.head > steps.first:
        read.insert(0, await tallies.stretch(plan, schedule, steps.first, steps.head))
    failures = [why for tally in read for why in tally.failures.values()]
    silent = next((why for why in failures if why.reason == "MetricsUnavailable"), None)
    if silent:
        raise Unavailable(silent.message)
    return None if failures else np.concatenate([tally.counts for tally in read], axis=2)


def _exactly(counts: Floats) -> list[Decimal]:
    return [decimal(each) for each in counts]
