"""Error budgets and burn rates, against figures worked out by hand, and the laws that hold whatever the figures."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.budgets import Count, ErrorBudget

targets = st.decimals("0.5", "0.99999", places=5)
events = st.integers(1, 10**9)
factors = st.decimals("0.1", "20", places=4)


@st.composite
def counts(draw: st.DrawFn) -> Count:
    total = draw(events)
    return Count("1h", Decimal(draw(st.integers(0, total))), Decimal(total))


def count(bad: object, total: object) -> Count:
    return Count("1h", Decimal(str(bad)), Decimal(str(total)))


@pytest.mark.parametrize(
    ("target", "minutes", "bad_minutes"),
    [("0.95", 14 * 24 * 60, "1008"), ("0.9995", 7 * 24 * 60, "5.04"), ("0.999", 30 * 24 * 60, "43.2")],
)
def test_a_period_s_budget_in_bad_minutes_is_what_a_hand_works_out(target: str, minutes: int, bad_minutes: str) -> None:
    just_spent = ErrorBudget(Decimal(target), count(bad_minutes, minutes))
    assert just_spent.remaining == 0
    assert just_spent.exhausted
    half = ErrorBudget(Decimal(target), count(Decimal(bad_minutes) / 2, minutes))
    assert half.remaining == Decimal("0.5")
    assert not half.exhausted


@pytest.mark.parametrize(
    ("factor", "hours", "share"),
    [("14.4", 1, "0.02"), ("6", 6, "0.05"), ("3", 24, "0.1"), ("1", 72, "0.1")],
)
def test_a_workbook_tier_spends_its_share_of_30_days_in_its_long_window(factor: str, hours: int, share: str) -> None:
    target, an_hour = Decimal("0.999"), 100_000
    allowed_in_30_days = (1 - target) * an_hour * 24 * 30
    bad = allowed_in_30_days * Decimal(share)
    assert count(bad, an_hour * hours).burn_rate(target) == Decimal(factor)


def test_a_ratio_of_exactly_the_bound_does_not_burn_faster_than_it() -> None:
    at_the_bound = count(144, 10_000)
    assert not at_the_bound.burns_faster_than(Decimal("14.4"), Decimal("0.999"))
    assert count(145, 10_000).burns_faster_than(Decimal("14.4"), Decimal("0.999"))


@given(st.integers(1, 10**6), st.integers(1, 20))
def test_no_rounding_moves_the_bound_of_99_9_percent(thousands: int, factor: int) -> None:
    total, target = thousands * 1000, Decimal("99.9") / 100
    assert not count(factor * thousands, total).burns_faster_than(Decimal(factor), target)
    assert count(factor * thousands + 1, total).burns_faster_than(Decimal(factor), target)


def test_no_events_burn_nothing_and_leave_the_budget_whole() -> None:
    none = ErrorBudget(Decimal("0.99"), count(0, 0))
    assert none.remaining == none.sli == 1
    assert not none.exhausted
    assert not count(0, 0).burns_faster_than(Decimal(1), Decimal("0.99"))


@given(counts(), targets)
def test_a_budget_is_exhausted_exactly_when_the_bad_reach_what_is_allowed(some: Count, target: Decimal) -> None:
    budget = ErrorBudget(target, some)
    assert budget.exhausted == (some.bad >= (1 - target) * some.total)
    assert budget.exhausted == (budget.remaining <= 0)


@given(counts(), targets, factors, st.integers(1, 1000))
def test_more_bad_events_never_make_anything_better(some: Count, target: Decimal, factor: Decimal, more: int) -> None:
    worse = Count(some.window, some.bad + more, some.total)
    assert worse.burn_rate(target) > some.burn_rate(target)
    assert worse.burns_faster_than(factor, target) or not some.burns_faster_than(factor, target)
    assert ErrorBudget(target, worse).remaining < ErrorBudget(target, some).remaining
    assert ErrorBudget(target, worse).exhausted or not ErrorBudget(target, some).exhausted


@given(counts(), targets, factors, st.integers(2, 1000))
def test_ten_times_the_traffic_with_ten_times_the_errors_is_the_same(
    some: Count, target: Decimal, factor: Decimal, times: int
) -> None:
    scaled = Count(some.window, some.bad * times, some.total * times)
    assert scaled.burns_faster_than(factor, target) == some.burns_faster_than(factor, target)
    assert ErrorBudget(target, scaled).exhausted == ErrorBudget(target, some).exhausted
    assert ErrorBudget(target, scaled).sli == ErrorBudget(target, some).sli
