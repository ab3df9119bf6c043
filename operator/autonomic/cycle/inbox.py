"""Where pushed signals arrive: bounded in number, in time and in labels, and read as one immutable Board.

Receiving costs next to nothing; what came since the last look is sorted in at the next one. What is turned away is counted.
"""

from bisect import insort
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import isfinite

from msgspec.structs import replace

from autonomic.domain.signals.board import ALERTMANAGER, KEPT, KEPT_ALERTS, Board, Cell, Stream, cell
from autonomic.domain.signals.received import Signal

WAITING = 20_000
"""Signals between two looks; the oldest of more are turned away."""
CELLS = 64
"""Cells of one stream; the older half is merged in pairs once there are more."""
STREAMS = 512
"""Streams of one namespace: the one that was silent for longest gives way."""
NAMESPACES = 64
"""Namespaces that were heard; the same."""
REMEMBERED = 20_000
"""Signals whose id is remembered, so that one that comes twice counts once."""
AHEAD = timedelta(minutes=1)
"""How far a sender's clock may run before ours: what comes from so near a future is of now."""

Key = tuple[str, str, tuple[tuple[str, str], ...]]
"""Type, source and labels."""


class Inbox:
    """Use it in one thread. `refused` counts what was turned away, by reason."""

    def __init__(self) -> None:
        self.refused: Counter[str] = Counter()
        self._since: datetime | None = None
        self._waiting: list[Signal] = []
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._streams: OrderedDict[str, OrderedDict[Key, list[Cell]]] = OrderedDict()
        self._board = Board()

    def open(self, now: datetime) -> None:
        """The listening begins: of what was before, nothing is known."""
        self._since = now.astimezone(UTC)
        self._board = Board(self._since)

    def like(self, other: "Inbox") -> None:
        """Begins with what another one heard; what either hears from now on is its own."""
        self._since, self._board, self._waiting = other._since, other._board, list(other._waiting)
        self._streams = OrderedDict(
            (namespace, OrderedDict((key, list(cells)) for key, cells in streams.items()))
            for namespace, streams in other._streams.items()
        )

    def receive(self, signals: Sequence[Signal]) -> None:
        """Keeps them for the next look. Never raises."""
        self._waiting.extend(signals)
        over = len(self._waiting) - WAITING
        if over > 0:
            self.refused["Flooded"] += over
            del self._waiting[:over]

    def board(self, now: datetime) -> Board:
        """Everything that was heard lately, as of now."""
        if self._since is None:
            return self._board
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            touched = {each.namespace for each in waiting if self._sort_in(each, now)}
            self._board = Board(self._since, self._drawn(touched, now))
        return self._board

    def _sort_in(self, signal: Signal, now: datetime) -> bool:
        why = _unfit(signal, now) or self._known(signal)
        if why:
            self.refused[why] += 1
            return False
        if signal.at > now:
            signal = replace(signal, at=now)
        streams = self._of(signal.namespace)
        key = (signal.type, signal.source, tuple(sorted(signal.labels.items())))
        cells = streams.setdefault(key, [])
        streams.move_to_end(key)
        insort(cells, cell(signal), key=lambda each: each.last)
        if len(cells) > CELLS:
            cells[:] = _merged(cells)
        if len(streams) > STREAMS:
            streams.popitem(last=False)
            self.refused["TooManyStreams"] += 1
        return True

    def _of(self, namespace: str) -> OrderedDict[Key, list[Cell]]:
        streams = self._streams.setdefault(namespace, OrderedDict())
        self._streams.move_to_end(namespace)
        if len(self._streams) > NAMESPACES:
            self._streams.popitem(last=False)
            self.refused["TooManyNamespaces"] += 1
        return streams

    def _known(self, signal: Signal) -> str | None:
        """That it was heard before. An alert is told again while it fires, and that is news: it still does."""
        if signal.source == ALERTMANAGER:
            return None
        mark = (signal.source, signal.id)
        if mark in self._seen:
            return "Duplicate"
        self._seen[mark] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return None

    def _drawn(self, touched: set[str], now: datetime) -> Mapping[tuple[str, str], tuple[Stream, ...]]:
        """The present board, with the touched namespaces drawn anew."""
        kept = {
            place: streams
            for place, streams in self._board.streams.items()
            if place[0] in self._streams and place[0] not in touched
        }
        for namespace in touched & self._streams.keys():
            found: dict[tuple[str, str], list[Stream]] = {}
            for stream in self._fresh(namespace, now):
                found.setdefault((namespace, stream[0]), []).append(stream[1])
            kept |= {place: tuple(streams) for place, streams in found.items()}
        return kept

    def _fresh(self, namespace: str, now: datetime) -> list[tuple[str, Stream]]:
        """The namespace's streams; those that were silent for too long are gone."""
        streams = self._streams[namespace]
        for key in [each for each, cells in streams.items() if now - cells[-1].last > _kept(each[1])]:
            del streams[key]
        return [(key[0], Stream(dict(key[2]), key[1], tuple(cells))) for key, cells in streams.items()]


def _unfit(signal: Signal, now: datetime) -> str | None:
    if not isfinite(signal.value):
        return "NotANumber"
    if signal.at > now + AHEAD:
        return "FromTheFuture"
    return "TooOld" if now - signal.at > _kept(signal.source) else None


def _kept(source: str) -> timedelta:
    return KEPT_ALERTS if source == ALERTMANAGER else KEPT


def _merged(cells: list[Cell]) -> list[Cell]:
    """The older half in pairs, the newer as it is."""
    old, new = cells[: CELLS // 2], cells[CELLS // 2 :]
    return [*(sooner.merged(later) for sooner, later in zip(old[::2], old[1::2], strict=True)), *new]
