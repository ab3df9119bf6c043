"""What is known of one CostBudget's spend at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """The money spent in the budget's window, its limit, and how fast it goes. Amounts in `currency`, never negative."""

    at: datetime
    amount: Decimal
    limit: Decimal
    currency: str
    began: datetime
    """When the window began."""
    window: str
    """The window of the three figures after it: 1h."""
    lately: Decimal
    """Money spent in it."""
    per_day: Decimal
    """The same as money a day."""
    tasks: Decimal | None = None
    """Tasks done in it, where something counts them."""
    tokens: Decimal | None = None
    """Tokens used in it, where something counts them."""
    expected: Mapping[str, Decimal] = field(default_factory=dict)
    """Money a day that going over to a model is expected to save, by the model; only where prices are known."""
    at_end: Decimal | None = None
    """What will have been spent at the end of the window; None without a forecast."""
    exhausts_at: datetime | None = None
    """When nothing is left, where two windows agree that it is within the window."""
    because: str = ""
    """What made the spend grow, in words."""
    sources: tuple[tuple[str, str], ...] = ()
    """Queries behind the figures, and what they come to."""

    @property
    def share(self) -> Decimal:
        """Share of the limit that is spent: 1 is all."""
        return self.amount / self.limit
