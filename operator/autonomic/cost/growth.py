"""Why a rate grew: more tasks, more tokens a task, or a dearer token.

The rate of spend is a product, `R = tasks/s x tokens/task x cost/token`, so its growth splits without a rest by logarithms:
`R1 - R0 = sum over factors x of L(R1, R0) ln(x1/x0)`, where `L(a, b) = (a - b) / ln(a/b)` is the logarithmic mean. That is
the LMDI-I decomposition: B. W. Ang, The LMDI approach to decomposition analysis: a practical guide, Energy Policy 33 (2005).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from autonomic.cost.spend import Figures

NOTABLE = Decimal("1.1")
"""A rate that grew by less than this factor is as it was."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of the rate: by how much it was multiplied, and the part of the rate's change (money a second) it made."""

    name: str
    ratio: Decimal
    part: Decimal


def split(before: Figures, now: Figures) -> tuple[Factor, ...]:
    """The factors of the change, in the order of the product; none where tasks and tokens are unknown or a figure is zero."""
    old, new = dict(_factors(before)), dict(_factors(now))
    if old.keys() != new.keys() or not old or not all((*old.values(), *new.values())):
        return ()
    mean = _logarithmic_mean(now.rate, before.rate)
    return tuple(Factor(name, new[name] / old[name], mean * (new[name] / old[name]).ln()) for name in new)


def why(before: Figures | None, now: Figures) -> str:
    """In words which factor made the rate grow; empty where it did not grow, or where that can not be told."""
    if before is None or not before.rate or now.rate < NOTABLE * before.rate:
        return ""
    factors = split(before, now)
    if not factors:
        return ""
    most = max(factors, key=lambda each: each.part)
    told = ", ".join(f"{each.name} {each.ratio:.2f}x" for each in factors)
    return f"the rate of spend grew {now.rate / before.rate:.2f}x, most by {most.name} ({told})"


def _factors(seen: Figures) -> Iterator[tuple[str, Decimal]]:
    """The known factors; what is not counted is left in the next of them."""
    if seen.tasks is not None:
        yield "tasks", seen.tasks / seen.stretch.seconds
    if seen.tokens is not None:
        yield (
            ("tokens a task", _over(seen.tokens, seen.tasks))
            if seen.tasks is not None
            else (
                "tokens",
                seen.tokens / seen.stretch.seconds,
            )
        )
        yield "cost a token", _over(seen.amount, seen.tokens)
    elif seen.tasks is not None:
        yield "cost a task", _over(seen.amount, seen.tasks)


def _over(amount: Decimal, count: Decimal) -> Decimal:
    return amount / count if count else Decimal(0)


def _logarithmic_mean(one: Decimal, other: Decimal) -> Decimal:
    return one if one == other else (one - other) / (one / other).ln()
