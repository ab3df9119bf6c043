"""The policies, by name.

Belongs here: one file a policy, and what they share. Never here: shares of traffic and their limits, profiles, constraints.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autonomic.domain.errors import Invalid
from autonomic.routing.algorithms.change_points import ChangePoints
from autonomic.routing.algorithms.epsilon_greedy import EpsilonGreedy
from autonomic.routing.algorithms.thompson import Thompson
from autonomic.routing.policy import Policy

FORGETS = 0.999
"""The discount of DiscountedThompson, unless another is given: it looks back over a thousand tasks."""


def _discounted(candidates: Sequence[str], discount: float = FORGETS) -> Thompson:
    return Thompson(candidates, discount)


ALGORITHMS: Mapping[str, Callable[..., Policy]] = {
    "EpsilonGreedy": EpsilonGreedy,
    "Thompson": Thompson,
    "DiscountedThompson": _discounted,
    "ChangePoints": ChangePoints,
}


def make(algorithm: str, candidates: Sequence[str], **settings: Any) -> Policy:
    """A policy that has learned nothing yet. Raises Invalid for an algorithm or setting that there is not, or no candidate."""
    if algorithm not in ALGORITHMS:
        raise Invalid(f"algorithm: there is no {algorithm}: choose one of {', '.join(ALGORITHMS)}")
    if not candidates:
        raise Invalid("candidates: none is given: name at least one")
    try:
        return ALGORITHMS[algorithm](candidates, **settings)
    except TypeError as error:
        raise Invalid(f"settings of {algorithm}: {', '.join(settings)}: {error}") from error
