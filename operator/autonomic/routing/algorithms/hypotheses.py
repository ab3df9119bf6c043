"""One candidate under Bayesian online change points: weighted beliefs of since when it has been as it is now.

Each hypothesis says "since then its success rate has been one and the same", and counts the outcomes since. An outcome makes
those likely that expected it; between outcomes a little of the mass goes over to "it has just changed".
"""

from collections.abc import Mapping
from math import expm1
from typing import Any

from autonomic.domain.errors import Invalid
from autonomic.routing.chance import Random, beta
from autonomic.routing.recalling import WAY_OUT, number_of, numbers_of

KEPT = 16
"""Hypotheses a candidate: with fewer than 12 the true one is sometimes dropped while it is young."""
SURE = 8.0
"""From so many pseudo-counts on draws are sharpened: fewer say too little to act on them more boldly than is due."""
FRESH = (1.0, 1.0)
"""Of a candidate that has just changed nothing is known."""


class Hypotheses:
    """Lists by age, the oldest first: mass (sums to 1), successes and failures with their prior, the task since which."""

    __slots__ = ("last", "losses", "mass", "prior", "rooted", "since", "wins")

    def __init__(self, at: int, prior: tuple[float, float] = FRESH) -> None:
        self.mass, self.wins, self.losses, self.since = [1.0], [prior[0]], [prior[1]], [float(at)]
        self.last, self.prior, self.rooted = at, prior, True

    def learn(self, success: bool, at: int, hazard: float) -> bool:
        """Takes an outcome in; `hazard` is the chance of a change a task. True: another hypothesis is the likeliest now."""
        before = self._likeliest()
        changed = -expm1(-hazard * max(at - self.last, 1))
        kept, self.last = 1 - changed, max(at, self.last)
        wins, losses = self.wins, self.losses
        seen, other = (wins, losses) if success else (losses, wins)
        mass = [kept * m * s / (s + o) for m, s, o in zip(self.mass, seen, other, strict=True)]
        mass.append(changed * FRESH[0] / sum(FRESH))
        seen[:] = [count + 1 for count in seen]
        wins.append(FRESH[0] + success)
        losses.append(FRESH[1] + (not success))
        self.since.append(at)
        if len(mass) > KEPT:
            self._drop(mass)
        total = sum(mass)
        self.mass = [m / total for m in mass]
        return self._likeliest() != before

    def draw(self, at: int, hazard: float, sharpness: float, random: Random) -> float:
        """A success rate that is believed in now; counts are multiplied by `sharpness` where there are enough."""
        changed = -expm1(-hazard * (at - self.last)) if at > self.last else 0.0
        left = random.random()
        if left < changed:
            return random.random()
        left = (left - changed) / (1 - changed)
        place = 0
        for place, mass in enumerate(self.mass):  # noqa: B007 - the place is what is looked for
            left -= mass
            if left <= 0:
                break
        wins, losses = self.wins[place], self.losses[place]
        if wins + losses > SURE:
            return beta(wins * sharpness, losses * sharpness, random)
        return random.betavariate(wins, losses)

    def rebase(self, prior: tuple[float, float]) -> None:
        """Exchanges the prior of the oldest hypothesis, if that is still the one it began with."""
        if self.rooted:
            self.wins[0] += prior[0] - self.prior[0]
            self.losses[0] += prior[1] - self.prior[1]
        self.prior = prior

    def _likeliest(self) -> float:
        mass = self.mass
        return self.since[mass.index(max(mass))]

    def _drop(self, mass: list[float]) -> None:
        """The lightest goes; never the newest, which has had no time to show what it is worth."""
        place = min(range(len(mass) - 1), key=mass.__getitem__)
        for each in (mass, self.wins, self.losses, self.since):
            del each[place]
        self.rooted = self.rooted and place > 0


def remembered(arm: Hypotheses) -> dict[str, object]:
    """All of it, as JSON can hold it."""
    lists = {"mass": list(arm.mass), "wins": list(arm.wins), "losses": list(arm.losses), "since": list(arm.since)}
    return {**lists, "last": arm.last, "prior": list(arm.prior), "rooted": arm.rooted}


def recalled(raw: Mapping[str, Any]) -> Hypotheses:
    """What `remembered` gave. Raises Invalid for anything else."""
    mass, since = numbers_of(raw, "mass", 0, 1), numbers_of(raw, "since")
    wins, losses = numbers_of(raw, "wins", 0), numbers_of(raw, "losses", 0)
    prior = numbers_of(raw, "prior", 0)
    same = len(mass) == len(wins) == len(losses) == len(since) <= KEPT and len(prior) == 2
    if not same or not 0.99 < sum(mass) < 1.01 or not min(*wins, *losses, *prior) > 0:
        raise Invalid(f"mass, wins, losses, since, prior: {raw!r:.60} are no hypotheses of a candidate: {WAY_OUT}")
    arm = Hypotheses(int(number_of(raw, "last")), (prior[0], prior[1]))
    arm.mass, arm.wins, arm.losses, arm.since, arm.rooted = mass, wins, losses, since, raw.get("rooted") is True
    return arm
