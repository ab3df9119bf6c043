"""One policy in one world: what it lost against one that knows everything, and how much went to a broken candidate."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from autonomic.routing.policy import Policy
from benchmarks.routing.worlds import TASKS, World

AFTER = 50
"""Outcomes of a broken candidate after which little should go to it."""


@dataclass
class Played:
    """Regret in tasks that would have succeeded; `share` of the traffic that a broken candidate got after 50 outcomes.

    Where it never got as many (`reached` says it did) the share is of the whole outage, its first outcomes included. None where
    nothing broke.
    """

    regret: float
    share: float | None = None
    reached: bool = False


class Router(Protocol):
    """Whatever sends tasks to candidates: a policy alone, or with all that stands around it."""

    def route(self, at: int) -> int:
        """The number of the candidate."""
        ...

    def learn(self, candidate: int, success: bool, at: int) -> None:
        """How it ended."""
        ...


class Alone:
    """The policy decides each task."""

    def __init__(self, policy: Policy, names: Sequence[str], random: Random) -> None:
        self._policy, self._names, self._random = policy, names, random
        self._places = {name: place for place, name in enumerate(names)}

    def route(self, at: int) -> int:
        """By its own draw."""
        return self._places[self._policy.choose(self._names, at, self._random)]

    def learn(self, candidate: int, success: bool, at: int) -> None:
        """Straight to the policy."""
        self._policy.learn(self._names[candidate], success, at)


class Late:
    """Outcomes come so many tasks after the decision."""

    def __init__(self, router: Router, late: int) -> None:
        self._router, self._late = router, late
        self._open: deque[tuple[int, int, bool]] = deque()

    def route(self, at: int) -> int:
        """After what has come by now."""
        while self._open and self._open[0][0] <= at:
            _, candidate, success = self._open.popleft()
            self._router.learn(candidate, success, at)
        return self._router.route(at)

    def learn(self, candidate: int, success: bool, at: int) -> None:
        """Kept until it is due."""
        self._open.append((at + self._late, candidate, success))


def play(world: World, router: Router, policy: Policy, names: Sequence[str], random: Random) -> Played:
    """20,000 tasks."""
    regret, seen, after, wrong, last = 0.0, 0, 0, 0, None
    start, end = world.broken or (TASKS, TASKS)
    for task in range(TASKS):
        if world.ahead is not None and (now := world.ahead(task)) is not last:
            policy.prefer(dict(zip(names, now, strict=True)))
            last = now
        worths, rates = world.worths(task), world.rates(task)
        chosen = router.route(task)
        router.learn(chosen, random.random() < rates[chosen], task)
        regret += max(worths) - worths[chosen]
        if start <= task < end:
            if seen >= AFTER:
                after += 1
                wrong += chosen == 0
            seen += chosen == 0
    share = wrong / after if after else seen / (end - start) if world.broken else None
    return Played(regret, share, after > 0)


def fixed(world: World, arms: int) -> float:
    """The regret of the best single candidate, known only afterwards."""
    lost = [0.0] * arms
    for task in range(TASKS):
        worths = world.worths(task)
        best = max(worths)
        for place, worth in enumerate(worths):
            lost[place] += best - worth
    return min(lost)


def at_random(world: World) -> float:
    """The expected regret of choosing blindly."""
    return sum(max(worths) - sum(worths) / len(worths) for worths in map(world.worths, range(TASKS)))
