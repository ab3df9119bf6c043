"""An outlet that gave no answer is left alone for a while, however many plans and however often they ask."""

from autonomic.domain.errors import Unavailable
from autonomic.ports.clock import Clock

FIRST, LONGEST = 5.0, 300.0
"""Seconds of the first pause, which doubles with each failure, and of the longest."""


class Pause:
    """The pause of one outlet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next = FIRST
        self._until = 0.0
        self._why: Unavailable | None = None

    def check(self) -> None:
        """Raises what the last call raised, as long as the pause lasts."""
        if self._why is not None and self._clock.monotonic() < self._until:
            raise Unavailable(str(self._why))

    def begin(self, why: Unavailable, wanted: float = 0.0) -> None:
        """The outlet gave no answer; `wanted` is how many seconds it asked for."""
        self._why = why
        self._until = self._clock.monotonic() + min(LONGEST, max(self._next, wanted))
        self._next = min(LONGEST, self._next * 2)

    def end(self) -> None:
        """The outlet answered."""
        self._why, self._next = None, FIRST
