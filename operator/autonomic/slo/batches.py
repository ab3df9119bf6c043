"""Batches: rows that one query answers."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from autonomic.slo.rows import Row, Shape, matching

_Group = TypeVar("_Group")


@dataclass(frozen=True)
class Batch:
    """Rows of one shape that one expression answers; `positions` says which number is whose.

    With a `whole`, all its series are asked for by the labels of this shape, and the sums of them are its numbers.
    """

    shape: Shape
    rows: tuple[Row, ...]
    positions: dict[tuple[str, ...], int]
    whole: "Batch | None" = None

    @cached_property
    def found(self) -> str:
        """The selector of their series; empty of a whole query."""
        if self.whole:
            return self.whole.found
        return str(matching(self.shape, self.rows)) if self.shape.selector else ""

    @cached_property
    def places(self) -> tuple[int, ...]:
        """Where the labels of the whole stand among those of the parts."""
        return tuple(self.shape.by.index(label) for label in self.whole.shape.by) if self.whole else ()

    @property
    def width(self) -> int:
        """About how many series answer it."""
        return len(self.rows) + (len(self.whole.rows) if self.whole else 0)

    def all_positions(self) -> Iterator[int]:
        """The numbers that hang on its answer."""
        yield from self.positions.values()
        if self.whole:
            yield from self.whole.positions.values()

    def split(self, group: Callable[[int], _Group]) -> "dict[_Group, Batch]":
        """The rows as batches of their own, by what `group` says of their positions; of no batch with a whole."""
        names: dict[_Group, list[Row]] = defaultdict(list)
        for row in self.rows:
            names[group(self.positions[row.values])].append(row)
        return {name: self._of(rows) for name, rows in names.items()}

    def _of(self, rows: list[Row]) -> "Batch":
        if len(rows) == len(self.rows):
            return self
        return Batch(self.shape, tuple(rows), {row.values: self.positions[row.values] for row in rows})
