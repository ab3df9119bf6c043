"""Whether the trouble of a playbook is still there at one moment after its cure: what its verification looks at."""

from datetime import datetime, timedelta

from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.promql import Matcher
from autonomic.domain.readings import Answers, Question
from autonomic.domain.triggers import PlaybookTrigger
from autonomic.domain.units import span
from autonomic.domain.words import Truth
from autonomic.healing import matching
from autonomic.healing.hearing import Ear, matches, number
from autonomic.healing.judging import listening
from autonomic.healing.seen import Seen, together


def asked(
    playbook: SelfHealingPlaybook, target: str | None, at: datetime, tenant: Matcher | None
) -> tuple[Question, ...]:
    """What must be asked of the metrics about the target, in the order of the Prometheus triggers. Raises Invalid."""
    named = playbook.spec.target.from_signal
    about = Matcher(named.label, "=", target) if named and target else None
    moment = at.replace(microsecond=0)
    return tuple(
        Question(matching.quiet(each, tenant, about if each.per_target else None), moment, server=each.server)
        for each in playbook.spec.triggers
        if not each.pushed
    )


def still_there(
    playbook: SelfHealingPlaybook, ear: Ear, questions: tuple[Question, ...], answers: Answers, quiet: timedelta
) -> Seen:
    """Whether it is still there, as of the ear's time; `ear.after` is when the cure had settled.

    What is counted is counted over the time `quiet` before the look.
    """
    readings = iter(answers[each] for each in questions)
    seen = [
        _still(each, listening(each, ear, playbook), quiet) if each.pushed else matching.still(each, next(readings))
        for each in playbook.spec.triggers
    ]
    return together(seen, playbook.spec.match)


def _still(trigger: PlaybookTrigger, ear: Ear, quiet: timedelta) -> Seen:
    if trigger.absent:
        there = bool(ear.streams(trigger))
        return _said(trigger, Truth.FALSE if there else Truth.TRUE, "was heard again" if there else "is still missing")
    if trigger.type == "Alert" or trigger.hold or trigger.consecutive:
        return _latest(trigger, ear)
    return _so_often(trigger, ear, quiet)


def _latest(trigger: PlaybookTrigger, ear: Ear) -> Seen:
    """By the latest signal of each stream; the worst counts."""
    streams = ear.streams(trigger)
    if not streams:
        return _said(trigger, Truth.UNKNOWN, "has not been heard since")
    bad = any(matches(trigger, each.cells[-1]) for each in streams)
    return _said(trigger, Truth.TRUE if bad else Truth.FALSE, "still holds" if bad else "no longer holds")


def _so_often(trigger: PlaybookTrigger, ear: Ear, quiet: timedelta) -> Seen:
    """It still comes as often as the trigger says is too often; silence counts only while somebody listened."""
    since = max(ear.after or ear.at, ear.at - quiet)
    if ear.board.since > since:
        return _said(trigger, Truth.UNKNOWN, "is not heard for long enough yet")
    times = number(trigger, ear.streams(trigger), since)
    as_often = times * span(trigger.reach) >= (trigger.count or 1) * min(ear.at - since, span(trigger.reach))
    bad = times > 0 and as_often
    return _said(trigger, Truth.TRUE if bad else Truth.FALSE, f"was seen {times} times lately")


def _said(trigger: PlaybookTrigger, truth: Truth, words: str) -> Seen:
    return Seen(truth, "Looked", f"{trigger.name} {words}", trigger=trigger.name)
