"""The laws of budgets, whatever the figures: of the arithmetic in `domain/budgets.py`, and of a count over raw samples."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.budgets import Count, ErrorBudget
from tests.oracle.counting import events
from tests.oracle.judging import Judgement, judge
from tests.oracle.promises import read
from tests.oracle.samples import Recorded

MINUTE, DAY = 60, 86_400
MIDNIGHT = 1_750_032_000
"""16 June 2025, 00:00 UTC, a Monday."""

targets = st.decimals("0.5", "0.99999", places=5)
factors = st.decimals("0.1", "20", places=4)
methods = st.sampled_from(["Occurrences", "Timeslices", "RatioTimeslices"])
minutes_of_events = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=90)
"""Bad and good events of successive minutes."""


def counted(bad: object, total: object) -> Count:
    return Count("1h", Decimal(str(bad)), Decimal(str(total)))


@st.composite
def counts(draw: st.DrawFn) -> Count:
    total = draw(st.integers(1, 10**9))
    return counted(draw(st.integers(0, total)), total)


# The arithmetic of budgets.


@given(counts(), st.integers(0, 10**6), targets)
def test_more_bad_events_never_raise_a_budget(some: Count, more: int, target: Decimal) -> None:
    worse = counted(some.bad + more, some.total)
    assert ErrorBudget(target, worse).remaining <= ErrorBudget(target, some).remaining
    assert ErrorBudget(target, worse).sli <= ErrorBudget(target, some).sli
    assert worse.burn_rate(target) >= some.burn_rate(target)


@given(counts(), st.integers(0, 10**6), targets)
def test_a_bad_event_instead_of_a_good_one_never_raises_a_budget(some: Count, more: int, target: Decimal) -> None:
    worse = counted(min(some.bad + more, some.total), some.total)
    assert ErrorBudget(target, worse).remaining <= ErrorBudget(target, some).remaining


@given(counts(), st.integers(1, 10**6), targets)
def test_more_good_events_never_lower_a_budget(some: Count, more: int, target: Decimal) -> None:
    better = counted(some.bad, some.total + more)
    assert ErrorBudget(target, better).remaining >= ErrorBudget(target, some).remaining
    assert ErrorBudget(target, some).exhausted or not ErrorBudget(target, better).exhausted


@given(counts(), st.integers(1, 10**6), targets, factors)
def test_bad_and_good_scaled_alike_change_nothing(some: Count, times: int, target: Decimal, factor: Decimal) -> None:
    scaled = counted(some.bad * times, some.total * times)
    assert scaled.burns_faster_than(factor, target) == some.burns_faster_than(factor, target)
    assert ErrorBudget(target, scaled).exhausted == ErrorBudget(target, some).exhausted
    assert abs(ErrorBudget(target, scaled).remaining - ErrorBudget(target, some).remaining) <= Decimal("1e-20")


@given(counts(), counts(), targets)
def test_the_budget_of_a_whole_lies_between_those_of_its_parts(one: Count, other: Count, target: Decimal) -> None:
    whole = ErrorBudget(target, counted(one.bad + other.bad, one.total + other.total)).remaining
    parts = [ErrorBudget(target, each).remaining for each in (one, other)]
    assert min(parts) - Decimal("1e-20") <= whole <= max(parts) + Decimal("1e-20")


@given(counts(), st.integers(0, 10**6), targets, factors)
def test_a_window_that_burns_too_fast_still_does_with_more_bad_events(
    some: Count, more: int, target: Decimal, factor: Decimal
) -> None:
    worse = counted(some.bad + more, some.total)
    assert worse.burns_faster_than(factor, target) or not some.burns_faster_than(factor, target)


@given(counts(), targets)
def test_what_burns_faster_than_its_period_lasts_is_spent(some: Count, target: Decimal) -> None:
    assert ErrorBudget(target, some).exhausted or not some.burns_faster_than(Decimal(1), target)


@given(st.integers(1, 10**6), st.integers(1, 99_999))
def test_a_budget_is_spent_by_its_last_event_and_not_by_the_one_before(times: int, millionths: int) -> None:
    target, total = 1 - Decimal(millionths) / 10**6, times * 10**6
    allowed = times * millionths
    assert ErrorBudget(target, counted(allowed, total)).exhausted
    assert ErrorBudget(target, counted(allowed, total)).remaining == 0
    assert not ErrorBudget(target, counted(allowed - 1, total)).exhausted
    assert ErrorBudget(target, counted(allowed - 1, total)).remaining > 0


# A count over raw samples.


def promise(method: str = "Occurrences", **more: Any) -> dict[str, Any]:
    """A day's promise of 90 %, with a tier of half an hour."""
    slices = {"slices": {"length": "1m", "target": "80"}} if method == "Timeslices" else {}
    return {
        "name": "availability",
        "target": "90",
        "window": {"calendar": {"unit": "Day"}},
        "budgeting": method,
        "minEvents": 1,
        "indicator": {"ratio": {"bad": "bad_total", "total": "all_total"}},
        "alerting": {"windows": [{"long": "30m", "short": "5m", "factor": "2", "level": "Breach"}]},
        **slices,
        **more,
    }


