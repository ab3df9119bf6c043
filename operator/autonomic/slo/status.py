"""How an assessment is shown in a contract's status, to the precision that people read."""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from autonomic.domain.budgets import Assessment, Count, TierReading
from autonomic.domain.contracts import Burn, ObjectiveStatus, SLAContractStatus
from autonomic.domain.readings import Unknown


def shown(assessment: Assessment, before: ObjectiveStatus | None) -> ObjectiveStatus:
    """The status of one objective; `since` is kept while the level is."""
    alert = "Unknown" if assessment.unknown else (assessment.level.value if assessment.level else "None")
    same = before is not None and before.alert == alert
    at = assessment.at.replace(microsecond=0)
    return ObjectiveStatus(
        name=assessment.objective,
        sli=_sli(assessment),
        budget_remaining=_remaining(assessment),
        burn_rates=tuple(_burns(assessment)),
        alert=alert,
        since=before.since if same and before else at,
        incident=_incident(assessment, before.incident if before else None, at),
        exactness="Exact" if assessment.exact else "Approximate",
    )


def differs_visibly(old: SLAContractStatus, new: SLAContractStatus) -> bool:
    """Whether a person would see another thing. Burn rates move at every turn and are not reason enough to write."""
    return _visible(old) != _visible(new)


def _visible(status: SLAContractStatus) -> object:
    objectives = [each.model_copy(update={"burn_rates": ()}) for each in status.objectives]
    return (
        status.observed_generation,
        objectives,
        [(each.type, each.status, each.reason, each.message) for each in status.conditions],
    )


def worst(objectives: Iterable[ObjectiveStatus]) -> ObjectiveStatus | None:
    """The objective with the least budget left; one that is Unknown comes before those that are well."""
    return min(objectives, key=_rank, default=None)


def _rank(status: ObjectiveStatus) -> tuple[int, Decimal]:
    severity = ("Exhausted", "Breach", "Unknown", "Warning", "None").index(status.alert)
    left = status.budget_remaining.removesuffix("%")
    return severity, Decimal(left) if left != "Unknown" else Decimal(0)


def percent(ratio: Decimal, step: str = "0.1") -> str:
    """`Decimal("0.98765")` -> `98.7%`. Rounds down, so that nothing looks better than it is."""
    return f"{(ratio * 100).quantize(Decimal(step), ROUND_FLOOR)}%"


def _sli(assessment: Assessment) -> str:
    return "Unknown" if isinstance(assessment.budget, Unknown) else percent(assessment.budget.sli, "0.001")


def _remaining(assessment: Assessment) -> str:
    return "Unknown" if isinstance(assessment.budget, Unknown) else percent(assessment.budget.remaining)


def _burns(assessment: Assessment) -> Iterable[Burn]:
    seen: dict[str, str] = {}
    for tier in assessment.tiers:
        for count in (tier.long, tier.short):
            if isinstance(count, Count):
                seen[count.window] = rate(count.burn_rate(assessment.target))
    return (Burn(window=window, rate=value) for window, value in seen.items())


def rate(burn: Decimal) -> str:
    """A burn rate with one decimal."""
    return str(burn.quantize(Decimal("0.1"), ROUND_HALF_EVEN))


def firing(assessment: Assessment) -> TierReading | None:
    """The tier that speaks for the level, where one fires."""
    return next((tier for tier in assessment.tiers if tier.fires and tier.level == assessment.level), None)


def _incident(assessment: Assessment, ongoing: datetime | None, at: datetime) -> datetime | None:
    """When the incident began. An alert begins it, a calm fast tier ends it, and what is Unknown does not."""
    fastest = assessment.fastest
    calm = isinstance(fastest, Count) and not fastest.burns_faster_than(Decimal(1), assessment.target)
    begins = at if assessment.level is not None else None
    return None if calm else ongoing or begins
