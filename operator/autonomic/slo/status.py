"""How assessments are shown in a contract's status, to the precision that people read."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from autonomic.domain.budgets import Assessment, Count, TierReading
from autonomic.domain.contracts import AlertWord, Burn, GroupStatus, ObjectiveStatus, Reading, SLAContractStatus
from autonomic.domain.objectives import Objective
from autonomic.domain.readings import Unknown

_DAY = timedelta(days=1)


def shown(objective: Objective, seen: Sequence[Assessment], before: ObjectiveStatus | None) -> ObjectiveStatus:
    """The status of one objective; `since` is kept while the level is. Of several groups the worst speaks for all."""
    old: dict[str, Reading] = {each.group: each for each in before.groups} if before else {}
    if not objective.group_by:
        return _objective(objective, seen, reading(seen[0], before), ())
    groups = tuple(
        GroupStatus(group=group_name(each), **dict(reading(each, old.get(group_name(each))))) for each in seen
    )
    top = min(groups, key=_rank, default=None)
    if top is None:
        return _objective(objective, seen, Reading(sli="Unknown", budget_remaining="Unknown", alert="Unknown"), ())
    return _objective(objective, seen, top, groups)


def group_name(assessment: Assessment) -> str:
    """`tenant=acme,region=eu`; empty without groupBy."""
    return ",".join(f"{label}={value}" for label, value in assessment.group)


def _objective(
    objective: Objective, seen: Sequence[Assessment], said: Reading, groups: tuple[GroupStatus, ...]
) -> ObjectiveStatus:
    figures = {name: getattr(said, name) for name in Reading.model_fields}
    exactness = "Exact" if all(each.exact for each in seen) else "Approximate"
    return ObjectiveStatus(name=objective.name, exactness=exactness, groups=groups, **figures)


def reading(assessment: Assessment, before: Reading | None) -> Reading:
    """What is shown of one objective or group; `since` is kept while the level is."""
    alert = alert_of(assessment)
    same = before is not None and before.alert == alert
    at = assessment.at.replace(microsecond=0)
    return Reading(
        sli=_sli(assessment),
        budget_remaining=remaining(assessment),
        burn_rates=tuple(_burns(assessment)),
        alert=alert,
        since=before.since if same and before else at,
        incident=_incident(assessment, before.incident if before else None, at),
        exhausts_at=assessment.exhausts_at.replace(microsecond=0) if assessment.exhausts_at else None,
        history=_history(assessment.history),
    )


def alert_of(assessment: Assessment) -> AlertWord:
    """The alert in one word."""
    if assessment.unknown:
        return "Unknown"
    return assessment.level.value if assessment.level else "None"


def differs_visibly(old: SLAContractStatus, new: SLAContractStatus) -> bool:
    """Whether a person would see another thing. Figures that move at every turn are not reason enough to write."""
    return _visible(old) != _visible(new)


_MOVES = {"burn_rates": (), "sli": "", "exhausts_at": None, "history": "", "groups": ()}


def _visible(status: SLAContractStatus) -> object:
    objectives = [each.model_copy(update=_MOVES) for each in status.objectives]
    groups = [[group.model_copy(update={**_MOVES}) for group in each.groups] for each in status.objectives]
    return (
        status.observed_generation,
        objectives,
        groups,
        [(each.type, each.status, each.reason, each.message) for each in status.conditions],
    )


def worst(objectives: Iterable[ObjectiveStatus]) -> ObjectiveStatus | None:
    """The objective with the least budget left; one that is Unknown comes before those that are well."""
    found = min(objectives, key=_rank, default=None)
    return found.model_copy(update={"groups": (), "checkpoint": None}) if found else None


def _rank(status: Reading) -> tuple[int, Decimal]:
    severity = ("Exhausted", "Breach", "Unknown", "Warning", "None").index(status.alert)
    left = status.budget_remaining.removesuffix("%")
    return severity, Decimal(left) if left != "Unknown" else Decimal(0)


def percent(ratio: Decimal, step: str = "0.1") -> str:
    """`Decimal("0.98765")` -> `98.7%`. Rounds down, so that nothing looks better than it is."""
    return f"{(ratio * 100).quantize(Decimal(step), ROUND_FLOOR)}%"


def _sli(assessment: Assessment) -> str:
    return "Unknown" if isinstance(assessment.budget, Unknown) else percent(assessment.budget.sli, "0.001")


def remaining(assessment: Assessment) -> str:
    """What is left of the budget, or Unknown."""
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


def _history(age: timedelta | None) -> str:
    """`12d`, `5h` or `90m`: how much there is, rounded down."""
    if age is None:
        return ""
    units = ((_DAY, "d", 3), (timedelta(hours=1), "h", 3), (timedelta(minutes=1), "m", 0))
    return next(f"{age // unit}{name}" for unit, name, least in units if age >= least * unit)


def firing(assessment: Assessment) -> TierReading | None:
    """The tier that speaks for the level, where one fires."""
    return next((tier for tier in assessment.tiers if tier.fires and tier.level == assessment.level), None)


def _incident(assessment: Assessment, ongoing: datetime | None, at: datetime) -> datetime | None:
    """When the incident began. An alert begins it, a calm fast tier ends it, and what is Unknown does not."""
    fastest = assessment.fastest
    calm = isinstance(fastest, Count) and not fastest.burns_faster_than(Decimal(1), assessment.target)
    begins = at if assessment.level is not None else None
    return None if calm else ongoing or begins
