"""Whether what asked for a plan still asks for it, judged just before it acts. No longer is a normal outcome."""

from dataclasses import dataclass
from typing import Literal

from autonomic.domain.contracts import Reading
from autonomic.domain.cost import CostBudget
from autonomic.domain.meta import condition
from autonomic.domain.plans import AdaptationPlan, AlertTrigger, SignalTrigger
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.savings import BudgetTrigger
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.healing.pacing import clears_up

_BURNING = ("Breach", "Exhausted")


@dataclass(frozen=True, slots=True)
class Relevance:
    """Still asked for, no longer, or not known; and why."""

    answer: Literal["Yes", "No", "Unknown"]
    message: str


def relevance(plan: AdaptationPlan, view: View) -> Relevance:
    """Looks at the objective or playbook behind the plan; a person's or another trigger stands by itself."""
    trigger = plan.spec.trigger
    if trigger.slo_alert:
        return _of_alert(trigger.slo_alert, plan.metadata.namespace, view)
    if trigger.signal and clears_up(plan):
        return Relevance("Yes", "")
    if trigger.signal:
        return _of_signal(trigger.signal, plan.metadata.namespace, view)
    if trigger.budget:
        return _of_budget(trigger.budget, plan.metadata.namespace, view)
    return Relevance("Yes", "")


def gone(plan: AdaptationPlan, view: View) -> str | None:
    """What asked for the plan and is there no more: deleted, renamed, or without its objective. None while it is there.

    What can't be read is there.
    """
    trigger, namespace = plan.spec.trigger, plan.metadata.namespace
    if trigger.slo_alert and not _unread("SLAContract", f"{namespace}/{trigger.slo_alert.contract}", view):
        asked = trigger.slo_alert
        contract = view.contracts.get(f"{namespace}/{asked.contract}")
        names = [each.name for each in contract.spec.objectives] if contract else []
        return None if asked.objective in names else f"the objective {asked.contract}/{asked.objective} is gone"
    if trigger.signal and not _unread("SelfHealingPlaybook", f"{namespace}/{trigger.signal.playbook}", view):
        known = f"{namespace}/{trigger.signal.playbook}" in view.playbooks
        return None if known else f"the playbook {trigger.signal.playbook} is gone"
    if (
        trigger.budget
        and not trigger.budget.wakes
        and not _unread("CostBudget", f"{namespace}/{trigger.budget.budget}", view)
    ):
        known = f"{namespace}/{trigger.budget.budget}" in view.budgets
        return None if known else f"the budget {trigger.budget.budget} is gone"
    if trigger.route and not _unread("AdaptiveRoute", f"{namespace}/{trigger.route.route}", view):
        return _unwanted(plan, view.routes.get(f"{namespace}/{trigger.route.route}"))
    return None


def _unwanted(plan: AdaptationPlan, route: AdaptiveRoute | None) -> str | None:
    """A route asks for as long as its spec says what the plan would have it adopt."""
    asked = plan.spec.actions[0]
    if route is None or route.metadata.deletion_timestamp or route.metadata.uid != asked.target_ref.uid:
        return f"the AdaptiveRoute {asked.target_ref.name} is gone"
    wanted = asked.adopt_route_policy
    same = wanted is not None and wanted.bounds_digest == route.spec.bounds_digest
    return None if same else f"the spec of AdaptiveRoute {asked.target_ref.name} was changed again"


def is_over(plan: AdaptationPlan, view: View) -> str | None:
    """Why a plan need not wait for a person any longer; None while its incident goes on.

    Not at the first quiet moment: what is superseded is not proposed again in the same incident.
    """
    still = relevance(plan, view)
    if still.answer != "No":
        return None
    asked = plan.spec.trigger.slo_alert
    objective = _objective(asked, plan.metadata.namespace, view) if asked else None
    return None if objective and objective.incident else still.message


def _unread(kind: str, key: str, view: View) -> bool:
    return any((each.ref.kind, each.ref.key) == (kind, key) for each in view.unreadable)


