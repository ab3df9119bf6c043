"""A policy as it serves: weights published every so many tasks and at once on an alarm, with ejection and limits around it."""

from collections.abc import Sequence
from random import Random

from autonomic.cycle.routing.desk import InForce, in_force
from autonomic.routing.ejection import Ejection
from autonomic.routing.policy import Policy
from autonomic.routing.shares import Limits, publish

EPOCH = 50
A_SECOND = 20.0
"""Tasks a second, for what is counted in seconds."""
_LIMITS = Limits(step=500, hysteresis=0)
_FREE = Limits(hysteresis=0)


class Published:
    """Picks from weights that are made anew every `EPOCH` tasks and on alarms; `guarded` by ejection and step limits."""

    def __init__(self, policy: Policy, names: Sequence[str], random: Random, guarded: bool) -> None:
        self._policy, self._names, self._random = policy, names, random
        self._places = {name: place for place, name in enumerate(names)}
        self._ejection = Ejection() if guarded else None
        self._standing: InForce | None = None
        self._due = 0

    def route(self, at: int) -> int:
        """By the published weights."""
        standing = self._standing
        if standing is None or at >= self._due:
            standing = self._standing = self._published(at, standing)
        return self._places[standing.choose(self._random.random())[0]]

    def learn(self, candidate: int, success: bool, at: int) -> None:
        """An alarm of either has weights published before the next task."""
        name = self._names[candidate]
        alarm = self._policy.learn(name, success, at)
        if self._ejection is not None:
            alarm |= self._ejection.learn(name, success, at / A_SECOND)
        if alarm:
            self._due = at

    def _published(self, at: int, before: InForce | None) -> InForce:
        self._due = at + EPOCH
        wanted = self._policy.weights(self._names, at, self._random)
        if self._ejection is None:
            return in_force(publish(wanted, {}, _FREE).weights, "as learnt")
        bounds = self._ejection.bounds(wanted, at / A_SECOND)
        return in_force(publish(wanted, before.weights if before else {}, _LIMITS, bounds).weights, "as learnt")
