"""Batches: rows that one query answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from autonomic.slo.rows import Row, Shape, matching


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
