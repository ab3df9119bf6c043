"""What every policy does. One instance learns for one task type."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from autonomic.routing.chance import Random


class Policy(Protocol):
    """Learns which candidate is best for one task type, and chooses.

    `at` is the number of the task, counted by the task type: a logical clock. One that goes back counts as standing still.
    `eligible` is never empty, and may name candidates that were never heard of.
    """

    def learn(self, candidate: str, success: bool, at: int) -> bool:
        """Takes an outcome in; True is an alarm: the candidate seems to have changed, so publish at once."""
        ...

    def choose(self, eligible: Sequence[str], at: int, random: Random) -> str:
        """The candidate for the next task."""
        ...

    def weights(self, eligible: Sequence[str], at: int, random: Random) -> Mapping[str, float]:
        """How often `choose` would pick each now: shares from 0 to 1 that sum to 1."""
        ...

    def prefer(self, ahead: Mapping[str, float]) -> None:
        """What each candidate is ahead by in what is known and need not be learned (price, latency), in units of success."""
        ...

    def remember(self) -> dict[str, object]:
        """All that was learned, as JSON can hold it."""
        ...

    def recall(self, remembered: Mapping[str, object]) -> None:
        """Takes up what was remembered by a policy of the same algorithm. Raises Invalid, and then is as it was."""
        ...
