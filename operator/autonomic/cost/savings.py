"""What a step is expected to save, and what it saved: money a day, always at the traffic of now.

A saving that only came of less work is none: before and after are compared by the cost of a task, times the tasks after.
"""

from dataclasses import dataclass
from decimal import Decimal

from autonomic.cost.money import money
from autonomic.cost.prices import Price
from autonomic.cost.spend import Figures
from autonomic.domain.readings import Unknown

DAY = Decimal(86_400)


@dataclass(frozen=True, slots=True)
class Saving:
    """Money a day; negative where it costs more. `basis` says how it was reckoned."""

    daily: Decimal
    currency: str
    basis: str

    def __str__(self) -> str:
        """`12.50 USD a day (...)`."""
        return f"{money(self.daily, self.currency)} a day ({self.basis})"


def downgrade(spend: Figures, share: Decimal, old: Price, new: Price, currency: str) -> Saving:
    """Expected of sending what the old model answers to the new one; `share` of the spend is the old model's (0 to 1).

    The mix of input and output is not known beforehand, so the direction that saves less counts for both.
    """
    ratio = max(_ratio(new.input, old.input), _ratio(new.output, old.output))
    daily = spend.rate * DAY * share * (1 - ratio)
    return Saving(daily, currency, f"{share:.0%} of the spend at {ratio:.2f} of the price")


def measured(before: Figures, after: Figures, currency: str, task: str = "task") -> Saving | Unknown:
    """What was saved at the traffic after: by the cost of a task, or of a token where nothing counts tasks.

    `task` is the word for what is counted as tasks.
    """
    for name, old, new in ((task, before.tasks, after.tasks), ("token", before.tokens, after.tokens)):
        if old is None or new is None:
            continue
        if not old or not new:
            return Unknown(
                "NoTraffic", f"no {name} was counted before or after the change: there is nothing to compare"
            )
        then, now = before.amount / old, after.amount / new
        daily = (then - now) * new / after.stretch.seconds * DAY
        return Saving(daily, currency, f"a {name} cost {money(then, currency)}, now {money(now, currency)}")
    return Unknown(
        "TrafficUnknown", "nothing counts tasks or tokens: name a counter in spend.tasks, or less work looks cheap"
    )


def _ratio(new: Decimal, old: Decimal) -> Decimal:
    return new / old if old else Decimal(1)
