"""Autonomy by budget: the less of the error budget is left, the less is done without a person."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Literal

from autonomic.domain.controlloops import Autonomy
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.view import View

Left = Decimal | Literal["Unknown"] | None
"""Share of an error budget that is left, 0.4 for 40%; None where none is behind the plan."""


def asks_person(plan: AdaptationPlan, view: View) -> str | None:
    """Why a person decides what policy alone would approve; None while enough of the budget is left."""
    loop = view.loops.get(plan.spec.control_loop)
    bound = (loop.spec.autonomy if loop else Autonomy()).ask_below
    left = budget_left(plan, view)
    if left is None or Decimal(bound) == 0:
        return None
    if left == "Unknown":
        return "budget: how much of it is left is not known, so a person decides"
    if left > Decimal(bound):
        return None
    return f"budget: {left:.1%} of it is left, and at {Decimal(bound):.1%} or less a person decides"


def budget_left(plan: AdaptationPlan, view: View) -> Left:
    """The budget behind the plan: of its objective now, or as it was when the plan was made.

    A plan that no objective asked for is held against the contracts of its targets: the least that any has left.
    """
    alert = plan.spec.trigger.slo_alert
    if alert is None:
        known = [share for text in _of_targets(plan, view) if isinstance(share := _share(text), Decimal)]
        return min(known, default=_share(plan.spec.evidence.budget_remaining))
    contract = view.contracts.get(f"{plan.metadata.namespace}/{alert.contract}")
    reading = contract.status.reading(alert.objective, alert.group) if contract else None
    now = _share(reading.budget_remaining) if reading else None
    return now if isinstance(now, Decimal) else _share(plan.spec.evidence.budget_remaining)


def _of_targets(plan: AdaptationPlan, view: View) -> Iterable[str]:
    for contract in view.promises.about(plan.refs):
        yield from (each.budget_remaining for each in contract.status.objectives)


def _share(shown: str) -> Left:
    if not shown:
        return None
    try:
        return Decimal(shown.removesuffix("%")) / 100
    except InvalidOperation:
        return "Unknown"
