"""Change points: what has changed is found out soon, and what has not is not forgotten."""

from math import sqrt
from random import Random

import pytest

from autonomic.routing.algorithms import make
from autonomic.routing.algorithms.hypotheses import KEPT, Hypotheses
from autonomic.routing.chance import MANY, beta
from autonomic.routing.policy import Policy

HAZARD = 1e-5


def arm(rate: float, tasks: int, seed: int) -> tuple[Hypotheses, int]:
    """A candidate after so many outcomes, and how often it alarmed."""
    one, random = Hypotheses(0), Random(seed)
    return one, sum(one.learn(random.random() < rate, at, HAZARD) for at in range(tasks))


def test_a_collapse_alarms_within_ten_outcomes_and_the_past_is_forgotten() -> None:
    """Ten failures in a row of a candidate that succeeds at .95 are one in 10^13: every seed must hold."""
    for seed in range(20):
        one, _ = arm(0.95, 1000, seed)
        alarms = [one.learn(False, 1000 + at, HAZARD) for at in range(10)]
        assert any(alarms)
        drawn = sorted(one.draw(1010, HAZARD, 1.0, Random(seed)) for _ in range(1))
        assert drawn[0] < 0.6


def test_one_that_does_not_change_hardly_ever_alarms() -> None:
    """Forty candidates, 2,000 outcomes each, which alarm once at most: more than 12 in fewer than one of a million suites."""
    alarms = 0
    for seed in range(40):
        one, random = Hypotheses(0), Random(seed)
        heard = [one.learn(random.random() < 0.9, at, HAZARD) for at in range(2000)]
        alarms += sum(heard[100:])
    assert alarms <= 12


def test_hypotheses_stay_few_and_their_mass_sums_to_one() -> None:
    one, _ = arm(0.7, 500, 3)
    assert len(one.mass) == len(one.wins) == len(one.losses) == len(one.since) == KEPT
    assert sum(one.mass) == pytest.approx(1)
    assert one.wins[0] + one.losses[0] == pytest.approx(502)


def regret(policy: Policy, rates: tuple[float, ...], after: tuple[float, ...], seed: int, tasks: int = 6000) -> float:
    """Of a world that changes once, after a third."""
    names, random, lost = tuple(f"c{place}" for place in range(len(rates))), Random(seed), 0.0
    for at in range(tasks):
        now = rates if at < tasks // 3 else after
        place = int(policy.choose(names, at, random)[1:])
        policy.learn(f"c{place}", random.random() < now[place], at)
        lost += max(now) - now[place]
    return lost


def test_a_fall_of_the_best_costs_a_fraction_of_what_it_costs_plain_thompson_sampling() -> None:
    """Sums of 8 seeds, about 190 and 2,460 with deviations of 25 and 160: a half of the one is no matter of luck."""
    before, after = (0.95, 0.85, 0.70), (0.50, 0.85, 0.70)
    ours = sum(regret(make("ChangePoints", ("c0", "c1", "c2")), before, after, seed) for seed in range(8))
    plain = sum(regret(make("Thompson", ("c0", "c1", "c2")), before, after, seed) for seed in range(8))
    assert ours < plain / 2


def test_where_nothing_changes_it_costs_little_more_than_plain_thompson_sampling() -> None:
    """Means of 8 seeds, about 11 and 8 with deviations of 2: twice and 20 more is no matter of luck."""
    rates = (0.95, 0.85, 0.70)
    ours = sum(regret(make("ChangePoints", ("c0", "c1", "c2")), rates, rates, seed) for seed in range(8)) / 8
    plain = sum(regret(make("Thompson", ("c0", "c1", "c2")), rates, rates, seed) for seed in range(8)) / 8
    assert ours < 2 * plain + 20


@pytest.mark.parametrize(("a", "b"), [(MANY, MANY), (MANY, 200.0), (40.0, 9.0), (900.0, 60.0)])
def test_the_quick_draw_has_the_quantiles_of_the_true_one(a: float, b: float) -> None:
    """Quantiles from 1 % to 99 % of 20,000 draws each; chance alone makes .1 deviations in fewer than one of 10,000 suites."""
    random, count = Random(9), 20_000
    quick = sorted(beta(a, b, random) for _ in range(count))
    true = sorted(random.betavariate(a, b) for _ in range(count))
    deviation = sqrt(a * b / (a + b + 1)) / (a + b)
    places = [count // 100, count // 10, count // 2, count * 9 // 10, count * 99 // 100]
    assert max(abs(quick[place] - true[place]) for place in places) < 0.2 * deviation
