"""Whether a plan saved money: what was spent after the change, held against what the plan recorded before."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from autonomic.cost.money import money
from autonomic.cost.savings import DAY, Saving, measured
from autonomic.cost.spend import Figures
from autonomic.cost.windows import Stretch
from autonomic.domain.readings import Unknown
from autonomic.domain.savings import CostVerification
from autonomic.domain.units import milliseconds

_SMALLEST = Decimal("0.000000001")
"""Less money than this is an error of the division."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Whether it saved enough (None: not known), in words, and how much, as money a day."""

    enough: bool | None
    message: str
    daily: Decimal | None = None


def effect(wanted: CostVerification, after: Figures | Unknown) -> Effect:
    """By the basis of the plan. What is not known is neither a saving nor a failure."""
    if isinstance(after, Unknown):
        return Effect(None, after.message)
    before = _before(wanted, after)
    if wanted.basis in ("Rate", "Workload"):
        saving: Saving | Unknown = _by_rate(before, after, wanted.currency)
    else:
        word = "replica-hour" if wanted.basis == "Replica" else "task"
        saving = measured(before, after, wanted.currency, word)
    if isinstance(saving, Unknown):
        return Effect(None, saving.message)
    as_before = after.rate * DAY + saving.daily
    anything = saving.daily >= _SMALLEST
    enough = anything and saving.daily >= Decimal(wanted.least) * as_before
    words = f"it saves {saving}" if anything else f"it saves nothing: {saving.basis}"
    return Effect(enough, words, saving.daily)


def _by_rate(before: Figures, after: Figures, currency: str) -> Saving:
    then, now = before.rate * DAY, after.rate * DAY
    return Saving(then - now, currency, f"{money(then, currency)} a day before, now {money(now, currency)}")


def _before(wanted: CostVerification, after: Figures) -> Figures:
    ended = after.stretch.began
    stretch = Stretch(ended - timedelta(milliseconds=milliseconds(wanted.over)), ended)
    return Figures(stretch, Decimal(wanted.spent), _count(wanted.tasks), _count(wanted.tokens))


def _count(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
