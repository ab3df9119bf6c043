"""From the numbers of rows to the counts of promises: bad and total, per bucket. Pure arrays, no time of its own.

Arrays of numbers have the shape (rows, buckets), arrays of counts (2, promises, buckets): bad first, then total.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from autonomic.domain.readings import Unknown
from autonomic.domain.words import Comparison
from autonomic.slo.batches import Batch
from autonomic.slo.ledger import Flags, Floats, Ints
from autonomic.slo.maintenance import stretches
from autonomic.slo.measures import Gauge
from autonomic.slo.merging import apart, merged
from autonomic.slo.promises import Promise, Schedule
from autonomic.slo.rows import Row, Shape

ABSENT, NUMBER, FLAWED = 0, 1, 2
"""What is known of a number: no such series; finite; NaN or infinite."""

States = NDArray[np.uint8]
NO_BUCKET = "NoSuchBucket"
"""Why a latency is Unknown whose histogram has no bucket with that border."""

_EQUAL = 1e-9
_CHUNK = 500


Cover = tuple[Batch, tuple[Batch, ...]]
"""A batch, and all batches whose series are among its own; itself is one."""


@dataclass(frozen=True)
class Numbers:
    """What was read: values and states (rows, buckets), and which promises' rows could not be read, and why."""

    values: Floats
    states: States


@dataclass
class Plan:
    """Which rows must be read for some promises, and how their numbers become counts."""

    promises: Sequence[Promise]
    batches: list[Batch] = field(init=False)
    size: int = field(init=False)
    total: Ints = field(init=False)
    other: Ints = field(init=False)

    def __post_init__(self) -> None:
        known: dict[Shape, dict[tuple[str, ...], int]] = {}
        counter = iter(range(2 * len(self.promises) + 1))
        totals, others = [], []
        for promise in self.promises:
            mixed = bool(promise.parts)
            totals.append(-1 if mixed else _position(promise.total, known, counter))
            others.append(-1 if mixed or not promise.other else _position(promise.other, known, counter))
        self.size = next(counter)
        self.total, self.other = np.array(totals, np.int64), np.array(others, np.int64)
        self.batches = [batch for shape, rows in known.items() for batch in _batches(shape, rows)]
        self._good = np.array([promise.counts_good for promise in self.promises], np.bool_)
        self._compared = np.array([isinstance(each.measure, Gauge) for each in self.promises], np.bool_)
        self._latencies = [at for at, each in enumerate(self.promises) if each.counts_bucket]
        self._gauges = [(at, each.measure) for at, each in enumerate(self.promises) if isinstance(each.measure, Gauge)]

    @cached_property
    def readings(self) -> list[Batch]:
        """The batches as they are read: parts together with what they are parts of."""
        return merged(self.batches)

    def read_apart(self, spread: AbstractSet[Shape]) -> list[Batch]:
        """The same, but for shapes whose label has too many values."""
        if not any(each.whole and each.shape in spread for each in self.readings):
            return self.readings
        return [one for each in self.readings for one in (apart(each) if each.shape in spread else (each,))]

    def totals(self) -> list[Batch]:
        """The batches that hold rows of all events or of values."""
        wanted = set(self.total.tolist())
        return [batch for batch in self.batches if any(at in wanted for at in batch.positions.values())]

    @cached_property
    def owners(self) -> list[str]:
        """Whose contract each row is; of rows that several want, the one that was first."""
        found = [""] * self.size
        for promise, *rows in zip(self.promises, self.total.tolist(), self.other.tolist(), strict=True):
            for row in rows:
                if row >= 0:
                    found[row] = found[row] or promise.contract
        return found

    @property
    def bucket(self) -> int:
        """Milliseconds of a bucket."""
        return self.promises[0].schedule.bucket

    def prepare(self) -> None:
        """Works out now what reading would at first: of many promises that takes long."""
        _ = self.covers, [batch.found for batch in self.batches], self.readings

    @cached_property
    def covers(self) -> list[Cover]:
        """The widest batches of counters, each with those whose series are all among its own: failed tasks are tasks."""
        return covered(self.counters())

    def seen(self, numbers: Numbers) -> Flags:
        """Which promises had a number for all events, or a value, at which of the times: (promises, times)."""
        _, states = _taken(numbers, self.total)
        seen: Flags = states == NUMBER
        return seen

    def without_bucket(self, numbers: Numbers) -> dict[int, Unknown]:
        """The latencies whose events are counted but whose bucket is not there: that is no sign that all were slow."""
        if not self._latencies:
            return {}
        total, _ = _taken(numbers, self.total)
        _, states = _taken(numbers, self.other)
        why = Unknown(NO_BUCKET, "the histogram has no bucket that ends at the threshold")
        return {at: why for at in self._latencies if (total[at] > 0).any() and (states[at] == ABSENT).all()}

    def counters(self) -> list[Batch]:
        """The batches of counters."""
        return [batch for batch in self.batches if batch.shape.counts]

    def counts(self, numbers: Numbers) -> tuple[Floats, Flags]:
        """Bad and total (2, promises, buckets), and where a number was none: (promises, buckets)."""
        total, total_states = _taken(numbers, self.total)
        other, other_states = _taken(numbers, self.other)
        bad = np.where(self._good[:, None], total - other, other)
        # Nothing is counted less than never: behind a number that is none a counter may have begun again unseen.
        below = ~self._compared[:, None] & ((total < 0) | (other < 0))
        for at, gauge in self._gauges:
            known = numbers.states[self.total[at]] == NUMBER
            bad[at] = known & ~_holds(gauge, total[at])
            total[at] = known
        flawed = (total_states == FLAWED) | (other_states == FLAWED) | below
        return np.stack((np.where(flawed, 0.0, bad), np.where(flawed, 0.0, total))), flawed


