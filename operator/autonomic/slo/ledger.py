"""The ledger: running sums of bad and total events over many windows, for many objectives at once.

Time is cut in closed buckets, numbered from the epoch: bucket `i` covers `((i - 1) x length, i x length]`. A window is a
number of buckets; its sum gains the new bucket and loses the one that leaves. Buckets that leave a short window are still
in the ring; those that leave a long one are handed in before, a block at a time. So a turn costs the same however long the
windows are, and sums of whole numbers stay exact.

Arrays have the shape (2, objectives, ...): bad first, then total.
"""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

RING = 360
"""Most buckets that the ring holds: 6 h of minutes."""

BLOCK = 60
"""Buckets about to leave a long window that are held."""

_LARGEST = 2**32 - 1
_Kind = TypeVar("_Kind", bound=np.generic)
Block = NDArray[Any]
"""Counts in 4 bytes while they are whole, else in 8."""


class Edge:
    """The buckets that leave a long window next: for each objective a block from bucket `first` on."""

    def __init__(self, size: int) -> None:
        self.first: Ints = np.zeros(size, np.int64)
        self.length: Ints = np.zeros(size, np.int64)
        self.block: Block = np.zeros((2, size, BLOCK), np.uint32)

    def lacks(self, bucket: Ints | int) -> Flags:
        """For which objectives that bucket is not held."""
        return (bucket < self.first) | (bucket >= self.first + self.length)

    def at(self, bucket: int) -> Floats:
        """The counts of that bucket, (2, objectives); of an objective that does not hold it, something else."""
        column = np.clip(bucket - self.first, 0, BLOCK - 1)
        counts: Floats = self.block[:, np.arange(len(self.first)), column].astype(np.float64)
        return counts

    def hold(self, where: Ints, first: int, counts: Floats, lengths: Ints) -> None:
        """Keeps the counts (2, objectives there, buckets) from bucket `first` on, for each as many as `lengths` says."""
        self.block = fitting(self.block, counts)
        self.block[:, where, : counts.shape[2]] = counts
        self.first[where], self.length[where] = first, lengths

    def select(self, kept: Ints) -> None:
        """Keeps those objectives, in that order; -1 is a new one."""
        self.first, self.length = chosen(self.first, kept), chosen(self.length, kept)
        self.block = chosen(self.block, kept, axis=1)


