"""Attempts at one incident: their names, how many did not help, and so what is done next."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from autonomic.domain.naming import outcome, plan_name
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.steps import PlaybookStep
from autonomic.healing.pacing import ended

_STANDS_STILL = (None, "Denied", "Expired")
"""Under way, a no, or no answer: nothing more is proposed in this incident."""


@dataclass(frozen=True)
class Attempt:
    """The next attempt: the name of its plan, how many were carried out before, and when the last of them ended."""

    name: str
    tried: int
    last: datetime | None


def next_attempt(
    playbook: SelfHealingPlaybook, target: str | None, since: datetime, plans: Mapping[str, AdaptationPlan]
) -> Attempt | None:
    """None while one is under way, and after a no or no answer."""
    tried, last = 0, None
    for number in itertools.count():
        name = _name(playbook, target, since, number)
        plan = plans.get(f"{playbook.metadata.namespace}/{name}")
        if plan is None:
            return Attempt(name, tried, last)
        if outcome(plan) in _STANDS_STILL:
            return None
        last = ended(plan)
        tried += plan.status.execution is not None
    return None


def cure(playbook: SelfHealingPlaybook, tried: int) -> tuple[PlaybookStep, ...]:
    """What is done after so many attempts: the last rung of the escalation that is reached, or the playbook's actions."""
    reached = [rung.actions for rung in playbook.spec.escalation if rung.after <= tried]
    return reached[-1] if reached else playbook.spec.actions


def escalated(playbook: SelfHealingPlaybook, tried: int) -> bool:
    """Whether a rung of the escalation is reached."""
    return any(rung.after <= tried for rung in playbook.spec.escalation)


def used_up(playbook: SelfHealingPlaybook, attempt: Attempt) -> str | None:
    """That there were as many attempts as there may be in one incident."""
    if attempt.tried < playbook.spec.attempts.limit:
        return None
    return (
        f"{attempt.tried} attempts did not help, attempts.limit is {playbook.spec.attempts.limit}: somebody has to look"
    )


def _name(playbook: SelfHealingPlaybook, target: str | None, since: datetime, number: int) -> str:
    meta, trigger = playbook.metadata, playbook.spec.triggers[0].name
    whose = () if target is None else (target,)
    identity = (meta.uid, str(meta.generation), trigger, *whose, since.isoformat(), str(number))
    return plan_name(meta.name, trigger if target is None else target, identity)
