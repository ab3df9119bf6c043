"""RedLines against a plan: an ordered list of small rules, each of which names the line, the figure and the bound."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal

from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.governance.bounds import concurrent, cooldown, hourly, workloads
from autonomic.governance.freezing import FOREVER, frozen_until
from autonomic.governance.selection import Case, cases

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


def freezes(plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View) -> tuple[str, ...]:
    """Every freeze that the plan falls into, and until when; it is not begun before."""
    return _reasons((_frozen,), plan, steps, view)


def reviewers(plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View) -> int:
    """How many people must approve the plan, where a person must: the most that any line asks for."""
    return max((case.line.spec.reviewers for case in cases(plan, steps, view)), default=1)


def separates_duties(plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View) -> bool:
    """Whether any line asks that who wrote what is behind the plan does not approve it."""
    return any(case.line.spec.separation_of_duties for case in cases(plan, steps, view))


def kill_switch(view: View) -> str | None:
    """The RedLine whose kill switch is on, if any; it stops everything, whatever it applies to."""
    return next((line.metadata.name for line in view.redlines.values() if line.spec.kill_switch), None)


def _reasons(rules: Rules, plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View) -> tuple[str, ...]:
    return tuple(
        f"RedLine {case.line.metadata.name}: {reason}"
        for case in cases(plan, steps, view)
        for rule in rules
        for reason in rule(case)
    )


def _frozen(case: Case) -> Iterable[str]:
    until = frozen_until(case.line.spec, case.view.now)
    if until:
        yield f"frozen {_until(until)}"


def _until(end: datetime) -> str:
    return "for good" if end == FOREVER else f"until {end:%Y-%m-%d %H:%M} UTC"


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


FORBIDDING: Rules = (_forbidden, _fewest, _most, _step)
POSTPONING: Rules = (hourly, concurrent, workloads, cooldown)
