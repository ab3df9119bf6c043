"""Giving back: what was done while money was short is undone, as a plan of its own, once it is short no more."""

from collections.abc import Iterable

from autonomic.domain.actions import Action
from autonomic.domain.cost import CostBudget
from autonomic.domain.naming import outcome, plan_name
from autonomic.domain.plans import AdaptationPlan, FieldChange
from autonomic.domain.savings import BudgetTrigger
from autonomic.domain.spending import Rungs
from autonomic.domain.view import View
from autonomic.execution.restoring import LASTING, restored, restoring
from autonomic.loops.cost_waking import asleep

_ATTEMPTS = 20
"""Most plans to give one change back: one that was superseded, or that nobody answered, is made again."""


def standing_plans(budget: CostBudget, view: View) -> list[AdaptationPlan]:
    """Plans of the budget's rungs whose change still stands and was not given back, latest first."""
    return [each for each in _left(budget, view) if _of_a_rung(_asked(each))]


def rightsized(budget: CostBudget, view: View) -> list[AdaptationPlan]:
    """The same of plans that took away what was never used; none where nobody looks any more."""
    mine = [each for each in _left(budget, view) if _asked(each).saves is not None and _asked(each).until is None]
    return mine if budget.spec.rightsizing else []


def _left(budget: CostBudget, view: View) -> list[AdaptationPlan]:
    mine = list(_of(budget, view))
    back = {_asked(each).gives_back for each in mine if _asked(each).gives_back and outcome(each) == "Succeeded"}
    taken = (each for each in mine if _asked(each).gives_back is None and outcome(each) == "Succeeded")
    left = [each for each in taken if each.metadata.name not in back and _lasts(each)]
    return sorted(
        left, key=lambda each: (each.metadata.creation_timestamp or view.now, each.metadata.name), reverse=True
    )


def stands(plan: AdaptationPlan, view: View) -> bool:
    """Whether the plan's change is still to be given back, so that its record must not be lost."""
    asked = plan.spec.trigger.budget
    if asked and asked.until:
        return plan.key in {each.key for each in asleep(view)}
    budget = view.budgets.get(f"{plan.metadata.namespace}/{asked.budget}") if asked else None
    if budget is None or asked is None:
        return False
    alike = standing_plans(budget, view) if _of_a_rung(asked) else rightsized(budget, view)
    return plan.key in {each.key for each in alike}


def due(budget: CostBudget, level: Rungs, view: View) -> list[AdaptationPlan]:
    """Those of rungs above the one that the budget stands on now."""
    return [each for each in standing_plans(budget, view) if _asked(each).rung.height > level.height]


def back_name(budget: CostBudget, plan: AdaptationPlan, view: View) -> str | None:
    """The name of the next attempt to give it back; None while one is on its way, or was refused."""
    for attempt in range(_ATTEMPTS):
        name = plan_name(budget.metadata.name, "give-back", (plan.metadata.uid, str(attempt)))
        before = view.plans.get(f"{budget.metadata.namespace}/{name}")
        if before is None:
            return name
        if outcome(before) not in ("Superseded", "Expired"):
            return None
    return None


def steps_back(plan: AdaptationPlan) -> tuple[tuple[Action, ...], tuple[FieldChange, ...]]:
    """The actions that take the plan back, last step first, and the changes that they must come to.

    None where one of its steps can't be said as an action: then a person undoes the plan itself.
    """
    execution = plan.status.execution
    actions: list[Action] = []
    changes: list[FieldChange] = []
    for step in reversed(execution.steps if execution else ()):
        action = plan.spec.actions[step.action]
        if action.type not in LASTING or not step.changes:
            continue
        back = restoring(action, step.changes)
        if back is None:
            return (), ()
        actions.append(back)
        changes.extend(restored(action, step.changes))
    return tuple(actions), tuple(changes)


def _of(budget: CostBudget, view: View) -> Iterable[AdaptationPlan]:
    for each in view.plans.values():
        asked = each.spec.trigger.budget
        same = asked is not None and asked.budget == budget.metadata.name
        if same and each.metadata.namespace == budget.metadata.namespace:
            yield each


def _asked(plan: AdaptationPlan) -> BudgetTrigger:
    asked = plan.spec.trigger.budget
    assert asked is not None  # noqa: S101 - `_of` chose it for that
    return asked


def _of_a_rung(asked: BudgetTrigger) -> bool:
    return asked.saves is None and asked.until is None


def _lasts(plan: AdaptationPlan) -> bool:
    return any(action.type in LASTING for action in plan.spec.actions)
