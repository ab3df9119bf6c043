"""From an alert to a finding: which cure, why, and how it will be judged."""

from decimal import Decimal

from autonomic.domain.budgets import Assessment, Count, ErrorBudget
from autonomic.domain.contracts import (
    Adaptation,
    AlertWindow,
    Objective,
    ObjectiveStatus,
    SLAContract,
    SLAContractStatus,
)
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.findings import Finding, Report
from autonomic.domain.naming import plan_name
from autonomic.domain.plans import (
    AlertTrigger,
    AskedQuery,
    Evidence,
    PlanVerification,
    SLOVerification,
    Trigger,
)
from autonomic.domain.readings import Unknown
from autonomic.domain.units import milliseconds
from autonomic.domain.view import View
from autonomic.domain.words import Level, strictest
from autonomic.slo.questions import ask_about
from autonomic.slo.status import firing, percent, rate


def findings(
    contract: SLAContract, seen: Assessment, told: Report, loop: ControlLoopResource, view: View
) -> tuple[Finding, ...]:
    """The cures of one objective that are still untried in this incident, mildest first; none when it asks for nothing."""
    status = _status(told, seen)
    if seen.level is None or status.incident is None or not _acts(contract, seen, view):
        return ()
    tried = _tried(contract, status, view)
    cures = [each for each in enumerate(contract.spec.adaptations) if _fits(each, seen.level, tried)]
    return tuple(_compose(contract, seen, status, cure, loop, view) for cure in cures)


def _acts(contract: SLAContract, seen: Assessment, view: View) -> bool:
    """Not while paused, and not over a budget that is spent but no longer burning."""
    paused = contract.spec.paused_until is not None and view.now < contract.spec.paused_until
    now = seen.shortest
    burning = isinstance(now, Count) and now.burns_faster_than(Decimal(1), seen.target)
    return not paused and burning


def _status(told: Report, seen: Assessment) -> ObjectiveStatus:
    """What the contract's status says of the objective. Names follow from it, so that a restart gives the same."""
    assert isinstance(told.status, SLAContractStatus)  # noqa: S101 - a judged contract's report
    return next(each for each in told.status.objectives if each.name == seen.objective)


def _tried(contract: SLAContract, status: ObjectiveStatus, view: View) -> set[int]:
    """Which adaptations already have a plan in this incident: one each, whatever came of it and whatever the level."""
    return {
        attempt
        for attempt in range(len(contract.spec.adaptations))
        if f"{contract.metadata.namespace}/{_name(contract, status, attempt)}" in view.plans
    }


def _name(contract: SLAContract, status: ObjectiveStatus, attempt: int) -> str:
    meta, began = contract.metadata, str(status.incident)
    return plan_name(meta.name, status.name, (meta.uid, str(meta.generation), status.name, began, str(attempt)))


def _fits(cure: tuple[int, Adaptation], level: Level, tried: set[int]) -> bool:
    return cure[0] not in tried and level in cure[1].levels


def _compose(
    contract: SLAContract,
    seen: Assessment,
    status: ObjectiveStatus,
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
        subject=seen.objective,
        name=_name(contract, status, attempt),
        trigger=Trigger(
            type="SLOAlert",
            slo_alert=AlertTrigger(
                contract=contract.metadata.name,
                objective=seen.objective,
                level=seen.level,
                since=status.since or seen.at,
            ),
        ),
        permitted=adaptation.actions,
        targets=tuple((each.target_ref or contract.spec.target_ref).within(namespace) for each in adaptation.actions),
        justification=_justification(contract, seen),
        evidence=_evidence(objective, seen, view),
        verification=_verification(contract, objective, seen),
        mode=strictest(loop.spec.mode, view.namespace(namespace).ceiling, view.ceiling),
    )


def _justification(contract: SLAContract, seen: Assessment) -> str:
    now = seen.shortest
    burn = f"burns {rate(now.burn_rate(seen.target))} times too fast" if isinstance(now, Count) else "burns"
    left = "" if seen.unknown else f", {_left(seen)} of it is left"
    return f"{contract.spec.target_ref.name}: the error budget of {seen.objective} {burn}{left} ({seen.level})."


def _left(seen: Assessment) -> str:
    return percent(seen.budget.remaining) if isinstance(seen.budget, ErrorBudget) else "Unknown"


def _evidence(objective: Objective, seen: Assessment, view: View) -> Evidence:
    asked = ask_about(objective, seen.at, exact=view.exact_counts)
    counts = {each.window: each for tier in seen.tiers for each in (tier.long, tier.short) if isinstance(each, Count)}
    queries = []
    for window, count in list(counts.items())[:8]:
        questions = asked.counts[window]
        queries.append(AskedQuery(expr=questions.bad.expr, value=str(count.bad), at=seen.at))
        queries.append(AskedQuery(expr=questions.total.expr, value=str(count.total), at=seen.at))
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
            contract=contract.metadata.name, objective=objective.name, window=tier.short, burn_below=below
        ),
    )


def _long_enough(contract: SLAContract, tier: AlertWindow) -> str:
    """The contract's deadline, or later where the watched window could not be filled twice by then."""
    wish = contract.spec.verification
    least = milliseconds(wish.settle) + 2 * milliseconds(tier.short)
    return wish.within if milliseconds(wish.within) >= least else f"{least}ms"


def _watched_tier(objective: Objective, seen: Assessment) -> AlertWindow:
    """The tier that fired; for a spent budget the fastest one."""
    tiers = objective.alerting.windows
    return next((tier for tier, read in zip(tiers, seen.tiers, strict=True) if read.fires), tiers[0])
