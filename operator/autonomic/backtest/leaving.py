"""The far end of a long period: counted in quarters of an hour, and bucket by bucket where a verdict hangs on it.

What leaves a period minute by minute is needed to say at which minute a budget is spent, or has too few events. Mostly both
are far from it, whatever happened in which minute of a quarter; then the quarter's sum is enough.
"""

from collections.abc import Iterator

import numpy as np

from autonomic.backtest.shares import Share
from autonomic.backtest.tape import Tape
from autonomic.cycle.slo.reading import Times
from autonomic.cycle.slo.tallies import Tallies, Tally
from autonomic.slo.counting import Plan
from autonomic.slo.ledger import Flags, Floats, Ints

QUARTER = 900_000
"""Milliseconds."""
_LEAST = 96
"""Fewer quarters than a day's are not worth it."""
_NEAR = 1e-9


def quarters(tape: Tape) -> int:
    """How many quarters from the tape's first bucket on may be counted as a whole; 0 where every bucket is needed."""
    schedule, span = tape.schedule, tape.span
    if schedule.budgeting != "Occurrences" or not schedule.rolling or schedule.maintenance:
        return 0
    if schedule.bucket >= QUARTER or QUARTER % schedule.bucket or any(each.parts for each in tape.promises):
        return 0
    alerting = span.first - max(schedule.windows) // schedule.bucket + 1
    found = (alerting - span.origin) // length(tape)
    return found if found >= _LEAST else 0


def length(tape: Tape) -> int:
    """Buckets of a quarter."""
    return QUARTER // tape.bucket


async def read(tape: Tape, share: Share, tallies: Tallies, first: int, number: int) -> Tally:
    """Counts that many quarters from the `first` on, and spreads each evenly over its buckets."""
    long, where = length(tape), share.where
    times = Times(tape.span.origin - 1 + (first + 1) * long, long, number)
    tally = await tallies.stretches(share.plan, tape.schedule, times, long)
    start, end = first * long, (first + number) * long
    base = tape.sums[:, where, start : start + 1]
    summed = np.cumsum(np.repeat(tally.counts / long, long, axis=2), axis=2)
    summed += base
    summed[:, :, long - 1 :: long] = base + np.cumsum(tally.counts, axis=2)
    tape.sums[:, where, start + 1 : end + 1] = summed
    return tally


async def refine(tape: Tape, tallies: Tallies, number: int) -> dict[int, Tally]:
    """Counts the buckets of those quarters that a verdict hangs on; what could not be read, by the promise."""
    failed = {}
    for at, found in _decisive(tape, number):
        long = length(tape)
        first, many = int(found[0]) * long, int(found[-1] - found[0] + 1) * long
        plan = Plan([tape.promises[at]])
        tally = await tallies.buckets(plan, tape.schedule, tape.span.origin + first, many)
        if tally.failures:
            failed[at] = tally
            continue
        inside = slice(first + 1, first + many)
        tape.sums[:, at, inside] = tape.sums[:, at, first : first + 1] + np.cumsum(tally.counts[:, 0, :-1], axis=1)
    return failed


def _decisive(tape: Tape, number: int) -> Iterator[tuple[int, Ints]]:
    """(promise, quarters) where it matters when in the quarter its events leave the period."""
    span, long = tape.span, length(tape)
    rolling = (tape.schedule.rolling or 0) // tape.bucket
    stops = np.arange(span.first, span.end + 1) - span.origin + 1
    starts = stops - rolling
    inside = (starts < number * long) & (starts % long > 0)
    stops, starts = stops[inside], starts[inside]
    for at in range(len(tape.promises)):
        found = np.unique(starts[_hangs(tape, at, stops, starts)] // long)
        if len(found):
            yield at, found


def _hangs(tape: Tape, at: int, stops: Ints, starts: Ints) -> Flags:
    """Whether the budget is spent, or too little was counted, only if events left early in their quarter, or late."""
    long, sums = length(tape), tape.sums[:, at]
    objective = tape.promises[at].objective
    most = sums[:, stops] - sums[:, starts // long * long]
    least = sums[:, stops] - sums[:, -(-starts // long) * long]
    allowed = float(1 - objective.ratio_target)
    maybe, surely = _spent(most[0], allowed * least[1]), _spent(least[0], allowed * most[1], -_NEAR)
    few: Flags = (least[1] < objective.least) != (most[1] < objective.least)
    return few | (maybe & ~surely)


def _spent(bad: Floats, limit: Floats, near: float = _NEAR) -> Flags:
    spent: Flags = bad >= limit * (1 - near)
    return spent
