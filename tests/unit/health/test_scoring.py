"""The formula: bounded, monotone, and what is Unknown counts neither as well nor as ill."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.health.figures import Figure
from autonomic.health.looks import group, workload
from autonomic.health.scoring import CEILINGS, WORST_COUNTS, blend, scores
from autonomic.health.standing import Look, Standing, follow
from tests.unit.domain.specimens import NOW

LEFT = st.floats(-1e6, 1)
BURN = st.floats(0, 1e6)
ALERT = st.integers(0, len(CEILINGS) - 1)
SCORE = st.floats(0, 100)
MEMBERS = st.lists(st.tuples(SCORE, st.integers(1, 3)), min_size=1, max_size=12)


def score(left: float, burn: float, alert: int) -> float:
    """The score of one objective."""
    return float(scores(np.array([left]), np.array([burn]), np.array([alert], np.int8))[0])


def member(score: float | None) -> Standing:
    """A workload with that score."""
    return follow(None, Look(score, 0.0), NOW)


@given(LEFT, BURN, ALERT)
def test_a_score_lies_between_0_and_100(left: float, burn: float, alert: int) -> None:
    assert 0 <= score(left, burn, alert) <= 100


@given(LEFT, LEFT, BURN, BURN, ALERT, ALERT)
def test_worse_never_scores_higher(a: float, b: float, slow: float, fast: float, one: int, other: int) -> None:
    well = score(max(a, b), min(slow, fast), min(one, other))
    assert score(min(a, b), max(slow, fast), max(one, other)) <= well


@pytest.mark.parametrize(
    ("left", "burn", "alert", "expected"),
    [
        (1, 0, 0, 100),
        (1, 1, 0, 100),
        (0.5, 1, 0, 85),
        (1, 10, 0, 80),
        (0.5, 5.5, 1, 55.5),
        (0.9, 20, 2, 37.73),
        (0, 1, 3, 16.8),
        (-5, 30, 3, 4.8),
    ],
)
def test_the_score_is_what_the_page_on_health_says(left: float, burn: float, alert: int, expected: float) -> None:
    assert score(left, burn, alert) == pytest.approx(expected)


@given(MEMBERS, st.integers(0, 11), SCORE)
def test_a_member_that_falls_never_raises_its_group(members: list[tuple[float, int]], at: int, to: float) -> None:
    at %= len(members)
    fallen = [*members]
    fallen[at] = (min(to, members[at][0]), members[at][1])
    assert blend(fallen, WORST_COUNTS) <= blend(members, WORST_COUNTS) + 1e-9


@given(MEMBERS, st.sampled_from([WORST_COUNTS, 1.0]))
def test_a_group_is_never_better_than_its_best_nor_worse_than_its_worst(
    members: list[tuple[float, int]], worst_counts: float
) -> None:
    found = blend(members, worst_counts)
    assert min(score for score, _ in members) <= found <= max(score for score, _ in members) + 1e-9


@given(st.lists(SCORE, min_size=1, max_size=8), st.integers(1, 8))
def test_what_is_unknown_moves_no_score_and_is_told_as_a_share(known: list[float], unknown: int) -> None:
    figures = [Figure("c", f"o{at}", "None", score) for at, score in enumerate(known)]
    blind = [Figure("c", f"u{at}", "Unknown", None) for at in range(unknown)]
    assert workload(figures).score == workload([*figures, *blind]).score
    assert workload([*figures, *blind]).unknown == pytest.approx(unknown / (unknown + len(known)))
    members = [(member(score), 1) for score in known]
    assert group(members).score == group([*members, *((member(None), 1) for _ in range(unknown))]).score


def test_where_nothing_is_known_there_is_no_score() -> None:
    assert workload([Figure("c", "o", "Unknown", None)]) == Look(None, 1.0)
    assert group([(member(None), 3)]) == Look(None, 1.0)


@given(MEMBERS, st.integers(0, 11))
def test_no_group_is_healthy_while_a_member_is_critical(members: list[tuple[float, int]], at: int) -> None:
    members[at % len(members)] = (49.9, 1)
    whole = follow(None, group([(member(score), weight) for score, weight in members]), NOW)
    assert whole.health in ("Degraded", "Critical")


def test_a_member_of_a_higher_tier_counts_more() -> None:
    ill, well = member(60.0), member(100.0)
    light, heavy = group([(ill, 1), (well, 3)]).score, group([(ill, 3), (well, 1)]).score
    assert light is not None
    assert heavy is not None
    assert heavy < light
