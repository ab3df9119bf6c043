"""Shares: they sum, keep their bounds, and move by steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.errors import Invalid
from autonomic.routing.shares import WHOLE, Limits, publish

NAMES = tuple("abcdefghij")
FREE = Limits(step=WHOLE, hysteresis=0)


@st.composite
def wishes(draw: st.DrawFn) -> dict[str, float]:
    names = NAMES[: draw(st.integers(1, 10))]
    return {name: draw(st.floats(0, 1)) for name in names}


@st.composite
def published(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, int]:
    cuts = sorted(draw(st.lists(st.integers(0, WHOLE), min_size=len(names) - 1, max_size=len(names) - 1)))
    edges = [0, *cuts, WHOLE]
    return {name: edges[place + 1] - edges[place] for place, name in enumerate(names)}


@given(wishes(), st.data())
def test_shares_are_whole_thousandths_that_sum_within_their_bounds(
    wanted: dict[str, float], data: st.DataObject
) -> None:
    count = len(wanted)
    least, most = data.draw(st.integers(0, WHOLE // count)), data.draw(st.integers(-(-WHOLE // count), WHOLE))
    found = publish(wanted, {}, Limits(least, most, hysteresis=0)).weights
    assert sum(found.values()) == WHOLE
    assert set(found) == set(wanted)
    assert all(least <= weight <= most for weight in found.values())


@given(wishes(), st.data(), st.integers(1, WHOLE))
def test_no_share_moves_by_more_than_a_step(wanted: dict[str, float], data: st.DataObject, step: int) -> None:
    before = data.draw(published(tuple(wanted)))
    found = publish(wanted, before, Limits(step=step, hysteresis=0))
    assert sum(found.weights.values()) == WHOLE
    assert found.because == ()
    assert all(abs(found.weights[name] - before[name]) <= step for name in wanted)


@given(wishes(), st.data(), st.integers(1, 50))
def test_where_no_share_would_move_enough_nothing_moves(
    wanted: dict[str, float], data: st.DataObject, least: int
) -> None:
    before = data.draw(published(tuple(wanted)))
    found = publish(wanted, before, Limits(step=WHOLE, hysteresis=least)).weights
    moved = [abs(found[name] - before[name]) for name in wanted]
    assert max(moved) == 0 or max(moved) >= least


def test_a_move_that_is_not_worth_it_is_not_made() -> None:
    before = {"a": 500, "b": 500}
    assert publish({"a": 0.505, "b": 0.495}, before, Limits(hysteresis=10)).weights == before
    assert publish({"a": 0.51, "b": 0.49}, before, Limits(hysteresis=10)).weights == {"a": 510, "b": 490}
    assert publish({"a": 0.505, "b": 0.495}, before, Limits(most=499, hysteresis=10)).weights == {"a": 505, "b": 495}


@given(wishes())
def test_without_bounds_shares_are_what_is_wanted_to_the_thousandth(wanted: dict[str, float]) -> None:
    total = sum(wanted.values())
    found = publish(wanted, {}, FREE).weights
    if total > 1e-6:
        assert all(abs(found[name] - WHOLE * share / total) <= 1 for name, share in wanted.items())


@given(wishes(), st.data())
def test_who_is_broken_has_nothing_at_once_and_somebody_takes_it(wanted: dict[str, float], data: st.DataObject) -> None:
    before = data.draw(published(tuple(wanted)))
    found = publish(wanted, before, Limits(step=10), {"a": (0, 0)}).weights
    assert sum(found.values()) == WHOLE
    assert found["a"] == (0 if len(wanted) > 1 else WHOLE)


def test_what_gave_way_is_said() -> None:
    broken = publish({"a": 0.5, "b": 0.5}, {"a": 900, "b": 100}, Limits(step=50), {"a": (0, 0)})
    assert broken.weights == {"a": 0, "b": 1000}
    assert "the step was exceeded" in broken.because[0]
    capped = publish({"a": 0.5, "b": 0.5}, {"a": 900, "b": 100}, Limits(most=900, step=50), {"a": (0, 0)})
    assert capped.weights == {"a": 0, "b": 1000}
    assert "maxWeight gave way" in capped.because[0]


def test_who_is_not_wanted_any_more_is_out_at_once() -> None:
    found = publish({"b": 0.5, "c": 0.5}, {"a": 800, "b": 100, "c": 100}, Limits(step=100))
    assert found.weights == {"b": 500, "c": 500}


def test_equal_remainders_go_to_the_first() -> None:
    assert publish({"a": 1.0, "b": 1.0, "c": 1.0}, {}, FREE).weights == {"a": 334, "b": 333, "c": 333}


def test_where_nothing_is_preferred_all_are_alike() -> None:
    assert publish({"a": 0.0, "b": 0.0}, {}, FREE).weights == {"a": 500, "b": 500}


@pytest.mark.parametrize("wanted", [{}, {"a": -0.1}, {"a": float("nan")}])
def test_what_are_no_shares_is_refused(wanted: dict[str, float]) -> None:
    with pytest.raises(Invalid, match=r"weights: .* are no shares"):
        publish(wanted, {}, FREE)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"least": 600, "most": 500}, "minWeight, maxWeight: 600 to 500"),
        ({"most": 1001}, "minWeight, maxWeight: 0 to 1001"),
        ({"step": 0}, "step: 0"),
        ({"hysteresis": -1}, "hysteresis: -1"),
    ],
)
def test_limits_that_contradict_each_other_are_named(settings: dict[str, int], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        Limits(**settings)
