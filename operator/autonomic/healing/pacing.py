"""How often a playbook may act: its cooldown and its limit, read from the plans that exist, so a restart forgets nothing."""

from collections.abc import Iterable
from datetime import datetime

from autonomic.domain.meta import condition
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.units import span
from autonomic.domain.words import Truth


def too_soon(playbook: SelfHealingPlaybook, plans: Iterable[AdaptationPlan], now: datetime) -> str | None:
    """Why no plan may be proposed yet; None when one may."""
    mine = [plan for plan in plans if _is_of(playbook, plan)]
    last = max((end for plan in mine if (end := _ended(plan))), default=None)
    cooldown, limit = playbook.spec.cooldown, playbook.spec.limit
    if last is not None and now - last < span(cooldown):
        return f"the last plan ended at {last:%H:%M:%S}, the cooldown is {cooldown}"
    recent = [plan for plan in mine if (made := plan.metadata.creation_timestamp) and now - made < span(limit.per)]
    if len(recent) >= limit.count:
        return f"{len(recent)} plans in the last {limit.per}, the limit is {limit.count}"
    return None


def _is_of(playbook: SelfHealingPlaybook, plan: AdaptationPlan) -> bool:
    signal = plan.spec.trigger.signal
    same_namespace = plan.metadata.namespace == playbook.metadata.namespace
    return same_namespace and signal is not None and signal.playbook == playbook.metadata.name


def _ended(plan: AdaptationPlan) -> datetime | None:
    finished = condition(plan.status.conditions, "Finished")
    return finished.last_transition_time if finished and finished.status == Truth.TRUE else None
