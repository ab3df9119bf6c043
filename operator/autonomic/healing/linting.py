"""What is odd about a playbook that is valid: what can never happen, and what its author hardly means."""

from collections.abc import Iterable
from datetime import UTC, datetime
from difflib import get_close_matches
from itertools import combinations

from autonomic.domain.errors import Invalid
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.signals.catalogue import PUSHED
from autonomic.domain.signals.lookup import TYPES
from autonomic.domain.triggers import PlaybookTrigger
from autonomic.domain.units import span
from autonomic.domain.words import Comparison, Mode
from autonomic.healing.matching import questions
from autonomic.healing.steps_never_taken import never_taken

EVENTS = (
    "BackoffLimitExceeded", "CrashLoopBackOff", "DeadlineExceeded", "Evicted", "FailedCreate", "FailedMount",
    "FailedScheduling", "ImagePullBackOff", "NodeNotReady", "OOMKilled", "Unhealthy",
)  # fmt: skip
"""Reasons of Events that clusters are known to write, as a trigger names them."""
_RISING = (Comparison.GT, Comparison.GE)
_ANY_TIME = datetime.min.replace(tzinfo=UTC)


def mistakes(playbook: SelfHealingPlaybook) -> Iterable[str]:
    """Why it can never act as written."""
    named = playbook.spec.target.from_signal
    for trigger in playbook.spec.triggers:
        try:
            if trigger.prometheus:
                questions(trigger, _ANY_TIME, None, named.label if named and trigger.per_target else None)
        except Invalid as error:
            yield f"triggers.{trigger.name}: {error}"
    for one, other in combinations(playbook.spec.triggers, 2) if playbook.spec.match == "All" else ():
        if _excluded(one, other):
            yield f"triggers {one.name} and {other.name} exclude each other: with match All they can never both hold"
    for rung in playbook.spec.escalation:
        if rung.after >= playbook.spec.attempts.limit:
            yield f"escalation after {rung.after} is never reached: attempts.limit is {playbook.spec.attempts.limit}"
    yield from never_taken(playbook)


def advice(playbook: SelfHealingPlaybook) -> Iterable[str]:
    """What is worth a second look."""
    known = sorted({*TYPES, *PUSHED})
    for trigger in playbook.spec.triggers:
        if trigger.signal:
            yield from _unknown(trigger, trigger.signal.type, known, "signal of the catalogue")
        for reason in trigger.kubernetes_event.reasons if trigger.kubernetes_event else ():
            yield from _unknown(trigger, reason, EVENTS, "usual reason of an Event")
    if playbook.spec.mode is Mode.OBSERVE:
        yield "mode is Observe: it says what it would do, and does nothing"
    attempts = playbook.spec.attempts
    if attempts.backoff and span(attempts.most) <= span(playbook.spec.cooldown):
        yield f"attempts.most {attempts.most} is no longer than the cooldown {playbook.spec.cooldown}: backoff changes nothing"
    longest = max((span(each.hold) for each in playbook.spec.triggers if each.hold), default=None)
    wait = playbook.spec.verification
    if longest and span(wait.settle) + longest > span(wait.within):
        yield f"verification.within {wait.within} has no time for settle {wait.settle} and the longest for of the triggers"


def _unknown(trigger: PlaybookTrigger, name: str, known: Iterable[str], what: str) -> Iterable[str]:
    names = list(known)
    if name in names:
        return
    folded = {each.lower(): each for each in names}
    near = get_close_matches(name.lower(), folded, n=1)
    meant = f", did you mean {folded[near[0]]}?" if near else ""
    yield f"triggers.{trigger.name}: {name} is no {what}{meant or ': it works once somebody pushes it'}"


def _excluded(one: PlaybookTrigger, other: PlaybookTrigger) -> bool:
    """Whether both compare the same thing, now, with ranges that do not meet."""
    lasting = all(each.op and each.hold and not each.within for each in (one, other))
    same = (one.prometheus, one.signal) == (other.prometheus, other.signal) and one.type == other.type
    if not (lasting and same and one.op and other.op) or (one.op in _RISING) == (other.op in _RISING):
        return False
    low, high = (one, other) if one.op in _RISING else (other, one)
    least, most = float(low.value or 0), float(high.value or 0)
    return least > most or (least == most and (low.op, high.op) != (Comparison.GE, Comparison.LE))
