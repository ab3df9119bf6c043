"""From an alert to a finding: which cure, why, and how it will be judged."""

from datetime import datetime
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
from autonomic.domain.view import View
from autonomic.domain.words import Level, strictest
from autonomic.slo.questions import ask_about
from autonomic.slo.status import firing, percent, rate


def finding(
    contract: SLAContract, seen: Assessment, told: Report, loop: ControlLoopResource, view: View
) -> Finding | None:
    """The finding of one objective, or None when it asks for nothing."""
    if seen.level is None or not _acts(contract, seen, view):
        return None
    since = _since(told, seen)
    tried = _tried(contract, seen, since, view)
    cure = next((each for each in enumerate(contract.spec.adaptations) if _fits(each, seen.level, tried)), None)
    if cure is None:
        return None
    return _compose(contract, seen, since, cure, loop, view)


def _acts(contract: SLAContract, seen: Assessment, view: View) -> bool:
    """Not while paused, and not over a budget that is spent but no longer burning."""
    paused = contract.spec.paused_until is not None and view.now < contract.spec.paused_until
    now = seen.shortest
    burning = isinstance(now, Count) and now.burns_faster_than(Decimal(1), seen.target)
    return not paused and burning


def _since(told: Report, seen: Assessment) -> datetime:
    """When the alert took its level, as the status says it, so that a restart names the same plan."""
    assert isinstance(told.status, SLAContractStatus)  # noqa: S101 - a judged contract's report
    status: ObjectiveStatus = next(each for each in told.status.objectives if each.name == seen.objective)
    return status.since or seen.at


def _tried(contract: SLAContract, seen: Assessment, since: datetime, view: View) -> set[int]:
    """Which adaptations already have a plan in this incident: one each, whatever came of it."""
    return {
        attempt
        for attempt in range(len(contract.spec.adaptations))
        if f"{contract.metadata.namespace}/{_name(contract, seen, since, attempt)}" in view.plans
    }


def _name(contract: SLAContract, seen: Assessment, since: datetime, attempt: int) -> str:
    return plan_name(contract.metadata.name, seen.objective, _identity(contract, seen, since, attempt))


def _identity(contract: SLAContract, seen: Assessment, since: datetime, attempt: int) -> tuple[str, ...]:
    meta = contract.metadata
    return (meta.uid, str(meta.generation), seen.objective, str(seen.level), since.isoformat(), str(attempt))


def _fits(cure: tuple[int, Adaptation], level: Level, tried: set[int]) -> bool:
    return cure[0] not in tried and level in cure[1].on


def _compose(
    contract: SLAContract,
    seen: Assessment,
    since: datetime,
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
        name=_name(contract, seen, since, attempt),
        trigger=Trigger(
            type="SLOAlert",
            slo_alert=AlertTrigger(
                contract=contract.metadata.name, objective=seen.objective, level=seen.level, since=since
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
    tier = firing(seen)
    if tier is None or not isinstance(tier.long, Count) or not isinstance(tier.short, Count):
        return f"budget left {_left(seen)}"
    long, short = tier.long, tier.short
    return (
        f"{long.bad} of {long.total} events failed in {long.window} (burn {rate(long.burn_rate(seen.target))}), "
        f"{short.bad} of {short.total} in {short.window} (burn {rate(short.burn_rate(seen.target))}); "
        f"the tier fires above {tier.factor}"
    )


def _verification(contract: SLAContract, objective: Objective, seen: Assessment) -> PlanVerification:
    tier = _watched_tier(objective, seen)
    below = tier.factor if seen.level is not Level.EXHAUSTED else "1"
    return PlanVerification(
        type="SLO",
        settle=contract.spec.verification.settle,
        within=contract.spec.verification.within,
        slo=SLOVerification(
            contract=contract.metadata.name, objective=objective.name, window=tier.short, burn_below=below
        ),
    )


def _watched_tier(objective: Objective, seen: Assessment) -> AlertWindow:
    """The tier that fired; for a spent budget the fastest one."""
    tiers = objective.alerting.windows
    return next((tier for tier, read in zip(tiers, seen.tiers, strict=True) if read.fires), tiers[0])
