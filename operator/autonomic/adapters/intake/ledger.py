"""How much room a log of segments has left, in all and for each sender."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from autonomic.adapters.intake.segments import Segment
from autonomic.ports.signals import LogFull

_AGES = 4


@dataclass(frozen=True)
class Bounds:
    """What a log holds. `share` is that of one sender; Prometheus must scrape well within the retention."""

    retention: timedelta = timedelta(minutes=15)
    size: int = 256 << 20
    share: float = 0.5
    segment: int = 8 << 20
    gather: float = 0.005
    """Seconds that the next write waits for others where some wait already; a sync costs more than to read a request."""

    @property
    def segment_age(self) -> timedelta:
        """How long one segment is written."""
        return self.retention / _AGES


class Ledger:
    """The segments, older first, and what is held of whom, with what is about to be written."""

    def __init__(self, bounds: Bounds) -> None:
        self.segments: list[Segment] = []
        self._bounds = bounds
        self._held: Counter[str] = Counter()

    @property
    def size(self) -> int:
        """Bytes of all."""
        return self._held.total()

    def restore(self, segment: Segment) -> None:
        """A segment that was found."""
        self.segments.append(segment)
        self._held.update(segment.by_sender)

    def reserve(self, sender: str, size: int, now: datetime) -> None:
        """Raises LogFull, and reserves nothing, when there is no room."""
        bounds = self._bounds
        if self.size + size > bounds.size:
            raise LogFull("the log of signals is full until older ones are dropped", self._wait(now), sender=False)
        if self._held[sender] + size > bounds.size * bounds.share:
            sentence = "this sender fills its share of the log until older signals are dropped: send fewer"
            raise LogFull(sentence, self._wait(now), sender=True)
        self._held[sender] += size

    def release(self, sender: str, size: int) -> None:
        """It was not written."""
        self._held[sender] -= size

    def outdated(self, now: datetime) -> list[Segment]:
        """Takes out what nobody needs any more."""
        oldest = now - self._bounds.retention
        gone = [segment for segment in self.segments if segment.newest < oldest]
        self.segments = [segment for segment in self.segments if segment.newest >= oldest]
        for segment in gone:
            self._held.subtract(segment.by_sender)
        if gone:
            self._held = +self._held
        return gone

    def _wait(self, now: datetime) -> float:
        if not self.segments:
            return 1.0
        return max(1.0, (self.segments[0].newest + self._bounds.retention - now).total_seconds())