class Ledger:
    """`windows` are lengths in buckets. `bucket` is the newest one; what is not `ready` has no sums yet."""

    def __init__(self, windows: tuple[int, ...]) -> None:
        self.bucket = 0
        self.ready: Flags = np.zeros(0, np.bool_)
        self.sums: dict[int, Floats] = {window: np.zeros((2, 0)) for window in windows}
        self.since: Floats = np.zeros((2, 0))
        """Counts since the period of the calendar began."""
        self.today: Floats = np.zeros((2, 0))
        self.days: dict[int, Floats] = {}
        """Counts of whole days in UTC, by the number of the day from the epoch."""
        self.edges = {window: Edge(0) for window in windows if window > RING}
        short = [window for window in windows if window <= RING]
        self._ring: Block = np.zeros((2, 0, max(short, default=1)), np.uint32)

    @property
    def depth(self) -> int:
        """Buckets in the ring."""
        return int(self._ring.shape[2])

    def select(self, kept: Ints) -> None:
        """Keeps those objectives, in that order; -1 is a new one, not ready."""
        self.ready = chosen(self.ready, kept)
        self.sums = {window: chosen(sums, kept, axis=1) for window, sums in self.sums.items()}
        self.since, self.today = chosen(self.since, kept, axis=1), chosen(self.today, kept, axis=1)
        self.days = {day: chosen(counts, kept, axis=1) for day, counts in self.days.items()}
        self._ring = chosen(self._ring, kept, axis=1)
        for edge in self.edges.values():
            edge.select(kept)

    def recent(self, buckets: int, where: Ints) -> Floats:
        """The newest buckets of some objectives, oldest first: (2, objectives there, buckets)."""
        columns = np.arange(self.bucket - buckets + 1, self.bucket + 1) % self.depth
        counts: Floats = self._ring[:, where][:, :, columns].astype(np.float64)
        return counts

    def fill(self, where: Ints, ring: Floats, long: dict[int, Floats]) -> None:
        """Makes objectives ready: the ring's buckets up to the newest, oldest first, and the sums of the long windows.

        `ring` is (2, objectives there, depth), `long[window]` (2, objectives there).
        """
        self._ring = fitting(self._ring, ring)
        columns = np.arange(self.bucket - self.depth + 1, self.bucket + 1) % self.depth
        self._ring[:, where[:, None], columns[None, :]] = ring
        for window, sums in self.sums.items():
            sums[:, where] = long[window] if window in long else ring[:, :, self.depth - window :].sum(axis=2)
        self.ready[where] = True

    def fill_period(self, where: Ints, since: Floats, today: Floats, days: dict[int, Floats]) -> None:
        """The counts since the calendar's period began, since midnight in UTC, and of whole days."""
        self.since[:, where], self.today[:, where] = since, today
        for day, counts in days.items():
            self.days.setdefault(day, np.zeros_like(self.today))[:, where] = counts

    def advance(self, counts: Floats, *, new_period: bool, new_day: int | None) -> None:
        """Takes the next bucket in: counts (2, objectives). `new_day` is the number of the day that ended with the last one."""
        bucket = self.bucket + 1
        for window, sums in self.sums.items():
            edge = self.edges.get(window)
            leaving = edge.at(bucket - window) if edge else self._ring[:, :, (bucket - window) % self.depth]
            sums += counts - leaving
        if new_period:
            self.since = np.zeros_like(self.since)
        if new_day is not None:
            self.days[new_day], self.today = self.today, np.zeros_like(self.today)
        self.since += counts
        self.today += counts
        self._ring = fitting(self._ring, counts)
        self._ring[:, :, bucket % self.depth] = counts
        self.bucket = bucket

    def repair(self, where: Ints, counts: Floats, in_period: int, in_day: int) -> None:
        """Puts right the newest buckets of some objectives, (2, objectives there, buckets).

        `in_period` and `in_day`: how many of the newest buckets lie in the calendar's period and in today.
        """
        buckets = counts.shape[2]
        off = counts - self.recent(buckets, where)
        if not off.any():
            return
        for window, sums in self.sums.items():
            sums[:, where] += _newest(off, window)
        self.since[:, where] += _newest(off, in_period)
        self.today[:, where] += _newest(off, in_day)
        if self.days and in_day < buckets:
            self.days[max(self.days)][:, where] += off.sum(axis=2) - _newest(off, in_day)
        self._ring = fitting(self._ring, counts)
        columns = np.arange(self.bucket - buckets + 1, self.bucket + 1) % self.depth
        self._ring[:, where[:, None], columns[None, :]] = counts

    def forget_days_before(self, day: int) -> None:
        """Drops the totals of older days."""
        self.days = {each: counts for each, counts in self.days.items() if each >= day}


def _newest(counts: Floats, buckets: int) -> Floats:
    """The sum of the newest buckets."""
    summed: Floats = counts[:, :, max(0, counts.shape[2] - buckets) :].sum(axis=2)
    return summed


def chosen(array: NDArray[_Kind], kept: Ints, axis: int = 0) -> NDArray[_Kind]:
    """Those entries along the axis, in that order; zeros for -1."""
    shape = list(array.shape)
    shape[axis] = len(kept)
    result = np.zeros(shape, array.dtype)
    old = kept >= 0
    if axis == 0:
        result[old] = array[kept[old]]
    else:
        result[:, old] = array[:, kept[old]]
    return result


def fitting(array: Block, counts: Floats) -> Block:
    """The array, wide enough for the counts: whole numbers take 4 bytes, others 8."""
    if array.dtype == np.float64 or not counts.size:
        return array
    whole = counts.min() >= 0 and counts.max() <= _LARGEST and not (counts % 1).any()
    return array if whole else array.astype(np.float64)
