"""What was taken away since nobody used it, and is needed after all, is given back as a plan of its own."""

from dataclasses import dataclass
from decimal import Decimal

from autonomic.cost.money import money
from autonomic.cost.rightsizing import missing
from autonomic.cost.usage import Usage
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.cost import CostBudget
from autonomic.domain.findings import Finding
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan, Evidence, Trigger
from autonomic.domain.savings import BudgetTrigger
from autonomic.domain.spending import Rightsizing, Rungs
from autonomic.domain.view import View
from autonomic.loops.cost_giving_back import back_name, rightsized, steps_back
from autonomic.loops.cost_judging import figure, mode, taken


@dataclass(frozen=True)
class Case:
    """A budget that asks for rightsizing, its workload, and what that used."""

    budget: CostBudget
    target: ObjectRef
    wish: Rightsizing
    usage: Usage
    loop: ControlLoopResource
    view: View


def needed_after_all(case: Case) -> list[Finding]:
    """What is given back, the latest first: one at a time."""
    for plan in rightsized(case.budget, case.view):
        if case.target not in plan.refs:
            continue
        why = next(
            (why for each in plan.spec.actions if (why := missing(each, case.usage, Decimal(case.wish.headroom)))), None
        )
        name = back_name(case.budget, plan, case.view) if why else None
        found = _back(case, plan, why, name) if why and name else None
        if found:
            return [found]
    return []


def _back(case: Case, plan: AdaptationPlan, why: str, name: str) -> Finding | None:
    budget, (actions, changes) = case.budget, steps_back(plan)
    if not actions:
        return None
    asked = plan.spec.trigger.budget
    costs = -Decimal(asked.saves) if asked and asked.saves else Decimal(0)
    told = (
        f"{case.target.name}: {why}: what plan {plan.metadata.name} took away is given back, which costs"
        f" {money(-costs, budget.spec.limit.currency)} a day."
    )
    return Finding(
        loop=case.loop.metadata.name,
        owner=budget.ref,
        subject="needed",
        name=name,
        trigger=Trigger(
            type="Budget",
            budget=BudgetTrigger(
                budget=budget.metadata.name, rung=Rungs.NORMAL, gives_back=plan.metadata.name, saves=figure(costs)
            ),
        ),
        permitted=(),
        targets=plan.refs,
        justification=told,
        evidence=Evidence(summary=told),
        verification=taken(budget),
        mode=mode(budget, case.loop, case.view),
        fixed=actions,
        exactly=changes,
    )
