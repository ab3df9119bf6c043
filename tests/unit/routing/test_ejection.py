"""Ejection: what collapses is out within tens of outcomes, what is sound stays, and what recovers comes back."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.errors import Invalid
from autonomic.routing.ejection import LONGEST_REST, PROBATION, REST, Ejection, State
from autonomic.routing.warming import KNOWN, SHARE, warming


def sound(rate: float, outcomes: int, seed: int) -> Ejection:
    ejection, random = Ejection(), Random(seed)
    for at in range(outcomes):
        ejection.learn("a", random.random() < rate, float(at))
    return ejection


@pytest.mark.parametrize("rate", [0.95, 0.8, 0.6])
def test_who_collapses_is_out_within_fifty_outcomes(rate: float) -> None:
    """Forty outages: the slowest of a .6 candidate takes about 20 outcomes, so that all hold but for one suite in a million."""
    for seed in range(40):
        ejection, random = sound(rate, 500, seed), Random(-seed)
        if ejection.state("a", 500.0) is not State.SERVING:
            continue
        told = [ejection.learn("a", random.random() < 0.02, 500.0) for _ in range(50)]
        assert any(told)
        assert ejection.state("a", 501.0) is State.EJECTED


@pytest.mark.parametrize("usual", [1.0, 0.95, 0.8, 0.6])
def test_who_still_succeeds_three_quarters_as_often_is_left_to_the_policy(usual: float) -> None:
    """Twenty candidates, 1,000 outcomes each: 2 ejections are expected at most, more than 9 in one of 10,000 suites."""
    ejected = 0
    for seed in range(20):
        ejection, random = sound(usual, 500, seed), Random(-seed)
        ejected += any(ejection.learn("a", random.random() < 0.75 * usual, 500.0) for _ in range(1000))
    assert ejected <= 9


@pytest.mark.parametrize("usual", [1.0, 0.95, 0.8])
def test_who_succeeds_less_than_half_as_often_is_out(usual: float) -> None:
    """At two fifths of the usual 19 of 20 are out within 400 outcomes; under 14 of 20 come of luck once in 10,000 suites."""
    ejected = 0
    for seed in range(20):
        ejection, random = sound(usual, 500, seed), Random(-seed)
        ejected += any(ejection.learn("a", random.random() < 0.4 * usual, 500.0) for _ in range(400))
    assert ejected >= 14


def test_who_is_sound_is_hardly_ever_ejected() -> None:
    """Twenty candidates, 2,000 outcomes each: 4 ejections are expected at most, more than 12 in one of 1,000 suites."""
    ejected = 0
    for seed in range(20):
        ejection, random = Ejection(), Random(seed)
        for at in range(2000):
            ejected += (
                ejection.learn("a", random.random() < 0.9, at * 1e6) and ejection.state("a", at * 1e6) is State.EJECTED
            )
    assert ejected <= 12


def out() -> Ejection:
    ejection = sound(1.0, 200, 0)
    while not ejection.learn("a", False, 1000.0):
        pass
    return ejection


def test_after_its_rest_it_is_on_probation_and_comes_back_if_it_is_sound() -> None:
    ejection = out()
    assert ejection.state("a", 1000 + REST - 1) is State.EJECTED
    assert ejection.state("a", 1000 + REST) is State.PROBATION
    for _ in range(20):
        ejection.learn("a", True, 1000 + REST)
    assert ejection.state("a", 1000 + REST) is State.SERVING


def test_each_failed_probation_doubles_the_rest_up_to_the_longest() -> None:
    ejection, at, rests = out(), 1000.0, []
    for _ in range(10):
        start = at
        while ejection.state("a", at) is State.EJECTED:
            at += 1
        rests.append(at - start)
        while not ejection.learn("a", False, at):
            pass
    assert rests[:3] == [REST, 2 * REST, 4 * REST]
    assert rests[-1] == LONGEST_REST


def test_a_clock_that_is_set_back_keeps_nobody_out_for_longer_than_the_longest_rest() -> None:
    ejection = out()
    assert ejection.state("a", -1e6) is State.EJECTED
    assert ejection.state("a", -1e6 + LONGEST_REST) is State.PROBATION


def test_late_outcomes_of_who_is_out_count_for_nothing() -> None:
    ejection = out()
    assert not any(ejection.learn("a", True, 1001.0) for _ in range(100))
    assert ejection.state("a", 1001.0) is State.EJECTED


def test_the_best_serves_where_else_nobody_would() -> None:
    ejection = out()
    assert ejection.bounds({"a": 0.9, "b": 0.5}, 1001.0) == {"a": (0, 0)}
    assert ejection.bounds({"a": 0.9, "b": 0.5}, 1000 + REST) == {"a": (PROBATION, PROBATION)}
    assert ejection.bounds({"a": 0.9}, 1001.0) == {}


def test_a_restart_forgets_no_ejection() -> None:
    before, after = out(), Ejection()
    after.recall(before.remember())
    assert after.state("a", 1001.0) is State.EJECTED
    assert after.remember() == before.remember()


@pytest.mark.parametrize(
    "broken", [{}, {"candidates": {"a": {"state": "Gone"}}}, {"candidates": {"a": {"state": "Serving"}}}]
)
def test_what_is_no_memory_is_refused_and_changes_nothing(broken: dict[str, object]) -> None:
    ejection = out()
    with pytest.raises(Invalid, match="delete the checkpoint"):
        ejection.recall(broken)
    assert ejection.state("a", 1001.0) is State.EJECTED


@given(st.dictionaries(st.text("abc", min_size=1), st.floats(0, 100), min_size=1))
def test_only_who_is_new_among_known_ones_warms_up(samples: dict[str, float]) -> None:
    found = warming(samples)
    assert set(found.values()) <= {(SHARE, SHARE)}
    if any(count >= KNOWN for count in samples.values()):
        assert set(found) == {name for name, count in samples.items() if count < KNOWN}
    else:
        assert found == {}
