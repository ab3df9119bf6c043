"""Vetoes: reliability comes before cost, and money is not saved where another budget has none left."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from autonomic.domain.actions import Action, PermittedAction
from autonomic.domain.contracts import ObjectiveStatus, SLAContract
from autonomic.domain.cost import CostBudget
from autonomic.domain.meta import ObjectRef, condition
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.spending import Rungs
from autonomic.domain.view import View
from autonomic.domain.words import Truth

SCARCE = Decimal("0.2")
"""With this share of an error budget left, or less, nothing is saved at its workload's expense."""
_HARMLESS = frozenset({"Notify"})
"""Types of action that take nothing from anybody."""


def vetoed(plan: AdaptationPlan, view: View) -> str | None:
    """Why a plan of a cost budget may not begin now; None where it may. What gives back is never held up."""
    asked = plan.spec.trigger.budget
    if asked is None or asked.gives_back:
        return None
    return veto(f"{plan.metadata.namespace}/{asked.budget}", plan.spec.actions, plan.refs, view)


def veto(
    budget: str, actions: Iterable[Action | PermittedAction], targets: Iterable[ObjectRef], view: View
) -> str | None:
    """The same of a plan that is not made yet. `budget` is the key of the CostBudget that asks."""
    pairs = [(action, ref) for action, ref in zip(actions, targets, strict=True) if action.type not in _HARMLESS]
    if not pairs:
        return None
    asking = view.budgets.get(budget)
    return _of_contracts(budget, asking, [ref for _, ref in pairs], view) or _of_models(
        budget, [action for action, _ in pairs], view
    )


def speaking(budget: CostBudget, view: View) -> set[str]:
    """The keys of the contracts that may hold up what the budget asks for."""
    namespace, found = budget.metadata.namespace or "", set[str]()
    for _, rung in budget.spec.rungs():
        refs = [each.target_ref or budget.spec.target_ref for each in rung.actions if each.type not in _HARMLESS]
        touched = {each.within(namespace) for each in (*refs, budget.spec.target_ref) if each}
        found |= {each.key for each in _promised(touched, namespace, view)} if refs else set()
    return found


def burning(ref: ObjectRef, view: View) -> str | None:
    """Why a workload is needed, by its own contracts: an alert of one shows a level. What is Unknown shows none."""
    for _, contract in sorted(view.contracts.items()):
        if contract.spec.target_ref.within(contract.metadata.namespace or "") != ref:
            continue
        for each in contract.status.objectives:
            if each.alert not in ("None", "Unknown"):
                return f"the alert of {contract.metadata.name}/{each.name} is {each.alert}"
    return None


def _of_contracts(budget: str, asking: CostBudget | None, targets: list[ObjectRef], view: View) -> str | None:
    namespace = budget.partition("/")[0]
    touched = set(targets)
    if asking and asking.spec.target_ref:
        touched.add(asking.spec.target_ref.within(namespace))
    found = (why for each in _promised(touched, namespace, view) if (why := _in_trouble(each)))
    return next(found, None)


def _promised(touched: set[ObjectRef], namespace: str, view: View) -> list[SLAContract]:
    """The contracts of what is touched; all of the namespace where none is, for whoever reads a ConfigMap is touched by it."""
    here = [each for _, each in sorted(view.contracts.items()) if each.metadata.namespace == namespace]
    return [each for each in here if each.spec.target_ref.within(namespace) in touched] or here


def _in_trouble(contract: SLAContract) -> str | None:
    for each in contract.status.objectives:
        where = f"{contract.metadata.name}/{each.name}"
        if each.alert == "Unknown":
            return f"reliability comes first: it is not known how {where} is"
        if each.alert != "None":
            return f"reliability comes first: the alert of {where} is {each.alert}"
        left = _left(each)
        if left is not None and left <= SCARCE:
            return f"reliability comes first: {each.budget_remaining} of the error budget of {where} is left"
    return None


def _left(objective: ObjectiveStatus) -> Decimal | None:
    try:
        return Decimal(objective.budget_remaining.removesuffix("%")) / 100
    except InvalidOperation:
        return None


def _of_models(asking: str, actions: list[Action | PermittedAction], view: View) -> str | None:
    """A fallback that has no money of its own left, or that is known to do its work badly."""
    for action in actions:
        if action.switch_model is None:
            continue
        model = action.switch_model.model
        reasons = (*(_spent(each) for each in _budgets_of(model, asking, view)), *_poor(model, asking, view))
        if why := next((each for each in reasons if each), None):
            return f"model {model} is no way out: {why}"
    return None


def _budgets_of(model: str, asking: str, view: View) -> Iterable[CostBudget]:
    """The budgets that are about this model by name, in the same namespace or the operator's."""
    namespaces = {asking.partition("/")[0], view.home}
    for key, each in sorted(view.budgets.items()):
        if key != asking and each.metadata.namespace in namespaces and model in each.spec.scope.models:
            yield each


def _poor(model: str, asking: str, view: View) -> Iterable[str]:
    """Where it was measured that the model does too few tasks well: by routes of the namespace that try it."""
    for _, route in sorted(view.routes.items()):
        least = route.spec.objective.constraints.min_success
        if least is None or route.metadata.namespace != asking.partition("/")[0]:
            continue
        named = {each.name for each in route.spec.candidates if model in (each.model, each.name)}
        for seen in route.status.profiles:
            if seen.candidate in named and seen.success and Decimal(seen.success) < Decimal(least):
                yield (
                    f"route {route.metadata.name} measured that it does {seen.success} of {seen.task_type} well, and"
                    f" minSuccess is {least}"
                )


def _spent(budget: CostBudget) -> str | None:
    known = condition(budget.status.conditions, "SpendKnown")
    if known is None or known.status is not Truth.TRUE:
        return f"it is not known how much of budget {budget.metadata.name} is spent"
    if budget.status.own is not Rungs.NORMAL:
        return f"its own budget {budget.metadata.name} is {budget.status.own}, with {budget.status.spent} spent"
    return None
