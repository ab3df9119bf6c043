"""The account of a contract: what was promised, what was counted, how the budget was spent, as it is shown to people."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from autonomic.domain.budgets import Assessment, Count, ErrorBudget, TierReading
from autonomic.domain.contracts import GroupStatus, ObjectiveStatus, Reading, SLAContract
from autonomic.domain.meta import Condition
from autonomic.domain.model import Model
from autonomic.domain.objectives import Objective
from autonomic.domain.readings import Unknown
from autonomic.slo.status import group_name


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


Exactly = Annotated[Decimal, PlainSerializer(_plain, return_type=str)]
"""A number that is not rounded, written as a decimal string."""


class Why(Model):
    """Why nothing is known."""

    reason: str = Field(description="One word, such as TooFewEvents.")
    message: str = Field(description="A sentence.")


class Counted(Model):
    """What was counted in the present period."""

    bad: Exactly = Field(description="Bad events, or slices; of a composite, the weighted sum of error ratios.")
    total: Exactly = Field(description="All events, or slices; of a composite, the sum of weights.")
    allowed: Exactly = Field(description="How many may be bad: (100 - target) percent of total.")


class TierAccount(Model):
    """One alert tier."""

    level: Literal["Warning", "Breach"] = Field(description="What it means when it fires.")
    factor: str = Field(description="Burn rate that both windows must exceed.")
    long: str = Field(description="The long window.")
    short: str = Field(description="The short window.")
    long_burn: Exactly | None = Field(description="Burn rate over the long window; null when it is not known.")
    short_burn: Exactly | None = Field(description="Burn rate over the short window; null when it is not known.")
    firing: bool | None = Field(description="Whether it fires; null when that is not known.")
    unknown: Why | None = Field(description="Why a burn rate is not known.")


class Moment(Model):
    """The budget at one moment."""

    at: datetime = Field(description="The moment.")
    remaining: Exactly | None = Field(description="Share of the budget left; null when too little was counted to say.")


class BurnDown(Model):
    """How the budget of the present period was spent, at even distances up to the moment of evaluation."""

    shows: Literal["BudgetThen", "Spending"] = Field(
        description="BudgetThen: what was left at each moment, in a period of the calendar. Spending: how the budget that"
        " is counted now was spent, in a rolling period."
    )
    moments: tuple[Moment, ...] = Field(description="Oldest first; the last is the budget that is left now.")


class ObjectiveAccount(Reading):
    """One objective; of one with groupBy, its worst group."""

    name: str = Field(description="Name of the objective.")
    target: str = Field(description='Promised share of good events in percent, such as "99.5".')
    period: str = Field(description="The period: 28d, or Month.")
    period_start: datetime = Field(description="When the present period began.")
    period_end: datetime = Field(description="When it ends; of a rolling period, the moment of evaluation.")
    time_zone: str = Field(description="The zone of the calendar's period; UTC of a rolling one.")
    exactness: Literal["Exact", "Approximate"] = Field(description="Exact: equals the count of recorded events.")
    group: str = Field(description="The group that the figures are of, such as tenant=acme; empty without groupBy.")
    groups: tuple[GroupStatus, ...] = Field(description="Every group of an objective with groupBy.")
    unknown: Why | None = Field(description="Why the objective can not be judged, where it can not.")
    counted: Counted | None = Field(description="What was counted in the period; null when nothing is known.")
    tiers: tuple[TierAccount, ...] = Field(description="Every alert tier, fastest burn first.")
    burn_down: BurnDown | None = Field(description="How the budget was spent; null when nothing is known.")


class ContractAccount(Model):
    """One contract, with everything that its figures rest on."""

    contract: str = Field(description="Name of the SLAContract.")
    namespace: str = Field(description="Its namespace.")
    tier: str = Field(description="How much the workload matters: Gold, Silver or Bronze.")
    target: str = Field(description="The workload, such as Deployment/agent.")
    evaluated_at: datetime | None = Field(description="The moment that the figures speak of; null without any.")
    conditions: tuple[Condition, ...] = Field(description="Conditions of the contract.")
    objectives: tuple[ObjectiveAccount, ...] = Field(description="Every objective.")


def speaker(status: ObjectiveStatus, seen: Sequence[Assessment]) -> Assessment | None:
    """Of several groups the one whose figures the objective's status shows."""
    shown = [each.group for each in status.groups if _figures(each) == _figures(status)]
    return next((each for each in seen if group_name(each) in shown), next(iter(seen), None))


def _figures(reading: Reading) -> tuple[str, str, str]:
    return reading.alert, reading.budget_remaining, reading.sli


def objective_account(
    objective: Objective,
    status: ObjectiveStatus,
    seen: Assessment | None,
    period: tuple[datetime, datetime],
    line: BurnDown | None,
    *,
    why_not: Why,
) -> ObjectiveAccount:
    """The account of one objective; `why_not` says why there is none where nothing was seen."""
    calendar = objective.window.calendar
    return ObjectiveAccount(
        **{name: getattr(status, name) for name in Reading.model_fields},
        name=objective.name,
        target=objective.target,
        period=calendar.unit if calendar else str(objective.window.rolling),
        period_start=period[0],
        period_end=period[1],
        time_zone=calendar.time_zone if calendar else "UTC",
        exactness=status.exactness,
        group=group_name(seen) if seen else "",
        groups=status.groups,
        unknown=_why(seen.unknown) if seen else why_not,
        counted=_counted(seen.budget) if seen else None,
        tiers=tuple(_tier(each, seen.target) for each in seen.tiers) if seen else (),
        burn_down=line,
    )


def contract_account(
    contract: SLAContract,
    at: datetime | None,
    conditions: tuple[Condition, ...],
    objectives: tuple[ObjectiveAccount, ...],
) -> ContractAccount:
    """The account of the whole."""
    meta, about = contract.metadata, contract.spec.target_ref
    return ContractAccount(
        contract=meta.name,
        namespace=meta.namespace or "",
        tier=contract.spec.tier,
        target=f"{about.kind}/{about.name}",
        evaluated_at=at,
        conditions=conditions,
        objectives=objectives,
    )


def _why(unknown: Unknown | None) -> Why | None:
    return Why(reason=unknown.reason, message=unknown.message) if unknown else None


def _counted(budget: ErrorBudget | Unknown) -> Counted | None:
    if isinstance(budget, Unknown):
        return None
    count = budget.count
    return Counted(bad=count.bad, total=count.total, allowed=(1 - budget.target) * count.total)


def _tier(tier: TierReading, target: Decimal) -> TierAccount:
    burns = [each.burn_rate(target) if isinstance(each, Count) else None for each in (tier.long, tier.short)]
    blind = next((each for each in (tier.long, tier.short) if isinstance(each, Unknown)), None)
    return TierAccount(
        level=tier.level.value,
        factor=_plain(tier.factor),
        long=tier.windows[0],
        short=tier.windows[1],
        long_burn=burns[0],
        short_burn=burns[1],
        firing=tier.fires,
        unknown=_why(blind),
    )
