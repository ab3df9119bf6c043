"""Where accepted signals are kept until Prometheus has them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from autonomic.domain.errors import Unavailable
from autonomic.domain.signals.received import Signal


@dataclass(frozen=True, slots=True)
class Accepted:
    """Signals of one request. `received` is by our clock, in UTC. One of no sender and no signals is a mark, kept as well."""

    sender: str
    received: datetime
    signals: Sequence[Signal]


class LogFull(Unavailable):
    """There is no room until older signals are dropped. `after` is in seconds; `sender` is true when it alone has too much."""

    def __init__(self, sentence: str, after: float, sender: bool) -> None:
        super().__init__(sentence)
        self.after = after
        self.sender = sender


class SignalLog(Protocol):
    """Kept means: it is replayed after the process was killed, while it is younger than the retention."""

    def replay(self) -> Iterator[Accepted]:
        """What is kept, older first; to be called once, before anything is appended. Raises Unavailable."""
        ...

    async def append(self, accepted: Accepted) -> None:
        """Returns when it is kept, and all that was appended before it; without signals, when the latter is.

        Raises LogFull; Unavailable when it can't be kept.
        """
        ...
