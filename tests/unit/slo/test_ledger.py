"""The ledger against plain lists: whatever happened, a sum is the sum of the newest buckets."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.slo.ledger import BLOCK, RING, Edge, Floats, Ledger

WINDOWS = (1, 5, 60, RING, RING + 1, 500)
DAY = 50
"""Buckets of a day, so short that days pass in a test."""


@dataclass
class Lists:
    """What a ledger shall know, as lists of (bad, total): everything ever counted, oldest first, of each objective."""

    start: int
    counted: list[list[tuple[float, float]]] = field(default_factory=list)

    def sums(self, window: int) -> Floats:
        """(2, objectives)."""
        return np.array([np.sum(each[-window:], axis=0) for each in self.counted]).T.reshape(2, len(self.counted))

    def array(self, first: int, end: int) -> Floats:
        """The counts of the buckets from `first` to `end`, both included, which are numbered from the epoch."""
        zero = self.start - 1000
        rows = [each[first - zero : end + 1 - zero] for each in self.counted]
        return np.array(rows, np.float64).transpose(2, 0, 1)


class World:
    """A ledger and its lists, side by side."""

    def __init__(self, seed: int, size: int, *, fractions: bool = False, start: int = 2000) -> None:
        self.random = np.random.default_rng(seed)
        self.fractions = fractions
        self.lists = Lists(start, [self.past() for _ in range(size)])
        self.ledger = Ledger(WINDOWS)
        self.ledger.bucket = start
        self.ledger.select(np.full(size, -1))
        self.fill(np.arange(size))
        self.period_began = start

    def past(self, length: int = 1001) -> list[tuple[float, float]]:
        """Random counts of so many buckets, the newest one that of the ledger."""
        return [self.pair() for _ in range(length)]

    def pair(self) -> tuple[float, float]:
        """Bad and total of a bucket."""
        total = int(self.random.integers(0, 1000))
        bad = float(self.random.integers(0, total + 1))
        return (bad / 8 if self.fractions else bad), float(total)

    def fill(self, where: np.ndarray) -> None:
        """Counts those objectives from scratch."""
        ledger, bucket = self.ledger, self.ledger.bucket
        ring = self.lists.array(bucket - ledger.depth + 1, bucket)[:, where]
        ledger.fill(where, ring, {window: self.lists.sums(window)[:, where] for window in ledger.edges})

    def advance(self, times: int) -> None:
        """Carries both forward, and hands in what leaves the long windows."""
        for _ in range(times):
            self.hand_in()
            pairs = [self.pair() for _ in self.lists.counted]
            for each, pair in zip(self.lists.counted, pairs, strict=True):
                each.append(pair)
            bucket = self.ledger.bucket
            new_day = bucket // DAY - 1 if bucket % DAY == 0 else None
            self.ledger.advance(np.array(pairs).T.reshape(2, len(pairs)), new_period=False, new_day=new_day)

    def hand_in(self) -> None:
        """The blocks of buckets that leave next, where they are not held; each of another length."""
        for window, edge in self.ledger.edges.items():
            first = self.ledger.bucket + 1 - window
            where = np.flatnonzero(edge.lacks(first))
            if len(where):
                counts = self.lists.array(first, first + BLOCK - 1)[:, where]
                edge.hold(where, first, counts, self.random.integers(1, BLOCK + 1, len(where)))

    def agrees(self) -> None:
        """Every sum is the sum of the newest buckets."""
        for window in WINDOWS:
            np.testing.assert_array_equal(self.ledger.sums[window], self.lists.sums(window), str(window))


seeds = st.integers(0, 2**32 - 1)
steps = st.lists(st.integers(1, 90), min_size=1, max_size=4)


@given(seeds, st.integers(1, 3), steps, st.booleans())
def test_every_window_is_the_sum_of_its_newest_buckets_however_far_it_went(
    seed: int, size: int, forward: list[int], fractions: bool
) -> None:
    world = World(seed, size, fractions=fractions)
    for number in forward:
        world.advance(number)
        world.agrees()


@given(seeds, st.permutations([0, 1, 2]), st.integers(0, 3), st.integers(0, 70))
def test_what_stays_keeps_its_sums_when_others_come_and_go(
    seed: int, order: list[int], kept: int, forward: int
) -> None:
    world = World(seed, 3)
    world.advance(forward)
    chosen = [*order[:kept], -1]
    world.ledger.select(np.array(chosen))
    world.lists.counted = [world.lists.counted[at] if at >= 0 else [(0.0, 0.0)] * (1001 + forward) for at in chosen]
    assert world.ledger.ready.tolist() == [True] * kept + [False]
    world.agrees()
    world.lists.counted[-1] = world.past(1001 + forward)
    world.fill(np.array([kept]))
    world.advance(65)
    world.agrees()
    assert world.ledger.ready.all()


@given(seeds, st.integers(1, RING), st.integers(0, 60), st.booleans())
def test_a_repair_puts_every_window_right_and_it_stays_right(
    seed: int, newest: int, forward: int, fractions: bool
) -> None:
    world = World(seed, 2)
    world.fractions = fractions
    late = [world.pair() for _ in range(newest)]
    world.lists.counted[1][-newest:] = late
    world.ledger.repair(np.array([1]), np.array([late]).transpose(2, 0, 1), newest, newest)
    world.agrees()
    world.advance(forward)
    world.agrees()


def test_a_repair_that_changes_nothing_changes_nothing() -> None:
    world = World(1, 2)
    before = {window: sums.copy() for window, sums in world.ledger.sums.items()}
    world.ledger.repair(np.array([0, 1]), world.ledger.recent(60, np.array([0, 1])), 60, 60)
    for window in WINDOWS:
        np.testing.assert_array_equal(world.ledger.sums[window], before[window])


@pytest.mark.parametrize("odd", [0.125, 2.0**32, -1.0], ids=["a fraction", "more than 4 bytes hold", "negative"])
def test_a_count_that_4_bytes_do_not_hold_widens_the_ring_and_no_sum_is_lost(odd: float) -> None:
    world = World(7, 2)
    world.advance(3)
    world.pair = lambda: (odd, 2.0**33)  # type: ignore[method-assign]
    world.advance(1)
    del world.pair
    world.agrees()
    world.advance(400)
    world.agrees()


def test_the_newest_buckets_are_what_was_counted_last() -> None:
    world = World(3, 2)
    world.advance(17)
    np.testing.assert_array_equal(world.ledger.recent(30, np.array([1])), world.lists.array(1988, 2017)[:, [1]])


@given(seeds, st.integers(1, 40), st.integers(1, 60))
def test_days_and_today_are_split_at_midnight_and_the_period_goes_on(seed: int, before: int, after: int) -> None:
    start = 2000 - before
    world = World(seed, 2, start=start)
    zeros = np.zeros((2, 2))
    world.ledger.fill_period(np.array([0, 1]), zeros, zeros, {38: zeros + 5})
    world.advance(before + after)
    whole, counted = world.ledger.days, world.lists
    np.testing.assert_array_equal(
        world.ledger.today, counted.array(2001 + (after - 1) // DAY * DAY, 2000 + after).sum(2)
    )
    np.testing.assert_array_equal(whole[39], counted.array(start + 1, 2000).sum(2))
    np.testing.assert_array_equal(whole[38], zeros + 5)
    np.testing.assert_array_equal(world.ledger.since, counted.array(start + 1, 2000 + after).sum(2))
    world.ledger.forget_days_before(39)
    assert sorted(world.ledger.days) == [39, *([40] if after > DAY else [])]


def test_a_new_period_begins_at_nothing_and_holds_its_first_bucket() -> None:
    world = World(5, 2)
    ones = np.ones((2, 2))
    world.ledger.fill_period(np.array([0, 1]), ones, ones, {})
    world.hand_in()
    world.ledger.advance(ones * 3, new_period=True, new_day=None)
    assert world.ledger.since.tolist() == [[3, 3], [3, 3]]
    assert world.ledger.today.tolist() == [[4, 4], [4, 4]]


@given(st.integers(0, 80), st.integers(0, 80), st.integers(1, 80))
def test_a_repair_counts_for_the_period_for_today_and_for_yesterday_as_far_as_it_lies_there(
    in_period: int, in_day: int, newest: int
) -> None:
    world = World(11, 1)
    zeros, only = np.zeros((2, 1)), np.array([0])
    world.ledger.fill_period(only, zeros, zeros, {39: zeros})
    old = world.ledger.recent(newest, only)
    world.ledger.repair(only, old + 1, in_period, in_day)
    assert world.ledger.since.tolist() == [[min(newest, in_period)]] * 2
    assert world.ledger.today.tolist() == [[min(newest, in_day)]] * 2
    assert world.ledger.days[39].tolist() == [[max(0, newest - in_day)]] * 2


def test_an_edge_says_what_it_lacks() -> None:
    edge = Edge(2)
    assert edge.lacks(7).tolist() == [True, True]
    edge.hold(np.array([1]), 5, np.full((2, 1, BLOCK), 4.0), np.array([3]))
    assert [edge.lacks(at).tolist()[1] for at in (4, 5, 7, 8)] == [True, False, False, True]
    assert edge.at(6)[:, 1].tolist() == [4, 4]
