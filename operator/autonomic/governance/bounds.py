"""RedLines' bounds on how many plans there are, how close together and how far apart in time: time lifts each of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.units import span
from autonomic.governance.selection import Case, governed, others


def hourly(case: Case) -> Iterable[str]:
    """Plans that were carried out in the last hour, whatever came of them."""
    bound = case.line.spec.limits.max_plans_per_hour
    if bound is None:
        return
    since = case.view.now - timedelta(hours=1)
    lately = (each for each in case.view.plans.values() if _executed_after(each, since))
    done = sum(1 for _ in others(case, lately))
    if done >= bound:
        yield f"{done} plans were executed in the last hour, maxPlansPerHour is {bound}"


def concurrent(case: Case) -> Iterable[str]:
    """Plans in flight."""
    bound = case.line.spec.limits.max_concurrent
    if bound is None:
        return
    running = sum(1 for other in others(case, case.view.book.unfinished) if in_flight(other))
    if running >= bound:
        yield f"{running} plans are in flight, maxConcurrent is {bound}"


def workloads(case: Case) -> Iterable[str]:
    """What plans in flight change, and this one would, against all that is governed; one is always allowed."""
    share = case.line.spec.limits.max_workloads
    if share is None:
        return
    changing = {ref for other in others(case, case.view.book.unfinished) if in_flight(other) for ref in other.refs}
    changed = changing | {step.target.ref for step in case.steps}
    there = len(governed(case))
    bound = max(1, int((Decimal(share) * there).to_integral_value(ROUND_FLOOR)))
    if len(changed) > bound:
        yield f"{len(changed)} workloads would be changed at once, maxWorkloads {share} of {there} allows {bound}"


def cooldown(case: Case) -> Iterable[str]:
    """The end of the last plan that changed one of the targets: it is read from the plans, so a restart forgets nothing."""
    wait = case.line.spec.limits.cooldown
    if wait is None:
        return
    for other in case.view.book.of(step.target.ref for step in case.steps):
        end = ended(other)
        again = end + span(wait) if end and other.status.execution else None
        if again and case.view.now < again and other.metadata.uid != case.plan.metadata.uid:
            yield f"plan {other.metadata.name} changed the target, cooldown {wait} lasts until {again:%Y-%m-%d %H:%M:%S} UTC"


def in_flight(plan: AdaptationPlan) -> bool:
    """Claimed and not finished."""
    return plan.status.execution is not None and ended(plan) is None


def ended(plan: AdaptationPlan) -> datetime | None:
    """When the plan finished; None while it has not."""
    return plan.finished.last_transition_time if plan.finished else None


def _executed_after(plan: AdaptationPlan, since: datetime) -> bool:
    execution = plan.status.execution
    return execution is not None and bool(execution.steps) and execution.steps[0].at > since
