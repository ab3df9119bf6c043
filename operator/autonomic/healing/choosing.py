"""Which steps of a cure are taken: what each asks of the signal, and of the step before it. Unknown takes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase

from autonomic.domain.steps import LabelCondition, PlaybookStep, StepCondition, ValueCondition
from autonomic.domain.words import Truth
from autonomic.healing.seen import Seen

_SHOWN = 64
_Told = tuple[Truth, str]
_YES: _Told = (Truth.TRUE, "")


@dataclass(frozen=True)
class Choice:
    """Numbers of the steps that are taken, in order, and a sentence for each that is left out."""

    taken: tuple[int, ...]
    left_out: tuple[str, ...]


def chosen(steps: Sequence[PlaybookStep], seen: Seen) -> Choice:
    """What the signal decides. All of it is decided before the plan is made, so that people see what will be done."""
    before, taken, left_out = Truth.UNKNOWN, list[int](), list[str]()
    for number, step in enumerate(steps):
        before, why = _holds(step.when, seen, before)
        if before is Truth.TRUE:
            taken.append(number)
        else:
            left_out.append(f"step {number} ({step.type}) is left out: {why}")
    return Choice(tuple(taken), tuple(left_out))


def _holds(when: StepCondition | None, seen: Seen, before: Truth) -> _Told:
    if when is None:
        return _YES
    told = (_label(when.label, seen), _value(when.value, seen), _before(when.before, before))
    wrong = [each for each in told if each[0] is not Truth.TRUE]
    return next((each for each in wrong if each[0] is Truth.FALSE), wrong[0] if wrong else _YES)


def _label(wanted: LabelCondition | None, seen: Seen) -> _Told:
    if wanted is None:
        return _YES
    value = seen.labels.get(wanted.name)
    if value is None:
        return Truth.UNKNOWN, f"the signal has no label {wanted.name}"
    if any(fnmatchcase(value, each) for each in wanted.values):
        return _YES
    return Truth.FALSE, f"label {wanted.name} is {value[:_SHOWN]!r}, not {' or '.join(wanted.values)}"[:512]


def _value(wanted: ValueCondition | None, seen: Seen) -> _Told:
    if wanted is None:
        return _YES
    if seen.value is None:
        return Truth.UNKNOWN, "the signal has no value"
    if wanted.op.holds(seen.value, Decimal(wanted.value)):
        return _YES
    return Truth.FALSE, f"the value is {seen.value}, not {wanted.op.promql} {wanted.value}"


def _before(wanted: str | None, before: Truth) -> _Told:
    if wanted is None:
        return _YES
    if before is Truth.UNKNOWN:
        return Truth.UNKNOWN, "it is not known whether the step before it was to be taken"
    was = "Taken" if before is Truth.TRUE else "LeftOut"
    return (
        _YES if was == wanted else (Truth.FALSE, f"the step before it was {'taken' if was == 'Taken' else 'left out'}")
    )
