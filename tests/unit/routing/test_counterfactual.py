"""What another policy would have earned: right where it can be told, refused where it can't."""

from collections.abc import Mapping
from random import Random

import pytest

from autonomic.domain.errors import Invalid
from autonomic.domain.readings import Unknown
from autonomic.routing.counterfactual import Estimate, Logged, doubly_robust, self_normalised

RATES = {"a": 0.9, "b": 0.6, "c": 0.3}
SHARES = {"a": 0.2, "b": 0.5, "c": 0.3}


def log(count: int, seed: int) -> list[Logged]:
    random = Random(seed)
    drawn = random.choices(list(SHARES), list(SHARES.values()), k=count)
    return [Logged("code", name, SHARES[name], float(random.random() < RATES[name])) for name in drawn]


def mostly_a(_: str) -> Mapping[str, float]:
    return {"a": 0.8, "b": 0.2}


TRUTH = 0.8 * 0.9 + 0.2 * 0.6


def test_both_estimates_hold_the_truth_as_often_as_they_say() -> None:
    """19 of 20 intervals each; under 170 of 200 comes of luck in fewer than one of a million suites. The model is wrong."""
    held = [0, 0]
    for seed in range(200):
        seen = log(1000, seed)
        for place, each in enumerate((self_normalised(seen, mostly_a), doubly_robust(seen, mostly_a, lambda *_: 0.5))):
            assert isinstance(each, Estimate)
            held[place] += each.low <= TRUTH <= each.high
    assert min(held) > 170


def test_a_good_model_makes_the_doubly_robust_estimate_the_narrower_one() -> None:
    seen = log(2000, 1)
    plain, robust = self_normalised(seen, mostly_a), doubly_robust(seen, mostly_a, lambda _, name: RATES[name])
    assert isinstance(plain, Estimate)
    assert isinstance(robust, Estimate)
    assert robust.high - robust.low < 1.1 * (plain.high - plain.low)
    assert plain.effective == pytest.approx(robust.effective)
    assert 100 < plain.effective < 2000


def test_the_policy_that_logged_is_worth_every_sample() -> None:
    found = self_normalised(log(500, 2), lambda _: SHARES)
    assert isinstance(found, Estimate)
    assert found.effective == pytest.approx(500)


@pytest.mark.parametrize("count", [0, 1, 300])
def test_fewer_than_a_hundred_effective_samples_are_refused_with_the_reason(count: int) -> None:
    for found in (self_normalised(log(count, 3), mostly_a), doubly_robust(log(count, 3), mostly_a, lambda *_: 0.5)):
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
