"""What was remembered, read back with suspicion: a checkpoint may be old, cut, or edited by hand."""

from collections.abc import Mapping
from math import inf, isfinite
from typing import Any

from autonomic.domain.errors import Invalid

WAY_OUT = "delete the checkpoint, and it is learned anew"


def candidates_of(remembered: Mapping[str, object]) -> dict[str, Mapping[str, Any]]:
    """What was remembered of each candidate. Raises Invalid."""
    found = remembered.get("candidates")
    if not isinstance(found, Mapping) or not all(isinstance(each, Mapping) for each in found.values()):
        raise Invalid(f"candidates: {found!r:.60} is not what is remembered: {WAY_OUT}")
    return {str(name): each for name, each in found.items()}


def number_of(raw: Mapping[str, Any], field: str, low: float = -inf, high: float = inf) -> float:
    """The finite number of that name, from `low` to `high`. Raises Invalid."""
    return _number(raw.get(field), field, low, high)


def numbers_of(raw: Mapping[str, Any], field: str, low: float = -inf, high: float = inf) -> list[float]:
    """The numbers of that name, at least one. Raises Invalid."""
    found = raw.get(field)
    if not isinstance(found, list | tuple) or not found:
        raise Invalid(f"{field}: {found!r:.60} is no list of numbers: {WAY_OUT}")
    return [_number(each, field, low, high) for each in found]


def _number(value: object, field: str, low: float, high: float) -> float:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and low <= value <= high
    if not fits:
        raise Invalid(f"{field}: {value!r:.60} is no number from {low:g} to {high:g}: {WAY_OUT}")
    return float(value)  # type: ignore[arg-type]
