"""Another manager that takes our changes back, such as a GitOps controller: after two of them we stop, and say who."""

from datetime import datetime

from autonomic.domain.meta import ObjectRef, condition
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.governance.bounds import ended

REVERTED = "Reverted"
"""A plan's condition: another manager took its change back. The message is the manager's name, and nothing else."""
ENOUGH = 2


def contested(ref: ObjectRef, view: View) -> str | None:
    """Why no plan is made for the target; None unless the last two that were carried out there were taken back by one hand."""
    done = sorted(_carried_out(ref, view), key=lambda each: each[0])
    hands = [reverted_by(plan) for _, plan in done[-ENOUGH:]]
    if len(hands) < ENOUGH or hands[0] is None or hands[0] != hands[1]:
        return None
    return f"{hands[0]} took the last {ENOUGH} plans for {ref} back: change it there, or let that manager leave the field alone"


def reverted_by(plan: AdaptationPlan) -> str | None:
    """Who took the plan's change back, if anybody did."""
    found = condition(plan.status.conditions, REVERTED)
    return found.message if found and found.status is Truth.TRUE else None


def _carried_out(ref: ObjectRef, view: View) -> list[tuple[datetime, AdaptationPlan]]:
    return [(end, plan) for plan in view.book.of((ref,)) if plan.status.execution and (end := ended(plan))]
