"""A roll: one question about spend, answered for every piece of a stretch of history, and sums of its answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from autonomic.cost.windows import Stretch
from autonomic.domain.readings import Sample, Series, Unknown
from autonomic.slo.counting import milliseconds_of
from autonomic.slo.ledger import Flags, Floats, Ints

PIECE = 300_000
"""Milliseconds. Windows begin and end at multiples of it: so do the hours and days of every time zone that is in use."""
_DIGITS = 9
"""Decimal places of a sum: as many as an amount has."""
_NOT_RECORDED = Unknown("NotRecorded", "the replay did not read as far back")

_Labels = tuple[tuple[str, str], ...]
_N = TypeVar("_N", np.float64, np.int32)
Counts = NDArray[np.int32]


@dataclass
class Row:
    """The answers of one set of labels: what a piece had, and whether it had anything."""

    values: Floats
    there: Flags


@dataclass(frozen=True)
class Sums:
    """(rows, pieces + 1), summed up from the first piece on: values, how many there were, how many of them were no numbers."""

    labels: tuple[Mapping[str, str], ...]
    values: Floats
    there: Counts
    spoilt: Counts


@dataclass
class Roll:
    """Pieces end at `first` (milliseconds), and every PIECE after it; `number` of them."""

    first: int
    number: int
    rows: dict[_Labels, Row] = field(default_factory=dict)
    failed: list[tuple[int, int, Unknown]] = field(default_factory=list)
    """(first, last, why) of pieces that are not known."""
    _sums: Sums | None = None

    def add(self, found: Iterable[Series]) -> None:
        """More of the answers."""
        for series in found:
            row = self.rows.setdefault(tuple(sorted(series.labels.items())), self._blank())
            places = (series.times - self.first) // PIECE
            row.values[places], row.there[places] = series.values, True

    def fail(self, first: int, last: int, why: Unknown) -> None:
        """Pieces, from the one up to the other, of which nothing is known."""
        self.failed.append((max(0, first), min(last, self.number - 1), why))

    def close(self) -> None:
        """All is there: sums are made."""
        named, rows = tuple(dict(each) for each in self.rows), list(self.rows.values())
        bad = [spoilt(row) for row in rows]
        values = [np.where(wrong, 0.0, row.values) for row, wrong in zip(rows, bad, strict=True)]
        there = [row.there for row in rows]
        self._sums = Sums(
            named, _up(values, self.number, np.float64), *(_up(each, self.number, np.int32) for each in (there, bad))
        )

    def slim(self) -> None:
        """From now on only sums are asked for."""
        self.rows.clear()

    def place(self, at: datetime) -> int:
        """The number of the piece that ends then."""
        return (milliseconds_of(at) - self.first) // PIECE

    def over(self, stretch: Stretch) -> tuple[Sample, ...] | Unknown:
        """What it is answered about the stretch: sums of its pieces, which a number that is none spoils."""
        start, stop = self.place(stretch.began) + 1, self.place(stretch.ended) + 1
        return self._trouble(start, stop - 1) or tuple(self._summed(start, stop))

    def at(self, moment: datetime) -> tuple[Sample, ...] | Unknown:
        """What it is answered for that moment itself."""
        place = self.place(moment)
        found = ((labels, row) for labels, row in self.rows.items() if 0 <= place < self.number and row.there[place])
        return self._trouble(place, place) or tuple(
            Sample(dict(labels), repr(float(row.values[place]))) for labels, row in found
        )

    def unknown(self, start: Ints, stop: Ints) -> Flags:
        """Of many stretches, whether pieces from `start` up to before `stop` are not known."""
        found: Flags = start < 0
        for first, last, _ in self.failed:
            found |= (start <= last) & (stop > first)
        return found

    def named(self) -> Iterator[tuple[Mapping[str, str], Row]]:
        """Every row with its labels."""
        return ((dict(labels), row) for labels, row in self.rows.items())

    def _blank(self) -> Row:
        return Row(np.zeros(self.number), np.zeros(self.number, np.bool_))

    def _summed(self, start: int, stop: int) -> Iterator[Sample]:
        assert self._sums is not None  # noqa: S101 - it is closed
        sums = self._sums
        values, there, bad = (each[:, stop] - each[:, start] for each in (sums.values, sums.there, sums.spoilt))
        for at in np.flatnonzero(there).tolist():
            yield Sample(sums.labels[at], "NaN" if bad[at] else repr(round(float(values[at]), _DIGITS)))

    def _trouble(self, start: int, last: int) -> Unknown | None:
        if start < 0 or last >= self.number:
            return _NOT_RECORDED
        return next((why for first, end, why in self.failed if start <= end and last >= first), None)


def spoilt(row: Row) -> Flags:
    """Where there is a number that is none, is infinite or negative."""
    found: Flags = row.there & ~(np.isfinite(row.values) & (row.values >= 0))
    return found


def _up(rows: Sequence[NDArray[Any]], number: int, kind: type[_N]) -> NDArray[_N]:
    """Each summed up, from nothing on."""
    found = np.zeros((len(rows), number + 1), kind)
    for at, row in enumerate(rows):
        np.cumsum(row, out=found[at, 1:], dtype=kind)
    return found
