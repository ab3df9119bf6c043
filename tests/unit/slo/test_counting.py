"""From numbers to counts: what an absent number is, when a slice is good, what does not count."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from autonomic.domain.windows import Maintenance
from autonomic.slo.counting import (
    ABSENT,
    FLAWED,
    NUMBER,
    Numbers,
    Plan,
    in_maintenance,
    judged,
    milliseconds_of,
    moment,
)
from autonomic.slo.ledger import Floats
from autonomic.slo.promises import Promise
from tests.unit.domain.specimens import NOW
from tests.unit.slo.answering import promised

MINUTE = 60_000
NAN = float("nan")


def numbers(plan: Plan, *rows: list[float | None]) -> Numbers:
    """Rows in the plan's order: the row of each total, then of what is bad or good; None is absent, NaN is flawed."""
    values = np.zeros((plan.size, len(rows[0])))
    states = np.full((plan.size, len(rows[0])), ABSENT, np.uint8)
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                values[at, column] = 0 if value != value else value
                states[at, column] = FLAWED if value != value else NUMBER
    return Numbers(values, states)


def gauge(op: str, value: str) -> Promise:
    return promised(indicator={"threshold": {"selector": "queue", "op": op, "value": value}}, budgeting="Timeslices")


def test_absent_errors_beside_present_traffic_are_zero_errors() -> None:
    plan = Plan([promised()])
    counts, flawed = plan.counts(numbers(plan, [10, 10], [None, 3]))
    assert counts[:, 0].tolist() == [[0, 3], [10, 10]]
    assert not flawed.any()


def test_absent_traffic_is_none() -> None:
    plan = Plan([promised()])
    read = numbers(plan, [None, 5], [None, None])
    assert plan.counts(read)[0][:, 0].tolist() == [[0, 0], [0, 5]]
    assert plan.seen(read).tolist() == [[False, True]]
    assert plan.seen(numbers(plan, [5, None], [1, 1])).tolist() == [[True, False]]


def test_what_is_not_good_is_bad() -> None:
    plan = Plan([promised(indicator={"ratio": {"good": "ok", "total": "all"}})])
    assert plan.counts(numbers(plan, [10, 10], [8, None]))[0][:, 0].tolist() == [[2, 10], [10, 10]]


@pytest.mark.parametrize("rows", [([NAN], [1]), ([10], [NAN]), ([NAN], [NAN])])
def test_a_number_that_is_none_counts_nothing_and_is_noticed(rows: tuple[list[float | None], ...]) -> None:
    plan = Plan([promised()])
    counts, flawed = plan.counts(numbers(plan, *rows))
    assert counts[:, 0, 0].tolist() == [0, 0]
    assert flawed.tolist() == [[True]]


@pytest.mark.parametrize(
    ("op", "good"),
    [
        ("GT", [False, False, True]),
        ("GE", [False, True, True]),
        ("LT", [True, False, False]),
        ("LE", [True, True, False]),
    ],
)
def test_a_gauge_is_good_where_it_holds_and_counts_neither_way_where_there_is_none(op: str, good: list[bool]) -> None:
    plan = Plan([gauge(op, "0.1")])
    counts, _ = plan.counts(numbers(plan, [0.05, 0.1, 0.15, None]))
    assert counts[:, 0].tolist() == [[*(float(not each) for each in good), 0], [1, 1, 1, 0]]
    after = judged(counts, plan.promises[0].schedule, np.array([True]))
    np.testing.assert_array_equal(after, counts)


def test_promises_share_a_row_where_they_ask_for_the_same_number() -> None:
    plan = Plan(
        [promised(), promised(name="other"), promised(indicator={"ratio": {"bad": "late", "total": "tasks_total"}})]
    )
    assert plan.size == 3
    assert sorted(batch.found for batch in plan.batches) == ["late", "tasks_total", 'tasks_total{status="failed"}']
    assert {batch.found for batch in plan.totals()} == {"tasks_total"}


def test_promises_of_one_shape_are_asked_together_and_each_gets_its_own() -> None:
    ratios = [{"ratio": {"bad": f'b{{app="{app}"}}', "total": f'x{{app="{app}"}}'}} for app in "cab"]
    plan = Plan([promised(indicator=each) for each in ratios])
    assert sorted(batch.found for batch in plan.batches) == ['b{app=~"a|b|c"}', 'x{app=~"a|b|c"}']
    rows: list[list[float | None]] = [[float(at)] for at in range(plan.size)]
    counts, _ = plan.counts(numbers(plan, *rows))
    for batch in plan.batches:
        for at, app in enumerate("cab"):
            assert counts[1 if batch.found.startswith("x") else 0, at, 0] == batch.positions[(app,)]


def test_no_query_asks_for_more_than_500_rows() -> None:
    ratios = [{"ratio": {"bad": f'b{{app="{app}"}}', "total": "x"}} for app in range(1001)]
    plan = Plan([promised(indicator=each) for each in ratios])
    assert sorted(len(batch.rows) for batch in plan.batches) == [1, 1, 500, 500]


