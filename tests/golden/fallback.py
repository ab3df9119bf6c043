"""How far the counts are off at a server that extrapolates."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from autonomic.domain.budgets import ErrorBudget
from tests.golden.agreement import distance
from tests.golden.case import Case
from tests.golden.turning import Said

BOUND = Fraction(1, 1000)
"""The most that bad and total may be off, relatively, where nothing happens at the period's edge."""


@dataclass(frozen=True)
class Drift:
    """How far bad and total of an objective or group are off, relatively."""

    key: str
    bad: Fraction
    total: Fraction
    said_approximate: bool
    blind: bool
    """True where something failed and nothing of it is seen."""

    @property
    def worst(self) -> Fraction:
        """The larger of the two."""
        return max(self.bad, self.total)


def drifts(case: Case, said: Said) -> Iterable[Drift]:
    """Of each objective whose figures are known and whose counts are promised."""
    for key, wanted in case.expected.items():
        assessment = said.get(key)
        if wanted.unknown or wanted.shares or assessment is None or not isinstance(assessment.budget, ErrorBudget):
            continue
        count = assessment.budget.count
        off = distance(count.bad, wanted.bad), distance(count.total, wanted.total)
        yield Drift(key, *off, said_approximate=not assessment.exact, blind=count.bad <= 0 < wanted.bad)
