"""Looking at one promise over one window at several times: whether a plan helped."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from autonomic.cycle.slo.tallies import Tallies
from autonomic.domain.budgets import Count
from autonomic.domain.readings import Unknown
from autonomic.domain.units import milliseconds
from autonomic.slo.counting import Plan, milliseconds_of
from autonomic.slo.promises import Promise
from autonomic.slo.verdicts import count

Seen = Count | Unknown


async def look(tallies: Tallies, promise: Promise, window: str, times: Sequence[datetime]) -> list[Seen]:
    """The counts of the window that ends at each of these times; Unknown where there was no event. Never raises."""
    if not promise.parts:
        return [await _look(tallies, promise, window, at) for at in times]
    looks = [[await _look(tallies, part, window, at) for part, _ in promise.parts] for at in times]
    return [_mixed(promise, window, parts) for parts in looks]


async def _look(tallies: Tallies, promise: Promise, window: str, at: datetime) -> Seen:
    plan, schedule, end = Plan([promise]), promise.schedule, milliseconds_of(at)
    if schedule.budgeting == "Occurrences":
        tally = await tallies.direct(plan, schedule, milliseconds(window), end)
    else:
        last = end // schedule.bucket
        tally = await tallies.stretch(plan, schedule, last - milliseconds(window) // schedule.bucket, last)
    if tally.failures:
        return tally.failures[0]
    bad, total = tally.counts[:, 0, 0]
    if total <= 0:
        return Unknown("NoData", f"no events were counted in the last {window}")
    return count(window, bad, total)


def _mixed(promise: Promise, window: str, parts: Sequence[Seen]) -> Seen:
    """The weighted mean of the parts' ratios."""
    blind = next((each for each in parts if isinstance(each, Unknown)), None)
    if blind:
        return blind
    weights = [weight for _, weight in promise.parts]
    ratios = [each.bad / each.total for each in parts if isinstance(each, Count)]
    bad = sum((weight * ratio for weight, ratio in zip(weights, ratios, strict=True)), Decimal(0))
    return Count(window, bad, Decimal(sum(weights)))
