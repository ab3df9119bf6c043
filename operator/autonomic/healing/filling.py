"""Parameters from the signal: whole fields, typed and bounded. Nothing is ever spliced into a text."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from autonomic.domain.actions import PermittedAction
from autonomic.domain.cures import SignalParameter
from autonomic.domain.errors import Invalid
from autonomic.domain.steps import PlaybookStep
from autonomic.healing.seen import Seen

LONGEST = 256
"""Characters of a label's value that may become a field."""


def filled(
    steps: Sequence[PlaybookStep], taken: Iterable[int], parameters: Iterable[SignalParameter], seen: Seen
) -> tuple[PermittedAction, ...]:
    """The steps that are taken, with what the signal says.

    Raises Invalid that names the parameter, the value and what is allowed.
    """
    out = {number: steps[number].plain() for number in taken}
    for parameter in parameters:
        if parameter.action in out:
            value = _text(parameter, seen) if parameter.label else _number(parameter, seen)
            out[parameter.action] = _with(out[parameter.action], parameter, value)
    return tuple(out.values())


def _text(parameter: SignalParameter, seen: Seen) -> str:
    label = parameter.label or ""
    value = seen.labels.get(label)
    if value is None:
        raise Invalid(f"{parameter.field}: the signal has no label {label}")
    if len(value) > LONGEST or not any(fnmatchcase(value, each) for each in parameter.allow):
        allowed = ", ".join(parameter.allow)
        raise Invalid(f"{parameter.field}: {value[:LONGEST]!r} of label {label} is not allowed, which is {allowed}")
    return value


def _number(parameter: SignalParameter, seen: Seen) -> int:
    value, least, most = seen.value, parameter.min, parameter.max
    if value is None or least is None or most is None:
        raise Invalid(f"{parameter.field}: the signal has no value")
    if value != value.to_integral_value() or not Decimal(least) <= value <= Decimal(most):
        raise Invalid(f"{parameter.field}: {value} is no whole number from {least} to {most}")
    return int(value)


def _with(action: PermittedAction, parameter: SignalParameter, value: str | int) -> PermittedAction:
    """The action with that field; read anew, so that what the action itself forbids stays forbidden."""
    member, _, field = parameter.field.partition(".")
    body: dict[str, Any] = action.wire()
    if member not in body:
        raise Invalid(f"{parameter.field}: action {parameter.action} is {action.type} and has no such field")
    body[member] = {**body[member], field: value}
    try:
        return PermittedAction.model_validate(body)
    except ValueError as error:
        raise Invalid(f"{parameter.field}: {value!r} is refused: {error}") from error
