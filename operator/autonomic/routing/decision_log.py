"""Decisions of one task type whose outcome is known, for estimates of what another policy would have earned. Bounded."""

from collections import Counter

from autonomic.routing.counterfactual import Logged

MOST = 25_000
"""Decisions in either half: with 5 of 1000 explored, 100 of those are in the log."""


class DecisionLog:
    """The newest `most` decisions at least, and twice as many at most. What is alike is counted, not kept."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._number = most, 0
        self._newer, self._older = Counter[Logged](), Counter[Logged]()

    def add(self, decision: Logged) -> None:
        """Takes one in; from time to time the older half goes."""
        self._newer[decision] += 1
        self._number += 1
        if self._number >= self._most:
            self._newer, self._older, self._number = Counter(), self._newer, 0

    def counts(self) -> Counter[Logged]:
        """How many there were of each kind."""
        return self._older + self._newer

    def earned(self) -> float | None:
        """The mean reward; None where nothing was logged."""
        counts = self.counts()
        number = counts.total()
        return sum(each.reward * count for each, count in counts.items()) / number if number else None