def covered(batches: Sequence[Batch]) -> list[Cover]:
    """The batches that no other one covers, each with all that it covers, itself among them."""
    alike: dict[str, list[Batch]] = defaultdict(list)
    for each in batches:
        alike[each.shape.selector.metric if each.shape.selector else ""].append(each)
    found: list[Cover] = []
    for group in alike.values():
        wide = [each for each in group if not any(_covers(other, each) for other in group)]
        found += [(each, (each, *(narrow for narrow in group if _covers(each, narrow)))) for each in wide]
    return found


def _covers(wide: Batch, narrow: Batch) -> bool:
    """Whether every series of the one belongs to the other as well."""
    big, small = wide.shape, narrow.shape
    if big == small or big.selector is None or small.selector is None:
        return False
    if not (set(big.selector.matchers) <= set(small.selector.matchers) and set(big.by) <= set(small.by)):
        return False
    places = [small.by.index(label) for label in big.by]
    return all(tuple(row.values[at] for at in places) in wide.positions for row in narrow.rows)


def _taken(numbers: Numbers, positions: Ints) -> tuple[Floats, States]:
    """The numbers at these rows; absent where there is no row."""
    if not len(numbers.values):
        shape = (len(positions), numbers.values.shape[1])
        return np.zeros(shape), np.zeros(shape, np.uint8)
    some = (positions >= 0)[:, None]
    return np.where(some, numbers.values[positions], 0.0), np.where(some, numbers.states[positions], ABSENT)


def _position(row: Row, known: dict[Shape, dict[tuple[str, ...], int]], counter: Iterator[int]) -> int:
    rows = known.setdefault(row.shape, {})
    if row.values not in rows:
        rows[row.values] = next(counter)
    return rows[row.values]


def _batches(shape: Shape, rows: dict[tuple[str, ...], int]) -> list[Batch]:
    ordered = sorted(rows)
    pieces = [ordered[at : at + _CHUNK] for at in range(0, len(ordered), _CHUNK)]
    return [
        Batch(shape, tuple(Row(shape, values) for values in piece), {values: rows[values] for values in piece})
        for piece in pieces
    ]


def _holds(gauge: Gauge, values: Floats) -> Flags:
    limit = float(gauge.bound)
    held: Flags = {
        Comparison.GT: values > limit,
        Comparison.GE: values >= limit,
        Comparison.LT: values < limit,
        Comparison.LE: values <= limit,
    }[gauge.op]
    return held


def judged(counts: Floats, schedule: Schedule, gauges: Flags) -> Floats:
    """Buckets as the budget counts them: events as they are, slices as good or bad, or as their ratio.

    A slice without events counts neither way. One that is exactly at its target is good. `gauges` are judged already.
    """
    if schedule.budgeting == "Occurrences":
        return counts
    bad, total = counts
    some = total > 0
    if schedule.budgeting == "RatioTimeslices":
        ratio = np.divide(bad, total, out=np.zeros_like(bad), where=some)
        return np.stack((ratio, some.astype(np.float64)))
    allowed = float(1 - Decimal(schedule.slice_target or "100") / 100) * total
    missed = bad > allowed + _EQUAL * np.maximum(total, 1)
    return np.stack((np.where(gauges[:, None], bad, some & missed), some.astype(np.float64)))


def in_maintenance(schedule: Schedule, first: int, buckets: int) -> Flags:
    """Which of the buckets from `first` on touch a time that does not count."""
    length = schedule.bucket
    start, end = (first - 1) * length, (first - 1 + buckets) * length
    touched = np.zeros(buckets, np.bool_)
    for since, until in stretches(schedule.maintenance, moment(start), moment(end)) if schedule.maintenance else ():
        begin, stop = milliseconds_of(since) - start, milliseconds_of(until) - start
        touched[begin // length : -(-stop // length)] = True
    return touched


def moment(at: int) -> datetime:
    """The moment, in UTC, of milliseconds since the epoch."""
    return datetime.fromtimestamp(at / 1000, tz=UTC)


def milliseconds_of(at: datetime) -> int:
    """Milliseconds since the epoch."""
    return round(at.timestamp() * 1000)
