"""How often a playbook may act: its cooldown and its limit, read from the plans that exist, so a restart forgets nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from autonomic.domain.naming import outcome
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.units import span


def too_soon(
    playbook: SelfHealingPlaybook, plans: Iterable[AdaptationPlan], now: datetime, target: str | None = None
) -> str | None:
    """Why no plan may be proposed yet for the target; None when one may."""
    mine = plans_of(playbook, plans, target)
    last = max((end for plan in mine if (end := ended(plan))), default=None)
    cooldown, limit = playbook.spec.cooldown, playbook.spec.limit
    if last is not None and now - last < span(cooldown):
        return f"the last plan ended at {last:%H:%M:%S}, the cooldown is {cooldown}"
    recent = [plan for plan in mine if (made := plan.metadata.creation_timestamp) and now - made < span(limit.per)]
    if len(recent) >= limit.count:
        return f"{len(recent)} plans in the last {limit.per}, the limit is {limit.count}"
    return None


def backing_off(playbook: SelfHealingPlaybook, tried: int, last: datetime | None, name: str) -> datetime | None:
    """From when on the attempt of that name may be made, after so many; None where nothing has to be waited for.

    The jitter is drawn from the plan's name, so that it is another one for each attempt and the same after a restart.
    """
    attempts = playbook.spec.attempts
    if attempts.backoff is None or last is None or tried == 0:
        return None
    wait = min(span(attempts.backoff) * float(2 ** (tried - 1)), span(attempts.most))
    return last + wait + wait * float(attempts.jitter) * _share(name)


def dealt_with(plans: Iterable[AdaptationPlan]) -> datetime | None:
    """Up to when what was heard has been answered: the end of the last cure that helped, the deed of one that did not."""
    return max((at for plan in plans if (at := _answered(plan))), default=None)


def plans_of(
    playbook: SelfHealingPlaybook, plans: Iterable[AdaptationPlan], target: str | None = None
) -> tuple[AdaptationPlan, ...]:
    """The playbook's attempts at the target."""
    return tuple(by_target(playbook, plans).get(target, ()))


def by_target(
    playbook: SelfHealingPlaybook, plans: Iterable[AdaptationPlan]
) -> Mapping[str | None, Sequence[AdaptationPlan]]:
    """The playbook's attempts, by the target that a signal named; None where the playbook names it."""
    found: dict[str | None, list[AdaptationPlan]] = {}
    name, namespace = playbook.metadata.name, playbook.metadata.namespace
    for plan in plans:
        if plan.metadata.namespace != namespace:
            continue
        signal = plan.spec.trigger.signal
        if signal and signal.playbook == name and not clears_up(plan):
            found.setdefault(signal.target, []).append(plan)
    return found


def clears_up(plan: AdaptationPlan) -> bool:
    """Whether it is no attempt but what is done after one that did not help."""
    return plan.spec.verification.type == "Rollout"


def ended(plan: AdaptationPlan) -> datetime | None:
    """When the plan finished; None while it has not."""
    return plan.finished.last_transition_time if plan.finished else None


def _answered(plan: AdaptationPlan) -> datetime | None:
    end, execution = ended(plan), plan.status.execution
    if end is None or execution is None or not execution.steps:
        return None
    return end if outcome(plan) == "Succeeded" else execution.steps[0].at


def _share(name: str) -> float:
    """From 0 to 1, spread evenly over names."""
    return int(sha256(name.encode()).hexdigest()[:8], 16) / 2**32
