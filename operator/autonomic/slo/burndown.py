"""The burn-down of a budget: what was left of it at moments of the present period. Pure.

In a period of the calendar the budget was counted from the period's start on, so what was left then can be told. A rolling
period was another one at each moment: there the line shows how the budget that is counted now was spent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from autonomic.domain.budgets import Count, ErrorBudget


@dataclass(frozen=True)
class Part:
    """What was counted in each step of the period, oldest first. Of an objective that is no composite there is one."""

    bad: Sequence[Decimal]
    total: Sequence[Decimal]
    weight: int = 1


@dataclass(frozen=True)
class Terms:
    """`budget` is the engine's, where the line ends. With fewer events than `least` nothing is known of a moment.

    `mixed` says that the parts are those of a composite; `exact` that events are counted, not extrapolated.
    """

    budget: ErrorBudget
    least: int
    rolls: bool
    mixed: bool
    exact: bool


def burn_down(parts: Sequence[Part], terms: Terms) -> tuple[Decimal | None, ...]:
    """The share of the budget that was left at the end of each step; None where too little was counted to say."""
    sums = [_summed(part, rolls=terms.rolls) for part in parts]
    known = [all(total[at] >= max(terms.least, 1) for _, total in sums) for at in range(len(parts[0].bad))]
    bad, total = _mixed(parts, sums, known) if terms.mixed else sums[0]
    end = terms.budget.count
    bad, total = _ending(bad, end.bad, exact=terms.exact), _ending(total, end.total, exact=terms.exact)
    return tuple(
        ErrorBudget(terms.budget.target, Count("", *pair)).remaining if sure else None
        for sure, *pair in zip(known, bad, total, strict=True)
    )


_Sums = tuple[list[Decimal], list[Decimal]]


def _summed(part: Part, *, rolls: bool) -> _Sums:
    """Bad up to each step's end, and the total that it is held against."""
    total = list(accumulate(part.total))
    return list(accumulate(part.bad)), [total[-1]] * len(total) if rolls else total


def _mixed(parts: Sequence[Part], sums: Sequence[_Sums], known: Sequence[bool]) -> _Sums:
    """As a composite is counted: the weighted mean of ratios as `bad`, the sum of weights as `total`."""
    weights = Decimal(sum(part.weight for part in parts))
    bad = [
        sum((part.weight * bad[at] / total[at] for part, (bad, total) in zip(parts, sums, strict=True)), Decimal(0))
        if sure
        else Decimal(0)
        for at, sure in enumerate(known)
    ]
    return bad, [weights] * len(bad)


def _ending(sums: list[Decimal], end: Decimal, *, exact: bool) -> list[Decimal]:
    """The sums, brought to what the engine counted in the whole period.

    Exact counts that the steps lack were kept since before the server forgot them: they come first. Steps of an
    extrapolation do not add up to that of the whole: each takes its share of the difference.
    """
    lacking = end - sums[-1]
    if exact and lacking > 0:
        return [each + lacking for each in sums]
    if not sums[-1]:
        return [*sums[:-1], end]
    return [*(each * end / sums[-1] for each in sums[:-1]), end]
