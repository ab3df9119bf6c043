"""Epsilon-greedy, the named baseline: mostly the best mean so far, a share `epsilon` of the time any candidate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autonomic.domain.errors import Invalid
from autonomic.routing.chance import Random
from autonomic.routing.recalling import candidates_of, number_of

UNTRIED = 1.0
"""The mean of a candidate without outcomes: each is tried once before any is left."""
FORGETTING = 100
"""Outcomes that the decaying mean looks back over: a fall from .95 to .60 shows within as many."""


def looking_back(half_life: float) -> float:
    """The `memory` of a mean in which an outcome counts half after so many more (above 0); 69 make 100."""
    kept: float = 0.5 ** (1 / half_life)
    return 1 / (1 - kept)


@dataclass
class _Arm:
    count: float = 0.0
    mean: float = UNTRIED


class EpsilonGreedy:
    """`epsilon` halves every `half_life` tasks, never below `least`; the mean looks back over `memory` outcomes, or over all.

    Raises Invalid for a share that is none, and for a half-life or memory of nothing.
    """

    def __init__(
        self,
        candidates: Sequence[str],
        epsilon: float = 0.1,
        half_life: float | None = None,
        least: float = 0.01,
        memory: float | None = FORGETTING,
    ) -> None:
        if not 0 <= epsilon <= 1:
            raise Invalid(f"epsilon: {epsilon} is no share: give a number from 0 to 1")
        if half_life is not None and not half_life > 0:
            raise Invalid(f"half_life: {half_life} tasks would end exploring at once: give a number above 0")
        if memory is not None and not memory >= 1:
            raise Invalid(f"memory: a mean of {memory} outcomes says nothing: give 1 or more, or None for all")
        self._arms = {name: _Arm() for name in candidates}
        self._epsilon, self._half_life, self._least, self._memory = epsilon, half_life, least, memory
        self._ahead: Mapping[str, float] = {}

    def learn(self, candidate: str, success: bool, at: int) -> bool:  # noqa: ARG002 - means do not look at the time
        """Moves the mean; it knows no alarm."""
        arm = self._arms.setdefault(candidate, _Arm())
        arm.count += 1
        rate = 1 / arm.count if self._memory is None else max(1 / arm.count, 1 / self._memory)
        arm.mean += rate * (success - arm.mean)
        return False

    def choose(self, eligible: Sequence[str], at: int, random: Random) -> str:
        """Any candidate in a share epsilon of the time, else the one with the best mean."""
        if random.random() < self._exploring(at):
            return eligible[int(random.random() * len(eligible))]
        return max(eligible, key=self._worth)

    def weights(self, eligible: Sequence[str], at: int, random: Random) -> Mapping[str, float]:  # noqa: ARG002 - exact
        """Epsilon shared evenly, the rest for the best."""
        each = self._exploring(at) / len(eligible)
        best = max(eligible, key=self._worth)
        return {name: each + (1 - each * len(eligible) if name == best else 0) for name in eligible}

    def prefer(self, ahead: Mapping[str, float]) -> None:
        """Added to the means."""
        self._ahead = dict(ahead)

    def remember(self) -> dict[str, object]:
        """Count and mean of each candidate."""
        return {"candidates": {name: {"count": arm.count, "mean": arm.mean} for name, arm in self._arms.items()}}

    def recall(self, remembered: Mapping[str, object]) -> None:
        """Raises Invalid for anything else than `remember` gives."""
        found = {
            name: _Arm(number_of(raw, "count", 0), number_of(raw, "mean", 0, 1))
            for name, raw in candidates_of(remembered).items()
        }
        self._arms.update(found)

    def _exploring(self, at: int) -> float:
        if self._half_life is None:
            return self._epsilon
        halved: float = 0.5 ** (max(at, 0) / self._half_life)
        return max(min(self._least, self._epsilon), self._epsilon * halved)

    def _worth(self, name: str) -> float:
        arm = self._arms.get(name)
        return (arm.mean if arm else UNTRIED) + self._ahead.get(name, 0.0)
