"""From a spend to an account: the limit with what the last window left, the forecast, and what a cheaper model would save."""

from decimal import Decimal

from autonomic.cost.forecast import forecast
from autonomic.cost.prices import price
from autonomic.cost.savings import DAY, downgrade
from autonomic.cost.spend import Spend
from autonomic.domain.accounts import Account
from autonomic.domain.cost import CostBudget
from autonomic.domain.readings import Unknown


def account(budget: CostBudget, spend: Spend | Unknown, last: Decimal | None = None) -> Account | Unknown:
    """The account; `last` is what was spent in the window before, where rollover asks for it and it is known."""
    if isinstance(spend, Unknown):
        return spend
    limit = allowance(budget, last)
    seen, long = forecast(spend, limit), spend.long
    return Account(
        at=spend.at,
        amount=spend.amount,
        limit=limit,
        currency=spend.currency,
        began=spend.whole.began,
        window=long.stretch.range,
        lately=long.amount,
        per_day=long.rate * DAY,
        tasks=long.tasks,
        tokens=long.tokens,
        expected=_expected(budget, spend),
        at_end=seen.at_end,
        exhausts_at=seen.exhausts_at,
        because=seen.because,
        sources=spend.sources,
    )


def allowance(budget: CostBudget, last: Decimal | None) -> Decimal:
    """The limit, and with rollover what the last window left of it, at most the limit once. Unknown leaves nothing."""
    limit = Decimal(budget.spec.limit.amount)
    left = limit - last if budget.spec.rollover and last is not None else Decimal(0)
    return limit + max(Decimal(0), min(limit, left))


def _expected(budget: CostBudget, spend: Spend) -> dict[str, Decimal]:
    """Money a day that each model of the ladder is expected to save, where every price is known."""
    wanted = {each.switch_model.model for rung in budget.spec.ladder for each in rung.actions if each.switch_model}
    return {model: saved for model in sorted(wanted) if (saved := _over_to(model, budget, spend)) is not None}


def _over_to(model: str, budget: CostBudget, spend: Spend) -> Decimal | None:
    """All that dearer models spent lately, at the price of this one; None where a price is not known."""
    day, table, currency = spend.at.date(), budget.spec.prices, spend.currency
    new = price(model, day, table, currency)
    total, saved = sum(spend.lately.get("model", {}).values(), Decimal(0)), Decimal(0)
    if isinstance(new, Unknown) or not total:
        return None
    for name, amount in spend.lately["model"].items():
        old = price(name, day, table, currency)
        if isinstance(old, Unknown):
            return None
        saved += max(Decimal(0), downgrade(spend.long, amount / total, old, new, currency).daily)
    return saved
