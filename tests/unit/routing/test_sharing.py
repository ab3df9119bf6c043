"""Task types learn from each other as far as they are alike."""

import json
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.errors import Invalid
from autonomic.routing.algorithms import make
from autonomic.routing.policy import Policy
from autonomic.routing.prior import STRONGEST, WEAKEST, Belief, better
from autonomic.routing.sharing import Pools, SharingChangePoints

TALLIES = st.lists(st.tuples(st.floats(0, 500), st.floats(0, 500)), max_size=20)


@given(TALLIES, st.floats(-5, 5), st.floats(WEAKEST, STRONGEST))
def test_a_prior_is_worth_at_least_nothing_known_and_never_certain(
    tallies: list[tuple[float, float]], logit: float, worth: float
) -> None:
    a, b = better(Belief(logit, worth), tallies).counts()
    assert a > 0 < b
    assert WEAKEST - 1e-9 <= a + b <= STRONGEST + 1e-9


def settled(tallies: list[tuple[float, float]]) -> Belief:
    belief = Belief()
    for _ in range(50):
        belief = better(belief, tallies)
    return belief


def test_where_task_types_are_alike_the_prior_is_worth_many_outcomes_and_where_not_few() -> None:
    alike = settled([(90.0, 10.0)] * 20)
    unlike = settled([(95.0, 5.0), (5.0, 95.0)] * 10)
    assert sum(alike.counts()) > 100
    assert alike.counts()[0] / sum(alike.counts()) == pytest.approx(0.9, abs=0.02)
    assert sum(unlike.counts()) < 5


def test_two_task_types_say_nothing_of_a_third() -> None:
    assert settled([(90.0, 10.0)] * 2) == Belief()


NAMES = ("a", "b", "c")
RATES = {"a": 0.95, "b": 0.8, "c": 0.6}


def sharing(types: int = 20) -> list[SharingChangePoints]:
    pools = Pools()
    return [SharingChangePoints(pools, str(kind), NAMES) for kind in range(types)]


def lost(policies: Sequence[Policy], seed: int) -> float:
    """Regret of alike task types with 100 tasks each."""
    random, total = Random(seed), 0.0
    for at in range(100):
        for policy in policies:
            name = policy.choose(NAMES, at, random)
            policy.learn(name, random.random() < RATES[name], at)
            total += 0.95 - RATES[name]
    return total


def test_alike_task_types_lose_less_than_half_of_what_each_would_alone() -> None:
    """Means of 5 seeds: about .25 of it with deviations of .05, so a half comes of luck in fewer than one of 10,000 suites."""
    together = sum(lost(sharing(), seed) for seed in range(5))
    apart = sum(lost([make("ChangePoints", NAMES) for _ in range(20)], seed) for seed in range(5))
    assert together < 0.5 * apart


def test_a_task_type_alone_decides_as_if_it_shared_nothing() -> None:
    (alone,), plain = sharing(1), make("ChangePoints", NAMES)
    here, there = Random(3), Random(3)
    for at in range(300):
        name = alone.choose(NAMES, at, here)
        assert name == plain.choose(NAMES, at, there)
        alone.learn(name, at % 3 > 0, at)
        plain.learn(name, at % 3 > 0, at)


def test_a_restart_forgets_nothing_that_others_know() -> None:
    before, after = sharing(5), sharing(5)
    lost(before, 1)
    for one, other in zip(before, after, strict=True):
        other.recall(json.loads(json.dumps(one.remember())))
    assert [each.remember()["tallies"] for each in before] == [each.remember()["tallies"] for each in after]
    shares = [policies[0].weights(NAMES, 100, Random(2))["a"] for policies in (before, after)]
    assert shares[1] == pytest.approx(shares[0], abs=0.1)


@pytest.mark.parametrize(
    "change", [{"tallies": 3}, {"tallies": {"a": [1]}}, {"tallies": {"a": [1, -1]}}, {"candidates": 3}]
)
def test_what_is_no_memory_is_refused_and_changes_nothing(change: dict[str, object]) -> None:
    policies = sharing(5)
    lost(policies, 1)
    before = policies[0].remember()
    with pytest.raises(Invalid, match="delete the checkpoint"):
        policies[0].recall({**before, **change})
    assert policies[0].remember() == before
