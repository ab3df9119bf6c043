"""From an alert to a finding: which cure, why, and how it will be judged."""

from decimal import Decimal

from autonomic.domain.alerting import AlertWindow
from autonomic.domain.budgets import Assessment, Count, ErrorBudget
from autonomic.domain.contracts import (
    Adaptation,
    Reading,
    SLAContract,
)
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.findings import Finding
from autonomic.domain.naming import plan_name
from autonomic.domain.objectives import Objective
from autonomic.domain.plans import AlertTrigger, AskedQuery, Evidence, Trigger
from autonomic.domain.readings import Unknown
from autonomic.domain.units import milliseconds
from autonomic.domain.verifications import PlanVerification, SLOVerification
from autonomic.domain.view import View
from autonomic.domain.words import Level, strictest
from autonomic.slo.measures import WINDOW
from autonomic.slo.status import firing, group_name, percent, rate


def findings(contract: SLAContract, seen: Assessment, loop: ControlLoopResource, view: View) -> tuple[Finding, ...]:
    """The cures of one objective that are still untried in this incident, mildest first; none when it asks for nothing.

    Only what the contract's status says already counts: names follow from it, so that a restart gives the same.
    """
    status = contract.status.reading(seen.objective, group_name(seen))
    if status is None or seen.level is None or status.alert != seen.level or status.incident is None:
        return ()
    if not _acts(contract, seen, view):
        return ()
    tried = _tried(contract, seen, status, view)
    cures = [each for each in enumerate(contract.spec.adaptations) if _fits(each, seen.level, tried)]
    return tuple(_compose(contract, seen, status, cure, loop, view) for cure in cures)


def _acts(contract: SLAContract, seen: Assessment, view: View) -> bool:
    """Not while paused, and not over a budget that is spent but no longer burning."""
    paused = contract.spec.paused_until is not None and view.now < contract.spec.paused_until
    now = seen.shortest
    burning = isinstance(now, Count) and now.burns_faster_than(Decimal(1), seen.target)
    return not paused and burning


def _tried(contract: SLAContract, seen: Assessment, status: Reading, view: View) -> set[int]:
    """Which adaptations already have a plan in this incident: one each, whatever came of it and whatever the level."""
    return {
        attempt
        for attempt in range(len(contract.spec.adaptations))
        if f"{contract.metadata.namespace}/{_name(contract, seen, status, attempt)}" in view.plans
    }


def _name(contract: SLAContract, seen: Assessment, status: Reading, attempt: int) -> str:
    meta, began, group = contract.metadata, str(status.incident), group_name(seen)
    identity = (meta.uid, str(meta.generation), seen.objective, *((group,) if group else ()), began, str(attempt))
    return plan_name(meta.name, seen.objective, identity)


def _fits(cure: tuple[int, Adaptation], level: Level, tried: set[int]) -> bool:
    return cure[0] not in tried and level in cure[1].levels


def _compose(
    contract: SLAContract,
    seen: Assessment,
    status: Reading,
    cure: tuple[int, Adaptation],
    loop: ControlLoopResource,
    view: View,
) -> Finding:
    objective = next(each for each in contract.spec.objectives if each.name == seen.objective)
    attempt, adaptation = cure
    namespace = contract.metadata.namespace or ""
    assert seen.level is not None  # noqa: S101 - `finding` comes first
    return Finding(
        loop=loop.metadata.name,
        owner=contract.ref,
        subject=subject(seen),
        name=_name(contract, seen, status, attempt),
        trigger=Trigger(
            type="SLOAlert",
            slo_alert=AlertTrigger(
                contract=contract.metadata.name,
                objective=seen.objective,
                group=group_name(seen),
                level=seen.level,
                since=status.since or seen.at,
            ),
        ),
        permitted=adaptation.actions,
        targets=tuple((each.target_ref or contract.spec.target_ref).within(namespace) for each in adaptation.actions),
        justification=_justification(contract, seen),
        evidence=_evidence(seen, objective.indicator.server),
        verification=_verification(contract, objective, seen),
        mode=strictest(loop.spec.mode, view.namespace(namespace).ceiling, view.ceiling),
    )


def subject(seen: Assessment) -> str:
    """What the finding is about: the objective, and its group where it has one."""
    group = group_name(seen)
    return f"{seen.objective}[{group}]" if group else seen.objective


def _number(value: Decimal) -> str:
    """The count, short enough for a status: whole numbers are whole, ratios of slices are cut."""
    return str(value)[:64]


def _justification(contract: SLAContract, seen: Assessment) -> str:
    now = seen.shortest
    burn = f"burns {rate(now.burn_rate(seen.target))} times too fast" if isinstance(now, Count) else "burns"
    left = "" if seen.unknown else f", {_left(seen)} of it is left"
    return f"{contract.spec.target_ref.name}: the error budget of {subject(seen)} {burn}{left} ({seen.level})."


def _left(seen: Assessment) -> str:
    return percent(seen.budget.remaining) if isinstance(seen.budget, ErrorBudget) else "Unknown"


def _evidence(seen: Assessment, server: str | None) -> Evidence:
    counts = {each.window: each for tier in seen.tiers for each in (tier.long, tier.short) if isinstance(each, Count)}
    queries = []
    for window, count in list(counts.items())[:8]:
        for source, value in zip(seen.sources or (), (count.bad, count.total), strict=False):
            expr = source.replace(WINDOW, window)[:4096]
            queries.append(AskedQuery(expr=expr, value=_number(value), at=seen.at, server=server))
    return Evidence(summary=_summary(seen), budget_remaining=_left(seen), queries=tuple(queries))


def _summary(seen: Assessment) -> str:
    """The counts behind the alert in words, and what they were held against."""
    tier = firing(seen)
    if tier is not None:
        return f"{_failed(tier.long, seen)}, {_failed(tier.short, seen)}; the tier fires above {tier.factor}"
    period = seen.budget.count if isinstance(seen.budget, ErrorBudget) else None
    whole = f"{period.bad} of {period.total} events failed in {period.window}" if period else "the period is Unknown"
    return f"{whole}, budget left {_left(seen)}; {_failed(seen.shortest, seen)}"


def _failed(count: Count | Unknown, seen: Assessment) -> str:
    if isinstance(count, Unknown):
        return count.message
    return f"{count.bad} of {count.total} events failed in {count.window} (burn {rate(count.burn_rate(seen.target))})"


def _verification(contract: SLAContract, objective: Objective, seen: Assessment) -> PlanVerification:
    tier = _watched_tier(objective, seen)
    below = tier.factor if seen.level is not Level.EXHAUSTED else "1"
    return PlanVerification(
        type="SLO",
        settle=contract.spec.verification.settle,
        within=_long_enough(contract, tier),
        slo=SLOVerification(
            contract=contract.metadata.name,
            objective=objective.name,
            group=group_name(seen),
            window=tier.short,
            burn_below=below,
        ),
    )


def _long_enough(contract: SLAContract, tier: AlertWindow) -> str:
    """The contract's deadline, or later where the watched window could not be filled twice by then."""
    wish = contract.spec.verification
    least = milliseconds(wish.settle) + 2 * milliseconds(tier.short)
    return wish.within if milliseconds(wish.within) >= least else f"{least}ms"


def _watched_tier(objective: Objective, seen: Assessment) -> AlertWindow:
    """The tier that fired; for a spent budget the fastest one."""
    tiers = objective.tiers
    return next((tier for tier, read in zip(tiers, seen.tiers, strict=True) if read.fires), tiers[0])