def _objective(asked: AlertTrigger, namespace: str | None, view: View) -> Reading | None:
    contract = view.contracts.get(f"{namespace}/{asked.contract}")
    return contract.status.reading(asked.objective, asked.group) if contract else None


def _of_alert(asked: AlertTrigger, namespace: str | None, view: View) -> Relevance:
    if _unread("SLAContract", f"{namespace}/{asked.contract}", view):
        return Relevance("Unknown", f"the contract {asked.contract} cannot be read")
    objective = _objective(asked, namespace, view)
    where = f"{asked.contract}/{asked.objective}"
    if objective is None:
        return Relevance("No", f"the objective {where} is gone")
    if objective.alert == "Unknown":
        return Relevance("Unknown", f"it is not known whether {where} still burns")
    if objective.alert in _BURNING or objective.alert == asked.level:
        return Relevance("Yes", "")
    return Relevance("No", f"{where} has recovered without it: its alert is {objective.alert}")


def _of_signal(asked: SignalTrigger, namespace: str | None, view: View) -> Relevance:
    playbook = view.playbooks.get(f"{namespace}/{asked.playbook}")
    if _unread("SelfHealingPlaybook", f"{namespace}/{asked.playbook}", view):
        return Relevance("Unknown", f"the playbook {asked.playbook} cannot be read")
    if playbook is None:
        return Relevance("No", f"the playbook {asked.playbook} is gone")
    if asked.target:
        return _of_target(asked, playbook)
    triggered = condition(playbook.status.conditions, "Triggered")
    if triggered is None or triggered.status == Truth.UNKNOWN:
        return Relevance("Unknown", f"it is not known whether {asked.trigger} still holds")
    if triggered.status == Truth.TRUE:
        return Relevance("Yes", "")
    return Relevance("No", f"{asked.trigger} no longer holds")


def _of_target(asked: SignalTrigger, playbook: SelfHealingPlaybook) -> Relevance:
    known = next((each for each in playbook.status.incidents if each.target == asked.target), None)
    if known is None:
        return Relevance("No", f"{asked.trigger} no longer holds for {asked.target}")
    if known.triggered is Truth.TRUE:
        return Relevance("Yes", "")
    return Relevance("Unknown", f"it is not known whether {asked.trigger} still holds for {asked.target}")


def _of_budget(asked: BudgetTrigger, namespace: str | None, view: View) -> Relevance:
    """A rung asks for as long as the budget stands on it or above; what gives back, for as long as it stands below.

    A rest asks until its end is near, and the way back from it whatever became of the budget. What was never used, and is
    needed after all, is given back however much is spent.
    """
    if asked.wakes or (asked.gives_back and asked.saves is not None):
        return Relevance("Yes", "")
    budget = view.budgets.get(f"{namespace}/{asked.budget}")
    if _unread("CostBudget", f"{namespace}/{asked.budget}", view):
        return Relevance("Unknown", f"the budget {asked.budget} cannot be read")
    if budget is None:
        return Relevance("No", f"the budget {asked.budget} is gone")
    return _of_rest(asked, budget, view) if asked.until else _of_rung(asked, budget)


def _of_rest(asked: BudgetTrigger, budget: CostBudget, view: View) -> Relevance:
    assert asked.until is not None  # noqa: S101 - it is a rest that is asked for
    if view.now < asked.until and budget.spec.idle is not None:
        return Relevance("Yes", "")
    return Relevance("No", f"the rest that budget {asked.budget} asked for is over")


def _of_rung(asked: BudgetTrigger, budget: CostBudget) -> Relevance:
    known = condition(budget.status.conditions, "SpendKnown")
    if known is None or known.status is not Truth.TRUE:
        return Relevance("Unknown", f"it is not known how much of the budget {asked.budget} is spent")
    now, then = budget.status.level.height, asked.rung.height
    if now <= then if asked.gives_back else now >= then:
        return Relevance("Yes", "")
    return Relevance("No", f"the budget {asked.budget} is {budget.status.level} by now")
