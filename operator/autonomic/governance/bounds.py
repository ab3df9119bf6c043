"""RedLines' bounds on how many plans there are, how close together and how far apart in time: time lifts each of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from autonomic.domain.meta import ObjectRef, condition
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.units import span
from autonomic.domain.words import Truth
from autonomic.governance.selection import Case, governed, others


def hourly(case: Case) -> Iterable[str]:
    """Plans that were carried out in the last hour, whatever came of them."""
    bound = case.line.spec.limits.max_plans_per_hour
    since = case.view.now - timedelta(hours=1)
    done = sum(1 for other in others(case) if _executed_after(other, since))
    if bound is not None and done >= bound:
        yield f"{done} plans were executed in the last hour, maxPlansPerHour is {bound}"


def concurrent(case: Case) -> Iterable[str]:
    """Plans in flight."""
    bound = case.line.spec.limits.max_concurrent
    running = sum(1 for other in others(case) if in_flight(other))
    if bound is not None and running >= bound:
        yield f"{running} plans are in flight, maxConcurrent is {bound}"


def workloads(case: Case) -> Iterable[str]:
    """What plans in flight change, and this one would, against all that is governed; one is always allowed."""
    share = case.line.spec.limits.max_workloads
    if share is None:
        return
    changing = {ref for other in others(case) if in_flight(other) for ref in refs_of(other)}
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
    mine = {step.target.ref for step in case.steps}
    for other in case.view.plans.values():
        end = ended(other)
        again = end + span(wait) if end and other.status.execution and mine & set(refs_of(other)) else None
        if again and case.view.now < again and other.metadata.uid != case.plan.metadata.uid:
            yield f"plan {other.metadata.name} changed the target, cooldown {wait} lasts until {again:%Y-%m-%d %H:%M:%S} UTC"


def refs_of(plan: AdaptationPlan) -> tuple[ObjectRef, ...]:
    """The objects that a plan acts on, in order."""
    return tuple(action.target_ref.within(plan.metadata.namespace or "") for action in plan.spec.actions)


def in_flight(plan: AdaptationPlan) -> bool:
    """Claimed and not finished."""
    return plan.status.execution is not None and ended(plan) is None


def ended(plan: AdaptationPlan) -> datetime | None:
    """When the plan finished; None while it has not."""
    finished = condition(plan.status.conditions, "Finished")
    return finished.last_transition_time if finished and finished.status == Truth.TRUE else None


def _executed_after(plan: AdaptationPlan, since: datetime) -> bool:
    execution = plan.status.execution
    return execution is not None and bool(execution.steps) and execution.steps[0].at > since
