"""Thompson sampling over Bayesian online change points: forgets a candidate's past when, and only when, it has changed."""

from collections.abc import Mapping, Sequence
from math import expm1, inf

import numpy as np

from autonomic.domain.errors import Invalid
from autonomic.routing.algorithms.drawing import DRAWS, Floats, generator, shares_of_best
from autonomic.routing.algorithms.hypotheses import SURE, Hypotheses, recalled, remembered
from autonomic.routing.algorithms.thompson import Prior, uniform
from autonomic.routing.chance import Random
from autonomic.routing.recalling import candidates_of

CHANGES = 5e-5
"""Changes a task among all candidates that are expected: one in 20,000. More make it restless, fewer slow; both by little."""
SHARPNESS = 1.5
"""What draws take the counts times: exploring a little less than plain Thompson sampling is the better bargain."""


class ChangePoints:
    """`changes` a task are expected among all candidates; `prior` is what a candidate is believed to be at first."""

    def __init__(
        self,
        candidates: Sequence[str],
        changes: float = CHANGES,
        sharpness: float = SHARPNESS,
        prior: Prior = uniform,
    ) -> None:
        if not 0 <= changes <= 1:
            raise Invalid(f"changes: {changes} is no chance of a change a task: give a number from 0 to 1")
        if not sharpness > 0:
            raise Invalid(f"sharpness: {sharpness} would draw nothing: give a number above 0")
        self._changes, self._sharpness, self._prior = changes, sharpness, prior
        self._arms = {name: Hypotheses(0, prior(name)) for name in candidates}
        self._ahead: Mapping[str, float] = {}

    def learn(self, candidate: str, success: bool, at: int) -> bool:
        """Alarms when another "since when" has become the likeliest."""
        return self._arm(candidate, at).learn(success, at, self._hazard())

    def choose(self, eligible: Sequence[str], at: int, random: Random) -> str:
        """The highest of one draw each."""
        hazard, sharpness, ahead = self._hazard(), self._sharpness, self._ahead
        best, chosen = -inf, eligible[0]
        for name in eligible:
            drawn = self._arm(name, at).draw(at, hazard, sharpness, random)
            if ahead:
                drawn += ahead.get(name, 0.0)
            if drawn > best:
                best, chosen = drawn, name
        return chosen

    def weights(self, eligible: Sequence[str], at: int, random: Random) -> Mapping[str, float]:
        """By `DRAWS` draws."""
        numbers = generator(random)
        return shares_of_best(eligible, np.stack([self._draws(name, at, numbers) for name in eligible]))

    def prefer(self, ahead: Mapping[str, float]) -> None:
        """Added to the draws."""
        self._ahead = dict(ahead)

    def remember(self) -> dict[str, object]:
        """The hypotheses of each candidate."""
        return {"candidates": {name: remembered(arm) for name, arm in self._arms.items()}}

    def recall(self, remembered: Mapping[str, object]) -> None:
        """Raises Invalid for anything else than `remember` gives."""
        self._arms.update({name: recalled(raw) for name, raw in candidates_of(remembered).items()})

    def _hazard(self) -> float:
        return self._changes / len(self._arms)

    def _arm(self, name: str, at: int) -> Hypotheses:
        arm = self._arms.get(name)
        if arm is None:
            arm = self._arms[name] = Hypotheses(at, self._prior(name))
        elif self._prior is not uniform and (prior := self._prior(name)) != arm.prior:
            arm.rebase(prior)
        return arm

    def _draws(self, name: str, at: int, numbers: np.random.Generator) -> Floats:
        arm = self._arm(name, at)
        mass, wins, losses = np.asarray(arm.mass), np.asarray(arm.wins), np.asarray(arm.losses)
        place = np.minimum(np.cumsum(mass).searchsorted(numbers.random(DRAWS)), len(mass) - 1)
        wins, losses = wins[place], losses[place]
        sharp = np.where(wins + losses > SURE, self._sharpness, 1.0)
        changed = -expm1(-self._hazard() * max(at - arm.last, 0))
        drawn = np.where(
            numbers.random(DRAWS) < changed, numbers.random(DRAWS), numbers.beta(wins * sharp, losses * sharp)
        )
        result: Floats = drawn + self._ahead.get(name, 0.0)
        return result
