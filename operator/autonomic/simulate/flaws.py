"""What is wrong with a scenario: each field, what stands there, and the way out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from autonomic.domain.errors import Invalid

_SHOWN = 200
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """`field` is a path such as `objects.3.spec.tier`, `value` what stands there, `detail` what is wrong with it."""

    field: str
    value: str
    detail: str


class Unfit(Invalid):
    """A scenario that can't be tried."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__("; ".join(f"{each.field}: {each.detail}" for each in self.flaws[:5]))


def flaws(error: ValidationError, *place: str) -> tuple[Flaw, ...]:
    """All that a model says, below that place."""
    return tuple(_flaw(each, place) for each in error.errors(include_url=False))


def flaw(field: str, value: object, detail: str) -> Flaw:
    """One, with its value as far as it is short."""
    return Flaw(field, repr(value)[:_SHOWN], detail)


def _flaw(told: Mapping[str, Any], place: tuple[str, ...]) -> Flaw:
    field = ".".join((*place, *(str(part) for part in told["loc"]))) or "body"
    return flaw(field, told.get("input"), str(told["msg"]).removeprefix("Value error, "))
