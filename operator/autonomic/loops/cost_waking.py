"""The way back from a rest, which is never missed: it hangs on the plan that scaled down, not on the budget, nor on memory.

Whatever became of the budget, its schedule, its spend or this process: as long as a workload was scaled down for a rest and
not brought back, a plan to do so is made from the moment that the first plan names; again at once when one was superseded or
ran out, and a while after one was denied or failed. It is governed: a kill switch, a freeze and the mode Observe hold it, and
the budget says so.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from autonomic.cost.resting import resting
from autonomic.domain.actions import PermittedAction, ScaleBy
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.cost import CostBudget
from autonomic.domain.findings import Finding
from autonomic.domain.meta import ObjectRef
from autonomic.domain.naming import outcome, plan_name
from autonomic.domain.plans import AdaptationPlan, Evidence, FieldChange, Trigger
from autonomic.domain.savings import BudgetTrigger
from autonomic.domain.verifications import PlanVerification, RolloutVerification
from autonomic.domain.view import View
from autonomic.domain.words import API_VERSION, Mode, strictest
from autonomic.governance.bounds import ended
from autonomic.loops.cost_resting import FARTHEST
from autonomic.loops.vetoes import burning

AGAIN = timedelta(minutes=10)
"""How long after a no, or a failure, it is asked again."""
FORGOTTEN = timedelta(days=7)
"""After the end of its rest a plan is no longer looked after: by then somebody else has."""
_ATTEMPTS = 1000
_AT_ONCE = ("Superseded", "Expired")


def asleep(view: View) -> list[AdaptationPlan]:
    """Plans that scaled a workload down for a rest, and whose change was not given back."""
    asked = [(each, each.spec.trigger.budget) for each in view.plans.values()]
    rests = [(each, trigger) for each, trigger in asked if trigger and trigger.until]
    back = {
        (each.metadata.namespace, trigger.gives_back)
        for each, trigger in rests
        if trigger.gives_back and outcome(each) == "Succeeded"
    }
    return [
        each
        for each, trigger in rests
        if not trigger.gives_back
        and outcome(each) == "Succeeded"
        and (each.metadata.namespace, each.metadata.name) not in back
        and trigger.until is not None
        and view.now < trigger.until + FORGOTTEN
    ]


def waking(loop: ControlLoopResource, view: View) -> list[Finding]:
    """What is brought back now: at the end of a rest, and before it where somebody needs it."""
    return [
        _wake(plan, why, name, loop, view)
        for plan in asleep(view)
        if (why := _due(plan, view)) and (name := _next(plan, view)) and _scaled(plan)
    ]


def last_try(plan: AdaptationPlan, view: View) -> AdaptationPlan | None:
    """The latest plan that was to bring it back."""
    return max(_tries(plan, view), key=lambda each: each.metadata.creation_timestamp or view.now, default=None)


def _asked(plan: AdaptationPlan) -> tuple[BudgetTrigger, datetime]:
    asked = plan.spec.trigger.budget
    assert asked is not None and asked.until is not None  # noqa: S101 - `asleep` chose it for that
    return asked, asked.until


def _due(plan: AdaptationPlan, view: View) -> str | None:
    """Why it is brought back now; None while it may rest."""
    asked, until = _asked(plan)
    if view.now >= until:
        return "its rest is over"
    key = f"{plan.metadata.namespace}/{asked.budget}"
    if any((each.ref.kind, each.ref.key) == (CostBudget.names.kind, key) for each in view.unreadable):
        return None
    return _unwanted(plan, view.budgets.get(key), view) or next(
        (why for ref in plan.refs if (why := burning(ref, view))), None
    )


def _unwanted(plan: AdaptationPlan, budget: CostBudget | None, view: View) -> str | None:
    """Why nobody wants it to rest any more. What is not known of its requests does not wake it."""
    if budget is None:
        return "its CostBudget is gone"
    idle, ref = budget.spec.idle, budget.spec.target_ref
    if idle is None or ref is None or ref.within(plan.metadata.namespace or "") not in plan.refs:
        return "its CostBudget asks for no rest of it any more"
    return "it has something to do after all" if resting(idle, view.rests.get(budget.key), view.now) is None else None


def _tries(plan: AdaptationPlan, view: View) -> Iterator[AdaptationPlan]:
    for each in view.plans.values():
        asked = each.spec.trigger.budget
        same = asked is not None and asked.until is not None and asked.gives_back == plan.metadata.name
        if same and each.metadata.namespace == plan.metadata.namespace:
            yield each


def _next(plan: AdaptationPlan, view: View) -> str | None:
    """The name of the next plan to bring it back; None while one is on its way, or was refused a moment ago."""
    for attempt in range(_ATTEMPTS):
        name = plan_name(_asked(plan)[0].budget, "wake", (plan.metadata.uid, str(attempt)))
        before = view.plans.get(f"{plan.metadata.namespace}/{name}")
        if before is None:
            return name
        end = ended(before)
        if end is None or (outcome(before) not in _AT_ONCE and view.now < end + AGAIN):
            return None
    return None


def _scaled(plan: AdaptationPlan) -> list[tuple[PermittedAction, ObjectRef]]:
    """Back to at least what was there: whoever asked for more meanwhile keeps it."""
    found = []
    for step in plan.status.execution.steps if plan.status.execution else ():
        action, before = plan.spec.actions[step.action], _before(step.changes)
        if action.scale and before:
            wish = ScaleBy(by=FARTHEST, min=before, max=before, bound=action.scale.bound or "Max")
            found.append((PermittedAction(type="Scale", scale=wish), plan.refs[step.action]))
    return found


def _before(changes: tuple[FieldChange, ...]) -> int | None:
    before = json.loads(changes[0].before) if len(changes) == 1 and changes[0].before else None
    return before if isinstance(before, int) else None


def _wake(plan: AdaptationPlan, why: str, name: str, loop: ControlLoopResource, view: View) -> Finding:
    asked, until = _asked(plan)
    back, namespace = _scaled(plan), plan.metadata.namespace
    who = ", ".join(ref.name for _, ref in back)
    told = f"{who} is brought back from its rest, as plan {plan.metadata.name} found it: {why}."
    trigger = BudgetTrigger(budget=asked.budget, rung=asked.rung, gives_back=plan.metadata.name, until=until)
    return Finding(
        loop=loop.metadata.name,
        owner=ObjectRef(api_version=API_VERSION, kind=CostBudget.names.kind, name=asked.budget, namespace=namespace),
        subject=plan.metadata.name,
        name=name,
        trigger=Trigger(type="Budget", budget=trigger),
        permitted=tuple(action for action, _ in back),
        targets=tuple(ref for _, ref in back),
        justification=told,
        evidence=Evidence(summary=told),
        verification=_verification(plan),
        mode=_mode(view.budgets.get(f"{namespace}/{asked.budget}"), namespace, loop, view),
    )


def _mode(budget: CostBudget | None, namespace: str | None, loop: ControlLoopResource, view: View) -> Mode:
    own = (budget.spec.mode,) if budget else ()
    return strictest(loop.spec.mode, *own, view.namespace(namespace).ceiling, view.ceiling)


def _verification(plan: AdaptationPlan) -> PlanVerification:
    judged = plan.spec.verification
    rollout = RolloutVerification(progress=judged.within)
    return PlanVerification(type="Rollout", settle=judged.settle, within=judged.within, rollout=rollout)
