"""Error budgets and burn rates, in exact decimals.

`burn = error ratio / (1 - target)` and `remaining = 1 - bad / ((1 - target) x total)`: Google's SRE workbook, chapter 5.
Comparisons are cross-multiplied, so equality is equality and nothing is lost to rounding.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from autonomic.domain.readings import Unknown
from autonomic.domain.units import milliseconds
from autonomic.domain.words import Level


@dataclass(frozen=True, slots=True)
class Count:
    """Events in a window: `bad` of `total`, both counts, bad <= total in sound data."""

    window: str
    bad: Decimal
    total: Decimal

    def burns_faster_than(self, factor: Decimal, target: Decimal) -> bool:
        """Strictly: error ratio > factor x (1 - target). `target` is a ratio, such as 0.995."""
        return self.bad > factor * (1 - target) * self.total

    def burn_rate(self, target: Decimal) -> Decimal:
        """Error ratio over allowed ratio; 0 when there were no events."""
        return self.bad / ((1 - target) * self.total) if self.total else Decimal(0)


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """What may still fail in the period. `target` is a ratio."""

    target: Decimal
    count: Count

    @property
    def remaining(self) -> Decimal:
        """Share of the budget left: 1 is untouched, 0 is spent, negative is overspent."""
        return 1 - self.count.burn_rate(self.target)

    @property
    def exhausted(self) -> bool:
        """True when nothing of the period's budget remains."""
        return self.count.total > 0 and self.count.bad >= (1 - self.target) * self.count.total

    @property
    def sli(self) -> Decimal:
        """Share of good events; 1 when there were none."""
        return 1 - self.count.bad / self.count.total if self.count.total else Decimal(1)


@dataclass(frozen=True, slots=True)
class TierReading:
    """One alert tier: the length of its long and short window, their counts, and whether it fires (None: not known)."""

    level: Level
    factor: Decimal
    windows: tuple[str, str]
    long: Count | Unknown
    short: Count | Unknown
    fires: bool | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one turn knows of one objective."""

    contract: str
    objective: str
    at: datetime
    target: Decimal
    budget: ErrorBudget | Unknown
    tiers: tuple[TierReading, ...]
    level: Level | None
    exact: bool
    group: tuple[tuple[str, str], ...] = ()
    history: timedelta | None = None
    """How much history there is, where it is less than the period."""
    sources: tuple[str, str] | None = None
    """PromQL of bad (or good) and total events in `$window`; None of a composite."""
    exhausts_at: datetime | None = None
    """When nothing is left at the present rate, where that is less than a period away."""

    @property
    def unknown(self) -> Unknown | None:
        """Why the objective can't be judged, where it can't."""
        return self.budget if isinstance(self.budget, Unknown) else None

    @property
    def shortest(self) -> Count | Unknown:
        """The count over the shortest alert window: what happens right now. No other window stands in for it."""
        return min(self.tiers, key=lambda tier: milliseconds(tier.windows[1])).short

    @property
    def fastest(self) -> Count | Unknown:
        """The count over the long window of the tier that sees trouble first."""
        return min(self.tiers, key=lambda tier: milliseconds(tier.windows[0])).long
