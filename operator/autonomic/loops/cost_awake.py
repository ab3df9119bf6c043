"""What a budget says of its workload's rest: awake, asleep, or asleep though its rest is over."""

from autonomic.cost.resting import resting
from autonomic.domain.cost import CostBudget
from autonomic.domain.meta import condition
from autonomic.domain.naming import outcome
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.readings import Unknown
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.loops.cost_waking import asleep, last_try

AWAKE = "Awake"
NOT_WOKEN = "NotWoken"

Wanted = tuple[str, Truth, str, str]


def awake(budget: CostBudget, view: View) -> tuple[Wanted, ...]:
    """The condition Awake; none for a budget that never asked for a rest."""
    if budget.spec.idle is None and condition(budget.status.conditions, AWAKE) is None:
        return ()
    mine = [each for each in asleep(view) if _of(each, budget)]
    late = next((each for each in mine if _late(each, view)), None)
    if late:
        return ((AWAKE, Truth.FALSE, NOT_WOKEN, _why(late, view)[:1024]),)
    if mine:
        asked = mine[0].spec.trigger.budget
        until = f"{asked.until:%Y-%m-%d %H:%M} UTC" if asked and asked.until else ""
        return ((AWAKE, Truth.FALSE, "Asleep", f"plan {mine[0].metadata.name} lets it rest until {until}"),)
    return (_not_resting(budget, view),)


def _not_resting(budget: CostBudget, view: View) -> Wanted:
    """Hours that can't be told are none in which it rests, and that is said."""
    idle = budget.spec.idle
    rest = resting(idle, view.rests.get(budget.key), view.now) if idle else None
    if isinstance(rest, Unknown):
        return AWAKE, Truth.TRUE, rest.reason, rest.message[:1024]
    return AWAKE, Truth.TRUE, AWAKE, ""


def _of(plan: AdaptationPlan, budget: CostBudget) -> bool:
    asked = plan.spec.trigger.budget
    return asked is not None and (plan.metadata.namespace, asked.budget) == (
        budget.metadata.namespace,
        budget.metadata.name,
    )


def _late(plan: AdaptationPlan, view: View) -> bool:
    """Its rest is over, and a plan to end it was refused, waits for a person, or was never made."""
    asked = plan.spec.trigger.budget
    if asked is None or asked.until is None or view.now < asked.until:
        return False
    tried = last_try(plan, view)
    return tried is None or tried.status.execution is None


def _why(plan: AdaptationPlan, view: View) -> str:
    tried = last_try(plan, view)
    asked = plan.spec.trigger.budget
    over = f"its rest was over at {asked.until:%Y-%m-%d %H:%M} UTC" if asked and asked.until else ""
    if tried is None:
        return f"{over}, and no plan was made yet to bring it back"
    how = outcome(tried) or tried.status.phase
    return f"{over}, and plan {tried.metadata.name} to bring it back is {how}"