def recorded(minutes: list[tuple[int, int]], since: int = MIDNIGHT) -> list[Recorded]:
    """A sample a minute of both counters; the first, before anything happened, at `since`."""
    bad, everything = [(float(since), 0.0)], [(float(since), 0.0)]
    for place, (failed, good) in enumerate(minutes, 1):
        bad.append((since + place * MINUTE, bad[-1][1] + failed))
        everything.append((since + place * MINUTE, everything[-1][1] + failed + good))
    return [Recorded({"__name__": "bad_total"}, tuple(bad)), Recorded({"__name__": "all_total"}, tuple(everything))]


def judged(written: Mapping[str, Any], minutes: list[tuple[int, int]], after: int | None = None) -> Judgement:
    """The judgement once that many minutes have passed; all of them by default."""
    at = MIDNIGHT + MINUTE * (len(minutes) if after is None else after)
    return judge([written], "availability", recorded(minutes), at)[""]


@given(minutes_of_events, st.data(), methods)
def test_another_bad_event_never_raises_what_remains(
    minutes: list[tuple[int, int]], data: st.DataObject, method: str
) -> None:
    place = data.draw(st.integers(0, len(minutes) - 1))
    bad, good = minutes[place]
    if not good:
        return
    worse = [*minutes[:place], (bad + 1, good - 1), *minutes[place + 1 :]]
    assert judged(promise(method), worse).remaining <= judged(promise(method), minutes).remaining


@given(minutes_of_events, st.data())
def test_the_parts_of_a_window_add_up_to_the_whole(minutes: list[tuple[int, int]], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(minutes)))
    written = promise(window={"rolling": f"{cut}m"})
    rest = promise(window={"rolling": f"{max(1, len(minutes) - cut)}m"})
    late, early = judged(written, minutes).tally, judged(rest, minutes, len(minutes) - cut).tally
    whole = judged(promise(window={"rolling": f"{len(minutes)}m"}), minutes).tally
    assert (late.bad + early.bad, late.total + early.total) == (whole.bad, whole.total)


@given(minutes_of_events, st.integers(2, 100), methods)
def test_good_and_bad_scaled_alike_change_no_judgement(minutes: list[tuple[int, int]], times: int, method: str) -> None:
    scaled = [(bad * times, good * times) for bad, good in minutes]
    some, more = judged(promise(method), minutes), judged(promise(method), scaled)
    assert (more.remaining, more.level, more.fires) == (some.remaining, some.level, some.fires)


@given(minutes_of_events, st.lists(st.integers(0, 50), max_size=30), methods)
def test_a_budget_never_rises_inside_one_calendar_window_unless_good_events_come(
    minutes: list[tuple[int, int]], then_bad: list[int], method: str
) -> None:
    later = [*minutes, *((bad, 0) for bad in then_bad)]
    now, then = judged(promise(method), later, len(minutes)), judged(promise(method), later)
    assert then.remaining <= now.remaining
    assert judged(promise(method), later, len(minutes)) == now


@given(minutes_of_events, st.integers(0, 30))
def test_what_comes_later_changes_no_judgement_of_before(minutes: list[tuple[int, int]], more: int) -> None:
    later = [*minutes, *[(50, 0)] * more]
    before, after = judged(promise(), minutes), judged(promise(), later, len(minutes))
    assert replace(after, young=before.young) == before


@given(minutes_of_events, st.integers(1, 1000))
def test_a_firing_tier_goes_on_firing_when_the_last_minute_turns_bad(minutes: list[tuple[int, int]], more: int) -> None:
    bad, good = minutes[-1]
    worse = [*minutes[:-1], (bad + more, good)]
    firing = [window for window, fires in judged(promise(), minutes).fires.items() if fires]
    assert [window for window in firing if not judged(promise(), worse).fires[window]] == []


@given(st.lists(st.integers(0, 20), min_size=2, max_size=40), st.sets(st.integers(1, 39)))
def test_restarts_lose_no_event_that_was_recorded(per_minute: list[int], restarts: set[int]) -> None:
    points, value = [(float(MIDNIGHT), 0.0)], 0
    expected = 0
    for place, more in enumerate(per_minute, 1):
        begun_again = place in restarts and more < value
        value = more if begun_again else value + more
        expected += more
        points.append((MIDNIGHT + place * MINUTE, float(value)))
    series = Recorded({"__name__": "bad_total"}, tuple(points))
    assert sum(events([series], [], MINUTE, 5 * MINUTE).values()) == expected


@pytest.mark.parametrize("rolling", ["1d", "7d", "14d", "28d", "30d", "90d"])
def test_the_oracle_s_workbook_spends_its_share_of_the_budget_in_the_long_window(rolling: str) -> None:
    asked = read({**promise(window={"rolling": rolling}), "alerting": {}})
    period = int(rolling.removesuffix("d")) * DAY
    short = period < 21 * DAY
    shares = [
        Fraction(each) for each in (("0.08", "0.125", "0.2", "0.42") if short else ("0.02", "0.05", "0.1", "0.1"))
    ]
    for tier, share in zip(asked.tiers, shares, strict=True):
        assert tier.factor == 1 or abs(tier.factor * tier.long / period - share) < Fraction(1, 10**5)
