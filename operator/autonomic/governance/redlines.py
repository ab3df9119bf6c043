"""RedLines against a plan: an ordered list of small rules, each of which names the line, the figure and the bound."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from autonomic.domain.meta import condition
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.redlines import RedLine, Scope
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.domain.words import Truth


@dataclass(frozen=True)
class Case:
    """One plan before one line: what it would do, and everything else that is known."""

    line: RedLine
    plan: AdaptationPlan
    steps: tuple[StepFacts, ...]
    view: View


Rules = tuple[Callable[[Case], Iterable[str]], ...]


def refusals(plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View) -> tuple[str, ...]:
    """Every reason why a RedLine refuses the plan; empty when none does. A line that can't be read refuses everything."""
    unread = tuple(
        f"RedLine {each.ref.name} cannot be read, so nothing is allowed: {each.message}"
        for each in view.unreadable
        if each.ref.kind == "RedLine"
    )
    return unread + _reasons(FORBIDDING, plan, steps, view)


def postponements(plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View) -> tuple[str, ...]:
    """Every reason why a RedLine lets the plan wait: bounds on how many plans there are, which time lifts."""
    return _reasons(POSTPONING, plan, steps, view)


def _reasons(rules: Rules, plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View) -> tuple[str, ...]:
    cases = (Case(line, plan, _covered(line, plan, steps, view), view) for line in view.redlines.values())
    return tuple(
        f"RedLine {case.line.metadata.name}: {reason}"
        for case in cases
        if case.steps
        for rule in rules
        for reason in rule(case)
    )


def kill_switch(view: View) -> str | None:
    """The RedLine whose kill switch is on, if any; it stops everything, whatever it applies to."""
    return next((line.metadata.name for line in view.redlines.values() if line.spec.kill_switch), None)


def _covered(line: RedLine, plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View) -> tuple[StepFacts, ...]:
    scope = line.spec.applies_to
    labels = dict(view.namespace(plan.metadata.namespace).labels)
    if not scope.namespace_selector.matches(labels):
        return ()
    if scope.control_loops and plan.spec.control_loop not in scope.control_loops:
        return ()
    return tuple(step for step in steps if _selects(scope, step.target.ref.kind, step.target.ref.name))


def _forbidden(case: Case) -> Iterable[str]:
    for step in case.steps:
        for effect in sorted(step.effects & set(case.line.spec.forbid)):
            yield f"{step.summary} on {step.target.ref} has the effect {effect}, which is forbidden"


def _fewest(case: Case) -> Iterable[str]:
    bound = case.line.spec.limits.min_replicas
    for step in case.steps:
        if bound is not None and step.replicas_after is not None and step.replicas_after < bound:
            yield f"{step.target.ref} would have {step.replicas_after} replicas, minReplicas is {bound}"


def _most(case: Case) -> Iterable[str]:
    bound = case.line.spec.limits.max_replicas
    for step in case.steps:
        if bound is not None and step.replicas_after is not None and step.replicas_after > bound:
            yield f"{step.target.ref} would have {step.replicas_after} replicas, maxReplicas is {bound}"


def _step(case: Case) -> Iterable[str]:
    bound = case.line.spec.limits.max_step
    for step in case.steps:
        before, after = step.replicas_before, step.replicas_after
        if bound is None or before is None or after is None:
            continue
        if abs(after - before) > Decimal(bound) * max(before, after):
            yield f"{step.target.ref} would go from {before} to {after} replicas, more than maxStep {bound} of the larger"


def _hourly(case: Case) -> Iterable[str]:
    bound = case.line.spec.limits.max_plans_per_hour
    since = case.view.now - timedelta(hours=1)
    done = sum(1 for other in _others(case) if _executed_after(other, since))
    if bound is not None and done >= bound:
        yield f"{done} plans were executed in the last hour, maxPlansPerHour is {bound}"


def _concurrent(case: Case) -> Iterable[str]:
    bound = case.line.spec.limits.max_concurrent
    running = sum(1 for other in _others(case) if in_flight(other))
    if bound is not None and running >= bound:
        yield f"{running} plans are in flight, maxConcurrent is {bound}"


FORBIDDING: Rules = (_forbidden, _fewest, _most, _step)
POSTPONING: Rules = (_hourly, _concurrent)


def _others(case: Case) -> Iterable[AdaptationPlan]:
    scope = case.line.spec.applies_to
    for other in case.view.plans.values():
        labels = dict(case.view.namespace(other.metadata.namespace).labels)
        same_loop = not scope.control_loops or other.spec.control_loop in scope.control_loops
        counts = same_loop and scope.namespace_selector.matches(labels) and _touches(scope, other)
        if counts and other.metadata.uid != case.plan.metadata.uid:
            yield other


def _touches(scope: Scope, plan: AdaptationPlan) -> bool:
    refs = [action.target_ref for action in plan.spec.actions]
    return any(_selects(scope, ref.kind, ref.name) for ref in refs)


def _selects(scope: Scope, kind: str, name: str) -> bool:
    return (not scope.kinds or kind in scope.kinds) and (not scope.names or name in scope.names)


def in_flight(plan: AdaptationPlan) -> bool:
    """Claimed and not finished."""
    finished = condition(plan.status.conditions, "Finished")
    return plan.status.execution is not None and not (finished and finished.status == Truth.TRUE)


def _executed_after(plan: AdaptationPlan, since: datetime) -> bool:
    execution = plan.status.execution
    return execution is not None and bool(execution.steps) and execution.steps[0].at > since
