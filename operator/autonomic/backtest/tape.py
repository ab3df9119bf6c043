"""A tape: what was counted of promises of one schedule in every bucket of a stretch of history, and sums of it.

Counts are kept as running sums from the first bucket on, so that a window of any length is one subtraction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from autonomic.backtest.mixing import mixed
from autonomic.domain.readings import Unknown
from autonomic.slo.counting import milliseconds_of, moment
from autonomic.slo.ledger import Flags, Floats, Ints
from autonomic.slo.periods import period_end, period_start
from autonomic.slo.promises import Promise, Schedule
from autonomic.slo.verdicts import Figures

Windows = dict[int, Floats]


@dataclass(frozen=True)
class Span:
    """Buckets (numbered from the epoch) from `first` up to `end`, both judged; `origin` is the first that was counted."""

    origin: int
    first: int
    end: int

    @property
    def counted(self) -> int:
        """How many buckets are counted."""
        return self.end - self.origin + 1

    @property
    def judged(self) -> int:
        """How many are judged."""
        return self.end - self.first + 1


@dataclass
class Tape:
    """`sums` (2, promises, buckets + 1): bad first, then total. All other arrays are (promises, buckets that are judged)."""

    schedule: Schedule
    promises: Sequence[Promise]
    span: Span
    sums: Floats
    there: Flags
    """Whether there was a sample within the look-back."""
    troubles: NDArray[np.uint8]
    """Why a promise can't be judged, as a place in `reasons`; 0 where nothing is known against it."""
    reasons: list[Unknown | None] = field(default_factory=lambda: [None])
    born: list[tuple[int, Floats]] = field(default_factory=list)
    """Since when each promise has data (milliseconds), as that was known from a bucket on; oldest first."""

    @property
    def bucket(self) -> int:
        """Milliseconds of a bucket."""
        return self.schedule.bucket

    def figures(self, first: int, end: int) -> Figures:
        """What was counted up to each bucket from `first` to `end`, the promises' moments one after the other, mixed."""
        moments = end - first + 1
        windows = {window: self.window(first, end, window // self.bucket) for window in self.schedule.windows}
        period = self.period(first, end)
        there, born, wrong = self._at(first, end)
        mixed(self.promises, self.schedule, windows, period, (there, born, wrong))
        at = np.tile(np.arange(first, end + 1, dtype=np.int64) * self.bucket, len(self.promises))
        flat = len(self.promises) * moments
        return Figures(
            at=at,
            windows={window: counts.reshape(2, flat) for window, counts in windows.items()},
            period=period.reshape(2, flat),
            newest=np.where(there.reshape(flat), at, np.nan),
            born=born.reshape(flat),
            problem=wrong.reshape(flat) > 0,
        )

    def window(self, first: int, end: int, length: int) -> Floats:
        """Sums over `length` buckets that end with each bucket from `first` to `end`: (2, promises, buckets)."""
        stop = slice(first - self.span.origin + 1, end - self.span.origin + 2)
        start = slice(stop.start - length, stop.stop - length)
        summed: Floats = self.sums[:, :, stop] - self.sums[:, :, start]
        return summed

    def period(self, first: int, end: int) -> Floats:
        """The same over the period that each bucket lies in."""
        rolling = self.schedule.rolling
        if rolling:
            return self.window(first, end, rolling // self.bucket)
        stops = np.arange(first, end + 1) - self.span.origin + 1
        starts = np.maximum(self._starts(first, end) - self.span.origin + 1, 0)
        summed: Floats = self.sums[:, :, stops] - self.sums[:, :, starts]
        return summed

    def between(self, promise: int, first: int, end: int) -> tuple[float, float]:
        """Bad and total of one promise in the buckets from `first` to `end`; of a composite nothing."""
        low, high = max(first - self.span.origin, 0), end - self.span.origin + 1
        bad, total = self.sums[:, promise, high] - self.sums[:, promise, low]
        return float(bad), float(total)

    def moment(self, promise: int, bucket: int) -> tuple[Windows, Floats]:
        """Counts (2,) of one promise up to that bucket: of each window, and of the period. Of a composite nothing."""
        stop = bucket - self.span.origin + 1
        sums = self.sums[:, promise]
        counts = {each: sums[:, stop] - sums[:, stop - each // self.bucket] for each in self.schedule.windows}
        rolling = self.schedule.rolling
        start = bucket - rolling // self.bucket if rolling else int(self._starts(bucket, bucket)[0])
        return counts, sums[:, stop] - sums[:, max(start - self.span.origin + 1, 0)]

    def age(self, promise: int, bucket: int) -> float:
        """Since when the promise has data (milliseconds), as that was known then."""
        return float([known for since, known in self.born if since <= bucket][-1][promise])

    def trouble(self, promise: int, bucket: int) -> Unknown | None:
        """Why the promise can't be judged then, where that is known."""
        return self.reasons[int(self.troubles[promise, bucket - self.span.first])]

    def _at(self, first: int, end: int) -> tuple[Flags, Floats, NDArray[np.uint8]]:
        """What is there, since when, and what is wrong: copies, (promises, buckets)."""
        inside = slice(first - self.span.first, end - self.span.first + 1)
        born = np.empty((len(self.promises), end - first + 1))
        for since, known in self.born:
            born[:, max(0, since - first) :] = known[:, None]
        return self.there[:, inside].copy(), born, self.troubles[:, inside].copy()

    def _starts(self, first: int, end: int) -> Ints:
        """The bucket that ends where the calendar's period of each bucket begins."""
        starts = np.empty(end - first + 1, np.int64)
        at = first
        while at <= end:
            inside = moment(at * self.bucket - 1)
            begins = milliseconds_of(period_start(self.schedule.window, inside)) // self.bucket
            last = min(end, milliseconds_of(period_end(self.schedule.window, inside)) // self.bucket)
            starts[at - first : last - first + 1] = begins
            at = max(last, at) + 1
        return starts


def origin(schedule: Schedule, first: int) -> int:
    """The first bucket that must be counted, for `first` to be judged."""
    longest = max([*schedule.windows, schedule.rolling or 0]) // schedule.bucket
    begins = first - longest + 1
    if schedule.rolling:
        return begins
    inside = moment(first * schedule.bucket - 1)
    return min(begins, milliseconds_of(period_start(schedule.window, inside)) // schedule.bucket + 1)
