"""Who puts long answers together leaves most of the time to others: to the loops, to probes, to short answers."""

from autonomic.ports.clock import Clock

SHARE_OF_OTHERS = 2.0
"""Seconds for others, for each second of our own."""
_IDLE_SECONDS = 0.1


class Pace:
    """Its pauses are as long as the work between them asks for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since = float("-inf")

    async def pause(self) -> None:
        """Lets others turn for twice as long as it took to come here. What took long was no work: nobody asked."""
        used = self._clock.monotonic() - self._since
        await self._clock.sleep(SHARE_OF_OTHERS * used if used < _IDLE_SECONDS else 0.0)
        self._since = self._clock.monotonic()