def test_a_batch_covers_another_whose_series_are_all_its_own() -> None:
    def covers(bad: str, total: str) -> list[tuple[str, set[str]]]:
        found = Plan([promised(indicator={"ratio": {"bad": bad, "total": total}})]).covers
        return sorted((wide.found, {each.found for each in parts}) for wide, parts in found)

    narrow, wide = 'x{app="a",status="bad"}', 'x{app="a"}'
    assert covers(narrow, wide) == [(wide, {wide, narrow})]
    assert covers('x{app="a",code!="5"}', wide) == [(wide, {wide, 'x{app="a",code!="5"}'})]
    for other in ("y", 'x{app="b",status="bad"}', 'x{status="bad"}'):
        assert covers(other, wide) == sorted([(other, {other}), (wide, {wide})]), other


def sliced(**more: Any) -> Promise:
    return promised(budgeting="Timeslices", **{"slices": {"length": "1m", "target": "90"}, **more})


def counts_of(*pairs: tuple[float, float]) -> Floats:
    """One promise: bad and total of each bucket."""
    return np.array(pairs, np.float64).T[:, None, :]


def slices(promise: Promise, *pairs: tuple[float, float]) -> list[list[float]]:
    found: list[list[float]] = judged(counts_of(*pairs), promise.schedule, np.array([False]))[:, 0].tolist()
    return found


def test_events_are_counted_as_they_are() -> None:
    assert slices(promised(), (1, 10), (0, 0)) == [[1, 0], [10, 0]]


def test_a_slice_exactly_at_its_target_is_good_and_just_beyond_it_is_bad() -> None:
    assert slices(sliced(), (1, 10), (2, 10), (100, 1000), (101, 1000)) == [[0, 1, 0, 1], [1, 1, 1, 1]]


@pytest.mark.parametrize("target", ["99.9", "99.5", "70", "33.3", "0.1"])
def test_no_rounding_moves_a_slice_s_target(target: str) -> None:
    promise = sliced(slices={"target": target})
    for total in (1000, 3000, 7_000_000, 100_000_000):
        allowed = round((100 - float(target)) * total / 100)
        assert slices(promise, (allowed, total), (allowed + 1, total)) == [[0, 1], [1, 1]], total


def test_a_slice_without_events_counts_neither_way() -> None:
    assert slices(sliced(), (0, 0)) == [[0], [0]]
    assert slices(promised(budgeting="RatioTimeslices"), (0, 0)) == [[0], [0]]


def test_ratios_of_slices_weigh_the_same_whatever_their_traffic() -> None:
    assert slices(promised(budgeting="RatioTimeslices"), (1, 4), (0, 1000), (3, 3)) == [[0.25, 0, 1], [1, 1, 1]]


def resting(*maintenance: dict[str, str]) -> Promise:
    return promised(maintenance=tuple(Maintenance.model_validate(each) for each in maintenance))


def rests(promise: Promise, first: datetime, buckets: int) -> list[int]:
    flags = in_maintenance(promise.schedule, milliseconds_of(first) // MINUTE, buckets)
    return np.flatnonzero(flags).tolist()


def test_a_bucket_that_touches_maintenance_does_not_count_and_its_neighbours_do() -> None:
    def stretch(start: str, end: str) -> Promise:
        return resting({"start": f"2025-01-01T{start}Z", "end": f"2025-01-01T{end}Z"})

    # The first of these buckets is (11:59, 12:00].
    assert rests(stretch("12:02:00", "12:04:00"), NOW, 10) == [3, 4]
    assert rests(stretch("12:02:30", "12:02:31"), NOW, 10) == [3]
    assert rests(stretch("12:02:59", "12:03:01"), NOW, 10) == [3, 4]
    assert rests(stretch("11:00:00", "12:01:00"), NOW, 3) == [0, 1]
    assert rests(stretch("12:01:00", "13:01:00"), NOW, 3) == [2]
    assert rests(stretch("13:00:00", "14:00:00"), NOW, 10) == []


def test_a_slice_that_touches_maintenance_does_not_count() -> None:
    rest = {"start": "2025-01-01T12:04:00Z", "end": "2025-01-01T12:06:00Z"}
    coarse = promised(
        maintenance=(Maintenance.model_validate(rest),), budgeting="RatioTimeslices", slices={"length": "5m"}
    )
    first = milliseconds_of(NOW) // (5 * MINUTE)
    assert in_maintenance(coarse.schedule, first, 4).tolist() == [False, True, True, False]


def test_a_schedule_of_maintenance_comes_back() -> None:
    promise = resting({"schedule": "0 * * * *", "duration": "2m"})
    assert rests(promise, NOW, 65) == [1, 2, 61, 62]
    assert rests(resting(), NOW, 65) == []


def test_moments_and_milliseconds_are_each_other_s_inverse() -> None:
    for at in (NOW, NOW + timedelta(milliseconds=1), datetime.fromisoformat("1999-12-31T23:59:59.999Z")):
        assert moment(milliseconds_of(at)) == at
