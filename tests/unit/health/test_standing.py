"""Health with hysteresis, trend, and since when."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from autonomic.health.standing import MARGIN, REST, STEP, Look, Standing, follow
from tests.unit.domain.specimens import NOW

MINUTE = timedelta(minutes=1)


def stands(*scores: float | None, unknown: float = 0.0) -> Standing:
    """After one look a minute."""
    standing = None
    for at, score in enumerate(scores):
        standing = follow(standing, Look(score, 1.0 if score is None else unknown), minute(at))
    assert standing
    return standing


def minute(number: int) -> datetime:
    return NOW + number * MINUTE


def test_a_worse_health_is_believed_at_once_and_a_better_one_with_a_margin() -> None:
    assert stands(100, 74.9).health == "Degraded"
    assert stands(100, 74.9, 79.9).health == "Degraded"
    assert stands(100, 74.9, 80).health == "Healthy"
    assert stands(100, 49.9).health == "Critical"
    assert stands(100, 49.9, 54.9).health == "Critical"
    assert stands(100, 49.9, 55).health == "Degraded"


@given(st.floats(75 - MARGIN / 2, 75 + MARGIN / 2), st.floats(75 - MARGIN / 2, 75 + MARGIN / 2))
def test_a_score_that_swings_around_a_threshold_changes_the_health_once_at_most(one: float, other: float) -> None:
    words = [stands(*([one, other] * 5)[: at + 1]).health for at in range(10)]
    assert sum(a != b for a, b in pairwise(words)) <= 1


def test_what_is_not_known_is_unknown_and_has_no_score() -> None:
    seen = stands(100, None)
    assert (seen.health, seen.score, seen.trend, seen.since) == ("Unknown", None, "Steady", minute(1))


def test_nothing_is_called_healthy_of_which_half_is_unknown_but_what_is_ill_stays_ill() -> None:
    assert stands(100, unknown=0.5).health == "Unknown"
    assert stands(100, unknown=0.49).health == "Healthy"
    assert stands(60, unknown=0.9).health == "Degraded"
    assert stands(20, unknown=0.9).health == "Critical"


def test_since_is_when_the_health_took_its_word() -> None:
    assert stands(100, 60, 58, 62).since == minute(1)
    assert stands(100, 60, 40).since == minute(2)


def test_an_incident_lasts_from_the_first_trouble_to_health_and_what_is_unknown_does_not_end_it() -> None:
    assert stands(100, 100).incident is None
    assert stands(100, 60, 40).incident == minute(1)
    assert stands(100, 60, None).incident == minute(1)
    assert stands(100, 60, None, 60).incident == minute(1)
    assert stands(100, 60, 100).incident is None
    assert stands(None, None).incident is None


def test_a_score_that_moves_by_a_step_has_a_trend_and_a_smaller_move_has_none() -> None:
    assert stands(100, 100 - STEP).trend == "Worsening"
    assert stands(100, 100.1 - STEP).trend == "Steady"
    assert stands(60, 60 + STEP).trend == "Improving"
    assert stands(100, 98, 96, 94).trend == "Worsening"


def test_a_trend_turns_only_through_steady() -> None:
    assert stands(100, 90, 95).trend == "Steady"
    assert stands(100, 90, 95, 100).trend == "Improving"


def test_a_score_that_rests_is_steady_after_a_quarter_of_an_hour() -> None:
    minutes = int(REST / MINUTE)
    assert stands(100, *[90.0] * minutes).trend == "Worsening"
    assert stands(100, *[90.0] * (minutes + 1)).trend == "Steady"


def test_after_a_blind_spell_the_trend_begins_anew() -> None:
    assert stands(100, None, 20).trend == "Steady"
