"""Where what is said differs from what a hand worked out: exactly for the oracle, to 1e-9 for the engine."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import floor

from autonomic.domain.budgets import Assessment, Count, ErrorBudget
from autonomic.slo.status import reading
from tests.golden.case import Case, Figures
from tests.oracle.durations import seconds
from tests.oracle.judging import Judgement

CLOSE = Fraction(1, 10**9)
"""How far a figure of the engine may be from the exact one: absolutely, and relatively above 1."""

Pairs = dict[str, tuple[object, object]]


def oracle_differences(judged: Judgement, wanted: Figures) -> list[str]:
    """What the oracle says otherwise; nothing where hand and oracle agree."""
    if judged.unknown or wanted.unknown:
        return _unequal({"unknown": (judged.unknown, wanted.unknown)})
    pairs: Pairs = {
        "remaining": (judged.remaining, wanted.remaining),
        "SLI": (1 - judged.tally.ratio, wanted.sli),
        "level": (judged.level, wanted.level),
        "young": (judged.young, wanted.young),
    }
    if not wanted.shares:
        pairs |= {"bad": (judged.tally.bad, wanted.bad), "total": (judged.tally.total, wanted.total)}
    pairs |= {f"burn {each}": (judged.burns[seconds(each)], rate) for each, rate in wanted.burns.items()}
    pairs |= {f"fires {each}": (judged.fires[seconds(each)], fires) for each, fires in wanted.fires.items()}
    return _unequal(pairs)


def engine_differences(case: Case, said: Assessment | None, wanted: Figures) -> list[str]:
    """What the engine says otherwise; nothing where it agrees."""
    if said is None:
        return ["the engine says nothing of it"]
    pairs: Pairs = {"at": (said.at, case.at), "words": (_words(said), words(wanted))}
    if wanted.unknown or not isinstance(said.budget, ErrorBudget):
        pairs["unknown"] = (said.unknown and said.unknown.reason, wanted.unknown)
        return _unequal(pairs | {"level": (said.level, None)})
    pairs |= {
        "level": (said.level, wanted.level),
        "young": (said.history is not None, wanted.young),
        "exact": (said.exact, not case.approximate),
    }
    fires = {seconds(tier.windows[0]): tier.fires for tier in said.tiers}
    pairs |= {f"fires {each}": (fires[seconds(each)], fired) for each, fired in wanted.fires.items()}
    return [*_unequal(pairs), *_far(numbers(said, said.budget, wanted))]


def words(wanted: Figures) -> tuple[str, str, str]:
    """SLI, budget and alert as a contract's status shows them: rounded down, so that nothing looks better than it is."""
    if wanted.unknown:
        return "Unknown", "Unknown", "Unknown"
    sli, left = floor(wanted.sli * 100_000), floor(wanted.remaining * 1000)
    return f"{Decimal(sli) / 1000:.3f}%", f"{Decimal(left) / 10:.1f}%", wanted.level or "None"


def _words(said: Assessment) -> tuple[str, str, str]:
    status = reading(said, None)
    return status.sli, status.budget_remaining, status.alert


def numbers(said: Assessment, budget: ErrorBudget, wanted: Figures) -> Pairs:
    """What the engine says and what is right, of everything that is a number."""
    pairs: Pairs = {"remaining": (budget.remaining, wanted.remaining), "SLI": (budget.sli, wanted.sli)}
    if not wanted.shares:
        pairs |= {"bad": (budget.count.bad, wanted.bad), "total": (budget.count.total, wanted.total)}
    burns = dict(_burns(said))
    return pairs | {f"burn {each}": (burns.get(seconds(each)), rate) for each, rate in wanted.burns.items()}


def _burns(said: Assessment) -> Iterable[tuple[int, Decimal]]:
    for tier in said.tiers:
        for count in (tier.long, tier.short):
            if isinstance(count, Count):
                yield seconds(count.window), count.burn_rate(said.target)


def _unequal(pairs: Pairs) -> list[str]:
    return [f"{name}: {got}, not {right}" for name, (got, right) in pairs.items() if got != right]


def _far(pairs: Pairs) -> list[str]:
    return [f"{name}: {got}, not {right}" for name, (got, right) in pairs.items() if not _close(got, right)]


def _close(got: object, right: object) -> bool:
    if not isinstance(got, Decimal) or not isinstance(right, Fraction):
        return got == right
    return abs(Fraction(got) - right) <= CLOSE * max(Fraction(1), abs(right))


def distance(got: Decimal, right: Fraction) -> Fraction:
    """How far a figure is from the exact one, relatively; absolutely below 1."""
    return abs(Fraction(got) - right) / max(Fraction(1), abs(right))
