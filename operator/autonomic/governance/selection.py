"""Which plans and steps a RedLine holds for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autonomic.domain.meta import LabelSelector, ObjectRef
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.redlines import RedLine, Scope
from autonomic.domain.targets import StepFacts, Target
from autonomic.domain.view import View


@dataclass(frozen=True)
class Case:
    """One plan before one line: what it would do, and everything else that is known."""

    line: RedLine
    plan: AdaptationPlan
    steps: tuple[StepFacts, ...]
    view: View


def cases(plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View) -> Iterator[Case]:
    """The plan before each line that holds for any of its steps."""
    for line in view.redlines.values():
        covered = _covered(line, plan, steps, view)
        if covered:
            yield Case(line, plan, covered, view)


def lines_over(target: Target, loop: str, view: View) -> Iterator[RedLine]:
    """The lines that hold for what a loop writes to a target without a plan."""
    for line in view.redlines.values():
        scope, ref = line.spec.applies_to, target.ref
        of_loop = not scope.control_loops or loop in scope.control_loops
        labelled = LabelSelector(match_labels=scope.labels).matches(dict(target.labels))
        if of_loop and labelled and _in_scope(scope, ref.namespace, view) and _selects(scope, ref.kind, ref.name):
            yield line


def others(case: Case, plans: Iterable[AdaptationPlan]) -> Iterable[AdaptationPlan]:
    """Those of the plans, without the case's own, that count against the line's bounds.

    What labels their targets have is not known here, so a line that selects by label counts all that it selects otherwise.
    """
    for other in plans:
        if other.metadata.uid != case.plan.metadata.uid and _counts(case.line.spec.applies_to, other, case.view):
            yield other


def governed(case: Case) -> set[ObjectRef]:
    """The workloads that contracts and playbooks of the line's namespaces are about."""
    scope, view = case.line.spec.applies_to, case.view
    refs = {
        *(ref for room in view.promises.namespaces for ref in view.promises.targets(room)),
        *(ref for each in view.playbooks.values() for ref in each.subjects()),
    }
    return {ref for ref in refs if _in_scope(scope, ref.namespace, view)}


def _covered(line: RedLine, plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View) -> tuple[StepFacts, ...]:
    scope = line.spec.applies_to
    if not _in_scope(scope, plan.metadata.namespace, view) or not _of_loop(scope, plan):
        return ()
    return tuple(
        step for step in steps if _selects(scope, step.target.ref.kind, step.target.ref.name) and _bears(scope, step)
    )


def _counts(scope: Scope, plan: AdaptationPlan, view: View) -> bool:
    refs = [action.target_ref for action in plan.spec.actions]
    touches = any(_selects(scope, ref.kind, ref.name) for ref in refs)
    return touches and _of_loop(scope, plan) and _in_scope(scope, plan.metadata.namespace, view)


def _in_scope(scope: Scope, namespace: str | None, view: View) -> bool:
    return scope.namespace_selector.matches(dict(view.namespace(namespace).labels))


def _of_loop(scope: Scope, plan: AdaptationPlan) -> bool:
    return not scope.control_loops or plan.spec.control_loop in scope.control_loops


def _selects(scope: Scope, kind: str, name: str) -> bool:
    return (not scope.kinds or kind in scope.kinds) and (not scope.names or name in scope.names)


def _bears(scope: Scope, step: StepFacts) -> bool:
    return LabelSelector(match_labels=scope.labels).matches(dict(step.target.labels))
