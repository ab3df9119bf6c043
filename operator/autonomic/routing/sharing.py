"""Task types that learn from each other, as far as candidates are alike from one type to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autonomic.domain.errors import Invalid
from autonomic.routing.algorithms.change_points import CHANGES, SHARPNESS, ChangePoints
from autonomic.routing.algorithms.thompson import Prior, uniform
from autonomic.routing.prior import LEAST_TYPES, Belief, better
from autonomic.routing.recalling import WAY_OUT, numbers_of

YOUNG = 1000
"""Tasks of a type until which it leans on what others know: until then exploring pays off for too few tasks."""
LEANING = 4.0
"""What draws take the counts times while a type is young. For good it would be rash: what is missed then is missed for ever."""
MEMORY = 500.0
"""Outcomes of a task type that count towards the prior of others: what it was like before is its own affair."""
EVERY = 10
"""Outcomes of a candidate after which its prior is reckoned again: it hardly moves within fewer."""
ANEW = 25
"""Reckonings that lead from nothing to the likeliest prior, after a restart."""


@dataclass
class _Pool:
    """Of one candidate: (successes, failures) by task type, and the prior that they make."""

    prior: tuple[float, float]
    tallies: dict[str, tuple[float, float]] = field(default_factory=dict)
    belief: Belief = field(default_factory=Belief)
    unread: int = 0

    def reckon(self, times: int = 1) -> None:
        """The prior anew, once there are enough task types to speak of."""
        self.unread = 0
        if len(self.tallies) >= LEAST_TYPES:
            for _ in range(times):
                self.belief = better(self.belief, list(self.tallies.values()))
            self.prior = self.belief.counts()


class Pools:
    """What all task types of a route know of each candidate; `believed` holds until there are three of them."""

    def __init__(self, believed: Prior = uniform) -> None:
        self._believed = believed
        self._pools: dict[str, _Pool] = {}

    def prior(self, candidate: str) -> tuple[float, float]:
        """The pseudo-counts (successes, failures) that a task type starts from."""
        return self._pool(candidate).prior

    def speak(self, candidate: str) -> bool:
        """Whether enough task types have tried the candidate to say anything."""
        return len(self._pool(candidate).tallies) >= LEAST_TYPES

    def count(self, task_type: str, candidate: str, success: bool) -> None:
        """Takes an outcome in."""
        pool = self._pool(candidate)
        wins, losses = (kept * (1 - 1 / MEMORY) for kept in pool.tallies.get(task_type, (0.0, 0.0)))
        pool.tallies[task_type] = wins + success, losses + (not success)
        pool.unread += 1
        if pool.unread >= EVERY:
            pool.reckon()

    def tallies(self, task_type: str) -> dict[str, tuple[float, float]]:
        """What was counted of a task type, by candidate."""
        return {name: pool.tallies[task_type] for name, pool in self._pools.items() if task_type in pool.tallies}

    def take(self, task_type: str, tallies: Mapping[str, tuple[float, float]]) -> None:
        """What `tallies` gave before a restart."""
        for name, tally in tallies.items():
            pool = self._pool(name)
            pool.tallies[task_type] = tally
            pool.reckon(ANEW)

    def _pool(self, candidate: str) -> _Pool:
        pool = self._pools.get(candidate)
        if pool is None:
            pool = self._pools[candidate] = _Pool(self._believed(candidate))
        return pool


class SharingChangePoints(ChangePoints):
    """`ChangePoints` for one task type of several that share `pools`; alone it is the same as `ChangePoints`."""

    def __init__(self, pools: Pools, task_type: str, candidates: Sequence[str], changes: float = CHANGES) -> None:
        super().__init__(candidates, changes, SHARPNESS, pools.prior)
        self._pools, self._task_type = pools, task_type

    def learn(self, candidate: str, success: bool, at: int) -> bool:
        """Lets the other task types know as well."""
        self._pools.count(self._task_type, candidate, success)
        self._sharpness = LEANING if at < YOUNG and self._pools.speak(candidate) else SHARPNESS
        return super().learn(candidate, success, at)

    def remember(self) -> dict[str, object]:
        """The hypotheses, and what was counted for the others."""
        tallies = {name: list(tally) for name, tally in self._pools.tallies(self._task_type).items()}
        return {**super().remember(), "tallies": tallies}

    def recall(self, remembered: Mapping[str, object]) -> None:
        """Raises Invalid for anything else than `remember` gives."""
        raw = remembered.get("tallies")
        if not isinstance(raw, Mapping):
            raise Invalid(f"tallies: {raw!r:.60} are not counts by candidate: {WAY_OUT}")
        tallies = {str(name): numbers_of(raw, name, 0) for name in raw}
        if wrong := [name for name, tally in tallies.items() if len(tally) != 2]:
            raise Invalid(f"tallies: {wrong[0]} has not successes and failures: {WAY_OUT}")
        super().recall(remembered)
        self._pools.take(self._task_type, {name: (tally[0], tally[1]) for name, tally in tallies.items()})
