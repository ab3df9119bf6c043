"""What a claim looks at besides the ruling: the mode, the change that was shown, rivals, and the sequence. Pure."""

from autonomic.cycle.plan.status import display
from autonomic.domain.decisions import Ruling
from autonomic.domain.plans import AdaptationPlan, Review
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.domain.words import Mode, strictest
from autonomic.governance.bounds import in_flight
from autonomic.governance.reviews import said


def mode_in_force(plan: AdaptationPlan, view: View) -> Mode:
    """The strictest mode that applies to the plan now; what is gone allows nothing."""
    if plan.spec.trigger.route:
        route = view.routes.get(f"{plan.metadata.namespace}/{plan.spec.trigger.route.route}")
        return strictest(route.spec.mode if route else Mode.OBSERVE, view.namespace(plan.metadata.namespace).ceiling)
    loop = view.loops.get(plan.spec.control_loop)
    modes = [loop.spec.mode if loop else Mode.OBSERVE, view.namespace(plan.metadata.namespace).ceiling]
    if plan.spec.trigger.signal:
        playbook = view.playbooks.get(f"{plan.metadata.namespace}/{plan.spec.trigger.signal.playbook}")
        modes.append(playbook.spec.mode if playbook else Mode.OBSERVE)
    if plan.spec.trigger.budget:
        budget = view.budgets.get(f"{plan.metadata.namespace}/{plan.spec.trigger.budget.budget}")
        if budget or not plan.spec.trigger.budget.wakes:
            modes.append(budget.spec.mode if budget else Mode.OBSERVE)
    return strictest(*modes)


def difference(plan: AdaptationPlan, facts: tuple[StepFacts, ...]) -> str | None:
    """What makes the change another one than the one that was shown, if anything."""
    if not any(fact.due for fact in facts):
        return "nothing is left to change: the target is already as the plan wants it"
    shown, now = plan.status.action, display(facts)["action"]
    if shown is not None and shown != now:
        return f"the target changed: the plan was to {shown}, now it would {now}"
    return None


def outdated(
    plan: AdaptationPlan, ruling: Ruling, facts: tuple[StepFacts, ...], given: tuple[Review, ...]
) -> str | None:
    """What makes people's yes one to another thing: other policies than they were asked under, or another change."""
    changed = difference(plan, facts) if given else None
    return "; ".join(each for each in (other_policy(plan, ruling, given), changed) if each) or None


def other_policy(plan: AdaptationPlan, ruling: Ruling, given: tuple[Review, ...]) -> str | None:
    """That people approved under another revision of the policies: which one, and what the present one says."""
    asked = plan.status.governance
    then = asked.policy_revision if asked else plan.spec.policy_revision
    if not given or not then or then == ruling.policy_revision:
        return None
    now = f"{ruling.policy_revision} says {ruling.verdict}: {', '.join(ruling.reasons)}".rstrip(": ")
    return f"the policies changed: it was {said(given)} under revision {then}, now revision {now}"


def rival(plan: AdaptationPlan, view: View) -> str | None:
    """Another plan in flight for one of the same workloads."""
    others = view.book.of(plan.refs)
    busy = (each.metadata.name for each in others if each.metadata.uid != plan.metadata.uid and in_flight(each))
    return next(busy, None)


def next_seq(plan: AdaptationPlan, view: View) -> int:
    """One more than any plan for the same workloads had: a high-water mark that lives in the plans, not on the target."""
    known = [each.status.execution.seq for each in view.book.of(plan.refs) if each.status.execution]
    return max(known, default=0) + 1
