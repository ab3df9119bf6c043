"""What another policy would have earned: right where it can be told, refused where it can't."""

from collections import Counter
from collections.abc import Mapping
from random import Random

import pytest

from autonomic.domain.errors import Invalid
from autonomic.domain.readings import Unknown
from autonomic.routing.counterfactual import Estimate, Logged, self_normalised

RATES = {"a": 0.9, "b": 0.6, "c": 0.3}
SHARES = {"a": 0.2, "b": 0.5, "c": 0.3}


def log(count: int, seed: int) -> Counter[Logged]:
    random = Random(seed)
    drawn = random.choices(list(SHARES), list(SHARES.values()), k=count)
    return Counter(Logged("code", name, SHARES[name], float(random.random() < RATES[name])) for name in drawn)


def mostly_a(_: str) -> Mapping[str, float]:
    return {"a": 0.8, "b": 0.2}


TRUTH = 0.8 * 0.9 + 0.2 * 0.6


def test_the_estimate_holds_the_truth_as_often_as_it_says() -> None:
    """19 of 20 intervals; under 170 of 200 comes of luck in fewer than one of a million suites."""
    held = 0
    for seed in range(200):
        found = self_normalised(log(1000, seed), mostly_a)
        assert isinstance(found, Estimate)
        held += found.low <= TRUTH <= found.high
    assert held > 170


def test_decisions_of_another_policy_are_worth_fewer_than_there_are() -> None:
    found = self_normalised(log(2000, 1), mostly_a)
    assert isinstance(found, Estimate)
    assert 100 < found.effective < 2000


def test_the_policy_that_logged_is_worth_every_sample() -> None:
    found = self_normalised(log(500, 2), lambda _: SHARES)
    assert isinstance(found, Estimate)
    assert found.effective == pytest.approx(500)


@pytest.mark.parametrize("count", [0, 1, 300])
def test_fewer_than_a_hundred_effective_samples_are_refused_with_the_reason(count: int) -> None:
    found = self_normalised(log(count, 3), mostly_a)
    assert isinstance(found, Unknown)
    assert found.reason == "TooFewSamples"
    assert "100 are needed" in found.message


def test_a_candidate_that_the_log_never_chose_is_refused() -> None:
    found = self_normalised(log(2000, 4), lambda _: {"a": 0.9, "new": 0.1})
    assert isinstance(found, Unknown)
    assert found.reason == "NotCovered"
    assert "10% of this policy's decisions" in found.message


@pytest.mark.parametrize("propensity", [0.0, -0.1, 1.5, float("nan")])
def test_a_propensity_that_is_no_chance_is_refused(propensity: float) -> None:
    with pytest.raises(Invalid, match="propensity"):
        Logged("code", "a", propensity, 1.0)


def test_a_reward_that_is_no_number_is_refused() -> None:
    with pytest.raises(Invalid, match="reward"):
        Logged("code", "a", 0.5, float("nan"))
