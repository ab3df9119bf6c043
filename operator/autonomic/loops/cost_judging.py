"""How a plan that saves is judged, and in which mode it is made: what rungs, rightsizing and rests have in common."""

from decimal import Decimal

from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.cost import CostBudget
from autonomic.domain.savings import CostVerification
from autonomic.domain.units import duration, milliseconds
from autonomic.domain.verifications import PlanVerification, RolloutVerification
from autonomic.domain.view import View
from autonomic.domain.words import Mode, strictest

LEAST_SAVING = Decimal("0.05")
"""Share of the rate of spend that a plan must save to have helped."""
WINDOWS = {"1h": "5m", "1d": "5m", "1w": "30m", "1mo": "2h"}
"""Over which spend is looked at after a change, by the length of the budget's window."""
OF_REQUESTS = "5m"
"""The same where it is looked at what pods request, which is known at once."""
_SMALLEST = Decimal("0.000000001")
_A_DAY = 24


def mode(budget: CostBudget, loop: ControlLoopResource, view: View) -> Mode:
    """The strictest of all that hold."""
    return strictest(loop.spec.mode, budget.spec.mode, view.namespace(budget.metadata.namespace).ceiling, view.ceiling)


def figure(amount: Decimal) -> str:
    """An amount as plans carry it."""
    return f"{amount.quantize(_SMALLEST):f}"


def judged_by(budget: CostBudget, window: str, cost: CostVerification) -> PlanVerification:
    """There is time for one window after the change settled, and for as much again."""
    wish = budget.spec.verification
    least = milliseconds(wish.settle) + 2 * milliseconds(window)
    within = wish.within if milliseconds(wish.within) >= least else duration(least)
    return PlanVerification(type="Cost", settle=wish.settle, within=within, cost=cost)


def by_requests(
    budget: CostBudget,
    hourly: Decimal,
    saves: Decimal,
    expr: str,
    server: str | None,
    replicas: tuple[str, Decimal] | None = None,
) -> PlanVerification:
    """Better is: the workload costs less an hour, by half of what is expected at least; or each of its replicas does.

    `hourly` is what it costs now, `saves` how much less that shall be; `replicas` what counts them, and how many there are.
    """
    window = budget.spec.verification.window or OF_REQUESTS
    share = min(LEAST_SAVING, saves / hourly / 2) if hourly else LEAST_SAVING
    cost = CostVerification(
        budget=budget.metadata.name,
        window=window,
        basis="Replica" if replicas else "Workload",
        hourly=expr,
        replicas=replicas[0] if replicas else None,
        server=server,
        over="1h",
        spent=figure(hourly),
        tasks=figure(replicas[1]) if replicas else None,
        least=figure(share),
        expected=figure(saves * _A_DAY),
        currency=budget.spec.limit.currency,
    )
    return judged_by(budget, window, cost)


def taken(budget: CostBudget) -> PlanVerification:
    """What saves nothing by itself, such as telling people, is done when it is done."""
    wish = budget.spec.verification
    rollout = RolloutVerification(progress=wish.within)
    return PlanVerification(type="Rollout", settle=wish.settle, within=wish.within, rollout=rollout)
