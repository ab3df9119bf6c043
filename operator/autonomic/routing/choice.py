"""Weights that a candidate can be chosen by. The propensity is known from them: nothing is estimated while a task waits."""

from collections.abc import Mapping
from math import isfinite

from autonomic.domain.errors import Invalid


def checked(weights: Mapping[str, float]) -> Mapping[str, float]:
    """The weights, if they can be chosen by: finite, none below 0, one above. Raises Invalid that names what is not."""
    for name, weight in weights.items():
        if not isfinite(weight) or weight < 0:
            raise Invalid(f"weight of {name}: {weight} is no share: give a number from 0 up")
    if not sum(weights.values()) > 0:
        raise _unusable(weights)
    return weights


def _unusable(weights: Mapping[str, float]) -> Invalid:
    named = ", ".join(weights) or "no candidate"
    return Invalid(f"weights of {named}: none is above 0, so nothing can be picked: give one candidate a weight")
