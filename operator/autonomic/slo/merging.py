"""One reading for two: failed tasks are tasks.

Rows that are parts of others, told apart by one more label, come out of one answer: the sums by that label hold the parts,
and added up the whole.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from autonomic.slo.batches import Batch
from autonomic.slo.measures import Term

MOST = 4
"""Sums a row. Where a label has more values, an answer by it would be longer than two without it."""


def merged(batches: Sequence[Batch]) -> list[Batch]:
    """The batches, of which those that can be are read together. Only counters: parts of a gauge are no whole."""
    alike: dict[Term, list[Batch]] = defaultdict(list)
    for each in batches:
        alike[each.shape.term].append(each)
    return [one for group in alike.values() for one in _merged(group)]


def _merged(batches: list[Batch]) -> Iterator[Batch]:
    """Each whole with its parts, where a shape has parts of one kind; then what is left."""
    left = list(batches)
    for whole in sorted(batches, key=lambda each: len(each.shape.labels)):
        parts = [each for each in left if _is_part(each, whole)]
        same = [each for each in parts if each.shape == parts[0].shape]
        if same and any(each is whole for each in left):
            yield _together(whole, same)
            left = [each for each in left if each is not whole and not any(each is one for one in same)]
    yield from left


def apart(batch: Batch) -> Iterator[Batch]:
    """The batches that one stands for."""
    if batch.whole is None:
        yield batch
    else:
        yield batch.whole
        yield replace(batch, whole=None)


def _together(whole: Batch, parts: Sequence[Batch]) -> Batch:
    rows = tuple(row for each in parts for row in each.rows)
    positions = {values: at for each in parts for values, at in each.positions.items()}
    return Batch(parts[0].shape, rows, positions, whole)


def _is_part(part: Batch, whole: Batch) -> bool:
    """Whether the one's rows are the other's, with one more label that has one value."""
    small, big = part.shape, whole.shape
    if not (small.counts and big.counts) or small.term != big.term or small.lookback != big.lookback:
        return False
    if (
        small.groups != big.groups
        or len(small.labels) != len(big.labels) + 1
        or not set(big.labels) < set(small.labels)
    ):
        return False
    places = [small.by.index(label) for label in big.by]
    return all(tuple(row.values[at] for at in places) in whole.positions for row in part.rows)
