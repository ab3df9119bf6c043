"""Thompson sampling with Beta posteriors, plain or discounted: a candidate is chosen as often as it is believed the best."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autonomic.domain.errors import Invalid
from autonomic.routing.algorithms.drawing import DRAWS, Floats, generator, shares_of_best
from autonomic.routing.chance import Random, beta
from autonomic.routing.recalling import candidates_of, number_of

Prior = Callable[[str], tuple[float, float]]
"""The pseudo-counts (successes, failures) that a candidate starts from."""


def uniform(_: str) -> tuple[float, float]:
    """Nothing is known: every success rate is as likely."""
    return 1.0, 1.0


@dataclass
class _Arm:
    wins: float = 0.0
    losses: float = 0.0
    last: int = 0


class Thompson:
    """`discount` is what an outcome still counts a task later: 1 forgets nothing, .999 looks back over a thousand tasks."""

    def __init__(self, candidates: Sequence[str], discount: float = 1.0, prior: Prior = uniform) -> None:
        if not 0 < discount <= 1:
            raise Invalid(f"discount: {discount} is no share that stays: give a number above 0, up to 1")
        self._arms = {name: _Arm() for name in candidates}
        self._discount, self._prior = discount, prior
        self._ahead: Mapping[str, float] = {}

    def learn(self, candidate: str, success: bool, at: int) -> bool:
        """Counts the outcome; it knows no alarm."""
        arm = self._arms.setdefault(candidate, _Arm())
        kept = self._kept(arm, at)
        arm.wins, arm.losses, arm.last = arm.wins * kept + success, arm.losses * kept + (not success), max(at, arm.last)
        return False

    def choose(self, eligible: Sequence[str], at: int, random: Random) -> str:
        """The highest of one draw each."""
        ahead = self._ahead.get
        return max(eligible, key=lambda name: beta(*self._posterior(name, at), random) + ahead(name, 0.0))

    def weights(self, eligible: Sequence[str], at: int, random: Random) -> Mapping[str, float]:
        """By `DRAWS` draws."""
        numbers = generator(random)

        def drawn(name: str) -> Floats:
            return numbers.beta(*self._posterior(name, at), DRAWS) + self._ahead.get(name, 0.0)

        return shares_of_best(eligible, np.stack([drawn(name) for name in eligible]))

    def prefer(self, ahead: Mapping[str, float]) -> None:
        """Added to the draws."""
        self._ahead = dict(ahead)

    def remember(self) -> dict[str, object]:
        """Counts of each candidate, without the prior."""
        kept = {name: {"wins": a.wins, "losses": a.losses, "last": a.last} for name, a in self._arms.items()}
        return {"candidates": kept}

    def recall(self, remembered: Mapping[str, object]) -> None:
        """Raises Invalid for anything else than `remember` gives."""
        found = {
            name: _Arm(number_of(raw, "wins", 0), number_of(raw, "losses", 0), int(number_of(raw, "last")))
            for name, raw in candidates_of(remembered).items()
        }
        self._arms.update(found)

    def _posterior(self, name: str, at: int) -> tuple[float, float]:
        wins, losses = self._prior(name)
        arm = self._arms.get(name)
        if arm is None:
            return wins, losses
        kept = self._kept(arm, at)
        return wins + arm.wins * kept, losses + arm.losses * kept

    def _kept(self, arm: _Arm, at: int) -> float:
        return 1.0 if self._discount == 1 else self._discount ** max(at - arm.last, 0)
