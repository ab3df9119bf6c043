"""What a budget's status says, and which facts are told when that changes."""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation

from autonomic.cost.money import money
from autonomic.domain.accounts import Account
from autonomic.domain.cost import CostBudget, CostBudgetStatus
from autonomic.domain.crowding import TOO_MANY
from autonomic.domain.findings import Fact, Report
from autonomic.domain.meta import condition, conditions
from autonomic.domain.readings import Unknown
from autonomic.domain.spending import Rungs
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.loops.cost_awake import AWAKE, NOT_WOKEN, awake
from autonomic.loops.cost_standing import Standing

_NOTABLE = Decimal(5)
"""Percentage points by which the share that is spent must have moved before it alone is written."""

Wanted = tuple[str, Truth, str, str]


def report(standing: Standing, view: View) -> Report:
    """The budget's status as of now. Figures that are not known any more are not shown as if they were."""
    budget, account = standing.budget, standing.account
    before, now = budget.status, view.now.replace(microsecond=0)
    after = CostBudgetStatus(
        observed_generation=budget.metadata.generation,
        level=standing.level,
        own=standing.own,
        pressed_by=standing.pressed_by,
        since=before.since if before.level is standing.level and before.since else now,
        incident=incident(standing, now),
        conditions=conditions(
            before.conditions, (*_wanted(standing), *awake(budget, view)), budget.metadata.generation, now
        ),
        **(_figures(account) if isinstance(account, Account) else {}),
    )
    return Report(budget.ref, after, tuple(_news(standing, after)))


def incident(standing: Standing, now: datetime) -> datetime | None:
    """When the pressure began that goes on; it ends where nothing presses any more."""
    if standing.level is Rungs.NORMAL:
        return None
    return standing.budget.status.incident or now.replace(microsecond=0)


def percent(share: Decimal) -> str:
    """`93%`, rounded up: nothing looks cheaper than it is."""
    return f"{(share * 100).quantize(Decimal(1), ROUND_CEILING)}%"


def differs_visibly(old: CostBudgetStatus, new: CostBudgetStatus) -> bool:
    """Whether a person would see another thing. Money that merely moves on is not reason enough to write."""
    return _visible(old) != _visible(new) or _moved(old.spent, new.spent)


def _visible(status: CostBudgetStatus) -> object:
    return (
        status.observed_generation,
        status.level,
        status.own,
        status.pressed_by,
        status.incident,
        status.exhausts_at is None,
        [(each.type, each.status, each.reason, each.message) for each in status.conditions],
    )


def _moved(old: str, new: str) -> bool:
    try:
        return abs(Decimal(old.removesuffix("%")) - Decimal(new.removesuffix("%"))) >= _NOTABLE
    except InvalidOperation:
        return old != new


def _figures(account: Account) -> dict[str, object]:
    left = (account.limit - account.amount).quantize(Decimal("0.01"), ROUND_FLOOR)
    at_end = account.at_end
    return {
        "spent": percent(account.share),
        "amount": money(account.amount, account.currency),
        "remaining": money(left, account.currency),
        "exhausts_at": account.exhausts_at.replace(microsecond=0) if account.exhausts_at else None,
        "forecast": "" if at_end is None else money(at_end, account.currency),
        "because": account.because[:1024],
    }


def _wanted(standing: Standing) -> tuple[Wanted, Wanted]:
    account, fault = standing.account, standing.fault
    known: Wanted = ("SpendKnown", Truth.TRUE, "Known", "")
    if isinstance(account, Unknown):
        known = (
            "SpendKnown",
            Truth.UNKNOWN,
            account.reason,
            f"{account.message}; nothing is done until it is known"[:1024],
        )
    ready: Wanted = ("Ready", Truth.TRUE, "Watched", "")
    if fault:
        ready = ("Ready", Truth.FALSE, fault[0], fault[1])
    elif isinstance(account, Unknown) and account.reason in ("NamespaceNotEnabled", "InvalidSpend", TOO_MANY):
        ready = ("Ready", Truth.FALSE, account.reason, account.message[:1024])
    return known, ready


def _news(standing: Standing, after: CostBudgetStatus) -> Iterable[Fact]:
    budget, before = standing.budget, standing.budget.status
    if before.level is not after.level:
        fields = {"level": after.level.value, "before": before.level.value, "spent": after.spent}
        yield Fact(
            "CostLevelChanged",
            budget.ref,
            _change(budget, after),
            warning=after.level.height > before.level.height,
            fields=fields,
        )
    old, new = condition(before.conditions, "SpendKnown"), condition(after.conditions, "SpendKnown")
    assert new is not None  # noqa: S101 - it is always set
    if (old.status if old else Truth.TRUE) is not new.status:
        name = "CostSpendKnown" if new.status is Truth.TRUE else "CostSpendUnknown"
        yield Fact(name, budget.ref, new.message or "the spend is known again", warning=new.status is not Truth.TRUE)
    yield from _slept(budget, after)


def _slept(budget: CostBudget, after: CostBudgetStatus) -> Iterable[Fact]:
    """Told once for each plan that did not bring it back."""
    old, new = condition(budget.status.conditions, AWAKE), condition(after.conditions, AWAKE)
    if new and new.reason == NOT_WOKEN and (old is None or old.message != new.message):
        yield Fact("CostIdleNotWoken", budget.ref, new.message, warning=True)


def _change(budget: CostBudget, after: CostBudgetStatus) -> str:
    limit = budget.spec.limit
    spent = (
        f"{after.spent} of {limit.amount} {limit.currency} in {limit.per}" if after.amount else "the spend is Unknown"
    )
    by = f", pressed by {after.pressed_by}" if after.pressed_by else ""
    until = f", and all of it by {after.exhausts_at:%Y-%m-%d %H:%M} UTC" if after.exhausts_at else ""
    why = f": {after.because}" if after.because else ""
    return f"{budget.status.level} -> {after.level}: spent is {spent}{until}{by}{why}"[:1024]
