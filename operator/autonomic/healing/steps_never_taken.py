"""Steps of a playbook whose condition can never hold: what their author hardly means."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fnmatch import fnmatchcase
from itertools import pairwise

from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.steps import PlaybookStep, StepCondition
from autonomic.domain.triggers import PlaybookTrigger
from autonomic.domain.words import Comparison
from autonomic.healing.hearing import labels_of

_RISING = (Comparison.GT, Comparison.GE)


def never_taken(playbook: SelfHealingPlaybook) -> Iterable[str]:
    """Why, for each step, of the cure and of each rung of the escalation."""
    yield from _never("actions", playbook.spec.actions, playbook)
    for number, rung in enumerate(playbook.spec.escalation):
        yield from _never(f"escalation[{number}].actions", rung.actions, playbook)


def _never(place: str, steps: Sequence[PlaybookStep], playbook: SelfHealingPlaybook) -> Iterable[str]:
    for number, (one, other) in enumerate(pairwise(steps), 1):
        if one.when is None and other.when and other.when.before == "LeftOut":
            yield f"{place}[{number}] is never taken: the step before it always is"
    for number, step in enumerate(steps):
        why = _unmet(step.when, playbook) if step.when else None
        if why:
            yield f"{place}[{number}] is never taken: {why}"


def _unmet(when: StepCondition, playbook: SelfHealingPlaybook) -> str | None:
    triggers = playbook.spec.triggers
    if when.label and not any(each.pushed or each.per_target for each in triggers):
        return "no trigger hears a signal whose labels could be looked at"
    if len(triggers) > 1:
        return None
    (only,) = triggers
    fixed = labels_of(only).get(when.label.name) if when.label else None
    if when.label and fixed is not None and not any(fnmatchcase(fixed, each) for each in when.label.values):
        return f"the trigger {only.name} wants {when.label.name} to be {fixed}"
    return f"the trigger {only.name} holds for other values" if _apart(when, only) else None


def _apart(when: StepCondition, trigger: PlaybookTrigger) -> bool:
    """Whether the comparisons of both have no value in common."""
    if not when.value or not trigger.op or (when.value.op in _RISING) == (trigger.op in _RISING):
        return False
    mine, its = (when.value.op, Decimal(when.value.value)), (trigger.op, Decimal(trigger.value or 0))
    low, high = (mine, its) if when.value.op in _RISING else (its, mine)
    return low[1] > high[1] or (low[1] == high[1] and (low[0], high[0]) != (Comparison.GE, Comparison.LE))
