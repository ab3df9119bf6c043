"""A playbook whose own cure brings the trouble back: each round looks like a success, and there is no end to them."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from autonomic.domain.meta import condition
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.units import span
from autonomic.domain.words import Truth
from autonomic.healing.pacing import ended, plans_of

ROUNDS = 3
"""Rounds after which it stops."""

Round = tuple[datetime, datetime]
"""When the incident began, and when its last plan ended."""


def retriggers(
    playbook: SelfHealingPlaybook,
    target: str | None,
    since: datetime,
    plans: Iterable[AdaptationPlan],
    now: datetime,
) -> str | None:
    """That the incident which began then is the next round of a loop; None where it is not.

    Rounds are incidents that were cured, each of which began no later after the cure before it than a cure may take to be
    verified. It goes on once the rounds are older than the limit's window, or when somebody edits the playbook.
    """
    window, soon = playbook.spec.limit.per, span(playbook.spec.verification.within)
    earliest = max(now - span(window), _resumed(playbook) or now - span(window))
    rounds = [each for each in _rounds(playbook, target, plans) if each[0] >= earliest and each[0] < since]
    chain = 0
    for (_, end), (begin, _) in pairwise([*rounds, (since, since)]):
        chain = chain + 1 if begin - end <= soon else 0
    if chain < ROUNDS:
        return None
    return (
        f"it was cured {chain} times within {window} and came back each time: the cure seems to bring it back,"
        " so nothing more is done until that time has passed, or somebody edits the playbook"
    )


def _rounds(playbook: SelfHealingPlaybook, target: str | None, plans: Iterable[AdaptationPlan]) -> list[Round]:
    """Incidents whose cure was carried out and is over, in order of time."""
    found: dict[datetime, datetime] = {}
    for plan in plans_of(playbook, plans, target):
        signal, end = plan.spec.trigger.signal, ended(plan)
        if signal and end and plan.status.execution:
            found[signal.since] = max(end, found.get(signal.since, end))
    return sorted(found.items())


def _resumed(playbook: SelfHealingPlaybook) -> datetime | None:
    """When somebody edited it after it had stopped; what was before is forgiven."""
    stopped = condition(playbook.status.conditions, "Stopped")
    resumed = stopped is not None and stopped.status is Truth.FALSE and stopped.reason == "Resumed"
    return stopped.last_transition_time if stopped and resumed else None
