"""What was heard lately, as one immutable value: streams of pushed signals, each a short list of cells.

A cell is one signal, or several old neighbours of one stream that were merged: then it keeps how many there were, the least
and the greatest value, and when the first and the last were. So a flood costs no memory, and what is asked of a cell that
holds several values is answered by the mildest of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from autonomic.domain.signals.received import Signal

KEPT = timedelta(hours=1)
"""How long signals stay on the board."""
KEPT_ALERTS = timedelta(hours=12)
"""How long alerts do: an Alertmanager repeats a firing one every few hours only."""
ALERTMANAGER = "alertmanager"
"""Source of the signals that are alerts: 1 while it fires, 0 once it is resolved."""
CLUSTER_EVENTS = "kubernetes-events"
"""Source of the signals that are Kubernetes Events."""

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cell:
    """One signal, or old ones merged. `first` and `last` are when they were so."""

    first: datetime
    last: datetime
    count: int
    low: float
    high: float

    def merged(self, later: "Cell") -> "Cell":
        """Both in one."""
        return Cell(
            self.first, later.last, self.count + later.count, min(self.low, later.low), max(self.high, later.high)
        )


def cell(signal: Signal) -> Cell:
    """The signal as a cell."""
    return Cell(signal.at, signal.at, 1, signal.value, signal.value)


@dataclass(frozen=True, slots=True)
class Stream:
    """Signals of one type, source and set of labels; the cells are in order of time."""

    labels: Mapping[str, str]
    source: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Board:
    """Everything that was heard lately. `since` is when the listening began: of what was before, nothing is known."""

    since: datetime = _NEVER
    streams: Mapping[tuple[str, str], tuple[Stream, ...]] = field(default_factory=dict)
    """By namespace and type."""

    def heard(self, namespace: str, type_: str, labels: Mapping[str, str]) -> Iterator[Stream]:
        """The streams that carry all these labels."""
        for stream in self.streams.get((namespace, type_), ()):
            if all(stream.labels.get(name) == value for name, value in labels.items()):
                yield stream
