"""What holds of every policy."""

from collections import Counter
from random import Random

import pytest

from autonomic.domain.errors import Invalid
from autonomic.routing.algorithms import ALGORITHMS, make
from autonomic.routing.algorithms.epsilon_greedy import looking_back
from autonomic.routing.policy import Policy
from autonomic.routing.recalling import candidates_of

NAMES = ("good", "fair", "poor")
RATES = {"good": 0.9, "fair": 0.6, "poor": 0.3}
every = pytest.mark.parametrize("algorithm", ALGORITHMS)


def taught(algorithm: str, tasks: int = 1000, seed: int = 1) -> Policy:
    """A policy that was taught by its own choices."""
    policy, random = make(algorithm, NAMES), Random(seed)
    for at in range(tasks):
        name = policy.choose(NAMES, at, random)
        policy.learn(name, random.random() < RATES[name], at)
    return policy


@every
def test_the_best_candidate_gets_the_most(algorithm: str) -> None:
    """A policy that is fooled for a thousand tasks by gaps of .3 would be so in fewer than one of a million seeds."""
    weights = taught(algorithm).weights(NAMES, 1000, Random(2))
    assert max(weights, key=weights.__getitem__) == "good"
    assert weights["good"] > 0.8


@every
def test_weights_sum_to_one_and_say_how_often_each_is_chosen(algorithm: str) -> None:
    """Twenty taught tasks leave doubt. A share of 4,000 draws is off by .05 in fewer than one of a million seeds."""
    policy, random = taught(algorithm, 20), Random(3)
    weights = policy.weights(NAMES, 20, random)
    chosen = Counter(policy.choose(NAMES, 20, random) for _ in range(4000))
    assert sum(weights.values()) == pytest.approx(1)
    assert all(abs(chosen[name] / 4000 - weights[name]) < 0.08 for name in NAMES)


@every
def test_only_who_is_eligible_is_chosen(algorithm: str) -> None:
    policy, random = taught(algorithm), Random(4)
    assert {policy.choose(("poor", "fair"), 1000 + at, random) for at in range(200)} <= {"poor", "fair"}
    assert set(policy.weights(("poor",), 1000, random)) == {"poor"}
    assert policy.weights(("poor",), 1000, random)["poor"] == pytest.approx(1)


@every
def test_a_candidate_that_was_never_heard_of_is_tried(algorithm: str) -> None:
    policy, random = taught(algorithm), Random(5)
    names = (*NAMES, "new")
    for at in range(1000, 1400):
        name = policy.choose(names, at, random)
        policy.learn(name, name == "new" or random.random() < RATES[name], at)
    assert policy.weights(names, 1400, random)["new"] > 0.5


@every
def test_what_is_remembered_decides_as_before(algorithm: str) -> None:
    before, after = taught(algorithm), make(algorithm, NAMES)
    after.recall(before.remember())
    here, there = Random(6), Random(6)
    assert [before.choose(NAMES, 1000, here) for _ in range(50)] == [
        after.choose(NAMES, 1000, there) for _ in range(50)
    ]
    assert after.remember() == before.remember()


@every
@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"candidates": 3},
        {"candidates": {"good": 3}},
        {"candidates": {"good": {}}},
        {"candidates": {"good": {"count": -1, "mean": 2, "wins": -1, "losses": "x", "last": None, "mass": []}}},
    ],
)
def test_what_is_no_memory_is_refused_with_the_way_out_and_changes_nothing(
    algorithm: str, broken: dict[str, object]
) -> None:
    policy = taught(algorithm, 50)
    before = policy.remember()
    with pytest.raises(Invalid, match="delete the checkpoint"):
        policy.recall(broken)
    assert policy.remember() == before


@every
def test_a_clock_that_goes_back_or_far_ahead_breaks_nothing(algorithm: str) -> None:
    policy, random = taught(algorithm, 50), Random(7)
    for at in (-5, 0, 10**12, 3):
        name = policy.choose(NAMES, at, random)
        policy.learn(name, True, at)
        assert sum(policy.weights(NAMES, at, random).values()) == pytest.approx(1)


@every
def test_what_is_cheaper_by_enough_is_preferred(algorithm: str) -> None:
    policy = taught(algorithm)
    policy.prefer({"fair": 1.0})
    random = Random(8)
    assert policy.weights(NAMES, 1000, random)["fair"] > 0.8
    assert sum(policy.choose(NAMES, 1000, random) == "fair" for _ in range(100)) > 70


@pytest.mark.parametrize(
    ("algorithm", "settings", "said"),
    [
        ("Magic", {}, "there is no Magic: choose one of EpsilonGreedy"),
        ("Thompson", {"colour": 1}, "settings of Thompson: colour"),
        ("EpsilonGreedy", {"epsilon": 2}, "epsilon: 2 is no share"),
        ("EpsilonGreedy", {"half_life": 0}, "half_life: 0 tasks would end exploring"),
        ("EpsilonGreedy", {"memory": 0.5}, "memory: a mean of 0.5 outcomes"),
        ("Thompson", {"discount": 0}, "discount: 0"),
        ("ChangePoints", {"changes": 2}, "changes: 2"),
        ("ChangePoints", {"sharpness": 0}, "sharpness: 0"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(algorithm: str, settings: dict[str, float], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        make(algorithm, NAMES, **settings)


def test_no_candidate_is_refused() -> None:
    with pytest.raises(Invalid, match="name at least one"):
        make("Thompson", ())


def test_epsilon_halves_and_never_ends() -> None:
    policy = make("EpsilonGreedy", NAMES, epsilon=0.2, half_life=100, least=0.03)
    explored = [1 - max(policy.weights(NAMES, at, Random(0)).values()) for at in (0, 100, 10_000)]
    assert explored == pytest.approx([0.2 * 2 / 3, 0.1 * 2 / 3, 0.03 * 2 / 3])


@pytest.mark.parametrize("half_life", [1, 10, 69, 1000])
def test_after_a_half_life_an_outcome_counts_half_in_the_mean(half_life: int) -> None:
    policy = make("EpsilonGreedy", ("a",), memory=looking_back(half_life))
    for _ in range(20 * half_life):
        policy.learn("a", True, 0)
    for _ in range(half_life):
        policy.learn("a", False, 0)
    (arm,) = candidates_of(policy.remember()).values()
    assert arm["mean"] == pytest.approx(0.5, abs=0.01)
