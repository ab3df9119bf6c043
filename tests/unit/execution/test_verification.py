"""Did it help? The table of outcomes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.execution.verification import LOOKS, Look, Outcome, judge, look_times
from tests.unit.domain.specimens import NOW

looks_of = st.lists(st.sampled_from(["Good", "Bad", "Unknown"]), min_size=1, max_size=LOOKS)


def judged(looks: list[Look], *, settled_before: float = 0, left: float = 60) -> Outcome:
    return judge(
        looks,
        earliest=NOW,
        settled=NOW - timedelta(seconds=settled_before),
        now=NOW + timedelta(minutes=5),
        deadline=NOW + timedelta(minutes=5, seconds=left),
        last="burn is 1",
    )


@pytest.mark.parametrize(
    ("looks", "settled_before", "left", "kind"),
    [
        (["Good"] * 5, 0, 60, "Helped"),
        (["Good"] * 5, 0, 0, "Helped"),
        (["Good"] * 5, -1, 60, "Waiting"),
        (["Good"] * 5, -1, 0, "Inconclusive"),
        (["Good", "Good", "Bad", "Good", "Good"], 0, 60, "Waiting"),
        (["Good", "Good", "Unknown", "Good", "Good"], 0, 60, "Waiting"),
        (["Good", "Good", "Good", "Good", "Bad"], 0, 0, "Inconclusive"),
        (["Good", "Good", "Good", "Good", "Unknown"], 0, 0, "Inconclusive"),
        (["Bad"] * 5, 0, 1, "Waiting"),
        (["Bad"] * 5, 0, 0, "Worthless"),
        (["Bad", "Good", "Good", "Good", "Good"], 0, -1, "Worthless"),
        (["Unknown"] * 5, 0, 1, "Waiting"),
        (["Unknown"] * 5, 0, 0, "Inconclusive"),
        (["Unknown", "Bad", "Bad", "Bad", "Bad"], 0, 0, "Inconclusive"),
    ],
)
def test_the_outcome_of_looks(looks: list[Look], settled_before: float, left: float, kind: str) -> None:
    assert judged(looks, settled_before=settled_before, left=left).kind == kind


@given(looks_of, st.integers(-5, 5), st.integers(-5, 5))
def test_what_is_unknown_or_bad_at_any_look_never_helped(looks: list[Look], settled: int, left: int) -> None:
    outcome = judged(looks, settled_before=settled, left=left)
    if outcome.kind == "Helped":
        assert set(looks) == {"Good"}
        assert settled >= 0
    if outcome.kind == "Worthless":
        assert looks[0] == "Bad"
        assert left <= 0
    assert (outcome.kind == "Waiting") <= (left > 0)


def test_looks_are_spread_over_the_window_latest_first() -> None:
    times = look_times(NOW, timedelta(minutes=4))
    assert [(NOW - time).total_seconds() for time in times] == [0, 60, 120, 180, 240]


def test_the_outcome_tells_the_last_reading() -> None:
    assert judged(["Bad"], left=0).message == "not better by the deadline: burn is 1"
    assert judged(["Unknown"], left=0).message == "cannot be judged at the deadline: burn is 1"
