"""The cost report: budgets as they stand, and what their plans were to save, and saved."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import Field

from autonomic.cost.money import money
from autonomic.domain.cost import CostBudget
from autonomic.domain.meta import condition
from autonomic.domain.model import Model
from autonomic.domain.naming import outcome
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.savings import BudgetTrigger
from autonomic.domain.words import Truth

_SECOND = timedelta(seconds=1)
_DAY = 86_400


class Savings(Model):
    """Plans, and the money a day that they save together."""

    plans: int = Field(description="How many plans.")
    daily: str = Field(description="Money a day, such as 12.50 USD; empty where none of them can say.")
    unknown: int = Field(description="How many of them can not say how much.")


class BudgetLine(Model):
    """One budget."""

    namespace: str = Field(description="Its namespace.")
    budget: str = Field(description="Name of the CostBudget.")
    level: str = Field(description="The rung that it stands on: Normal, Constrained, Downgrade or Throttle.")
    limit: str = Field(description="The limit, such as 100.00 USD.")
    per: str = Field(description="Length of the window: 1h, 1d, 1w or 1mo.")
    spent: str = Field(description="Share of the limit that is spent, such as 92%; Unknown without data.")
    amount: str = Field(description="The money spent in the window; empty without data.")
    remaining: str = Field(description="The money left in the window; empty without data.")
    forecast: str = Field(description="What will have been spent at the end of the window; empty without data.")
    exhausts_at: datetime | None = Field(description="When nothing is left; null where the money lasts.")
    because: str = Field(description="What made the spend grow, where something did.")
    problem: str = Field(
        description="Why the spend is not known, or what is wrong with the budget; empty where all is well."
    )
    proposed: Savings = Field(description="Plans that wait for an answer or for their turn.")
    taken: Savings = Field(description="Plans whose change stands now, by what was expected of them.")
    realised: Savings = Field(description="The same, by what was measured.")
    saved: str = Field(
        description=(
            "Money saved so far by all plans that are still kept, given back or not: each by what was measured, for as long as"
            " its change stood; empty where nothing was measured."
        )
    )


class CostReport(Model):
    """Budgets by namespace and name. Figures are as of the operator's last word, to the point where it moved visibly."""

    items: tuple[BudgetLine, ...] = Field(description="Every budget that was asked for.")
    total: int = Field(description="How many there are.")


def report(budgets: Iterable[CostBudget], plans: Iterable[AdaptationPlan], now: datetime) -> CostReport:
    """The report as of now."""
    mine: dict[tuple[str | None, str], list[AdaptationPlan]] = {}
    for plan in plans:
        if plan.spec.trigger.budget:
            mine.setdefault((plan.metadata.namespace, plan.spec.trigger.budget.budget), []).append(plan)
    ordered = sorted(budgets, key=lambda each: (each.metadata.namespace or "", each.metadata.name))
    lines = (_line(each, mine.get((each.metadata.namespace, each.metadata.name), []), now) for each in ordered)
    return CostReport(items=tuple(lines), total=len(ordered))


def _line(budget: CostBudget, plans: list[AdaptationPlan], now: datetime) -> BudgetLine:
    limit, status = budget.spec.limit, budget.status
    standing = list(_standing(plans))
    return BudgetLine(
        namespace=budget.metadata.namespace or "",
        budget=budget.metadata.name,
        level=status.level.value,
        limit=money(Decimal(limit.amount), limit.currency),
        per=limit.per,
        spent=status.spent,
        amount=status.amount,
        remaining=status.remaining,
        forecast=status.forecast,
        exhausts_at=status.exhausts_at,
        because=status.because,
        problem=_problem(budget),
        proposed=_savings([each for each in plans if _waits(each)], _expected, limit.currency),
        taken=_savings(standing, _expected, limit.currency),
        realised=_savings(standing, _measured, limit.currency),
        saved=_so_far(plans, limit.currency, now),
    )


def _problem(budget: CostBudget) -> str:
    told = [condition(budget.status.conditions, name) for name in ("Ready", "SpendKnown")]
    bad = next((each for each in told if each and each.status != Truth.TRUE), None)
    if bad is None:
        return "" if all(told) else "the operator has not looked at it yet"
    return f"{bad.reason}: {bad.message}" if bad.message else bad.reason


def _asked(plan: AdaptationPlan) -> BudgetTrigger:
    assert plan.spec.trigger.budget is not None  # noqa: S101 - `report` chose it for that
    return plan.spec.trigger.budget


def _waits(plan: AdaptationPlan) -> bool:
    """Not begun, not over, and no plan that gives something back."""
    return outcome(plan) is None and plan.status.execution is None and _asked(plan).gives_back is None


def _standing(plans: list[AdaptationPlan]) -> Iterator[AdaptationPlan]:
    """Plans whose change is there and was not given back."""
    back = {_asked(each).gives_back for each in plans if outcome(each) == "Succeeded"}
    for each in plans:
        begun = each.status.execution is not None and outcome(each) in (None, "Succeeded")
        if begun and _asked(each).gives_back is None and each.metadata.name not in back:
            yield each


def _so_far(plans: list[AdaptationPlan], currency: str, now: datetime) -> str:
    ended = {_asked(each).gives_back: _end(each) for each in plans if outcome(each) == "Succeeded"}
    known = [
        _sum(plan, ended.get(plan.metadata.name) or now)
        for plan in plans
        if outcome(plan) == "Succeeded" and _asked(plan).gives_back is None and _measured(plan) is not None
    ]
    return money(sum(known, Decimal(0)), currency) if known else ""


def _sum(plan: AdaptationPlan, until: datetime) -> Decimal:
    """From when the change was made."""
    seen = plan.status.verification
    assert seen is not None and seen.saved is not None  # noqa: S101 - `_so_far` chose it for that
    return Decimal(seen.saved) * (max(timedelta(), until - seen.started_at) // _SECOND) / _DAY


def _end(plan: AdaptationPlan) -> datetime | None:
    over = condition(plan.status.conditions, "Finished")
    return over.last_transition_time if over else None


def _expected(plan: AdaptationPlan) -> str | None:
    cost = plan.spec.verification.cost
    return cost.expected if cost else _asked(plan).saves


def _measured(plan: AdaptationPlan) -> str | None:
    return plan.status.verification.saved if plan.status.verification else None


def _savings(plans: list[AdaptationPlan], of: Callable[[AdaptationPlan], str | None], currency: str) -> Savings:
    known = [Decimal(amount) for amount in map(of, plans) if amount is not None]
    daily = money(sum(known, Decimal(0)), currency) if known else ""
    return Savings(plans=len(plans), daily=daily, unknown=len(plans) - len(known))
