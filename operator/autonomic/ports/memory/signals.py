"""A log of signals that lives as long as whoever holds it."""

from collections.abc import Iterator
from datetime import timedelta

from autonomic.domain.errors import Unavailable
from autonomic.ports.clock import Clock
from autonomic.ports.signals import Accepted, LogFull, SignalLog


class MemorySignalLog(SignalLog):
    """Holds at most `room` signals for `retention`; `failure` lets every append fail."""

    def __init__(
        self, clock: Clock, retention: timedelta = timedelta(minutes=15), room: int = 100_000, share: float = 1.0
    ) -> None:
        self.failure: str | None = None
        self.kept: list[Accepted] = []
        self._clock = clock
        self._retention = retention
        self.room = room
        self.share = share

    def replay(self) -> Iterator[Accepted]:
        """What is young enough."""
        self._drop()
        yield from list(self.kept)

    async def append(self, accepted: Accepted) -> None:
        """Keeps it, where there is room."""
        if self.failure:
            raise Unavailable(self.failure)
        self._drop()
        self._check(len(accepted.signals), sum(len(each.signals) for each in self.kept), self.room, sender=False)
        held = sum(len(each.signals) for each in self.kept if each.sender == accepted.sender)
        self._check(len(accepted.signals), held, self.room * self.share, sender=True)
        if accepted.signals or not accepted.sender:
            self.kept.append(accepted)

    def _check(self, new: int, held: int, room: float, sender: bool) -> None:
        if new and held + new > room:
            raise LogFull("the log of signals is full", self._retention.total_seconds(), sender)

    def _drop(self) -> None:
        oldest = self._clock.now() - self._retention
        self.kept = [each for each in self.kept if each.received > oldest]
