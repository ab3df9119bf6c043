"""A log played to a policy that did not make it."""

from random import Random

import pytest

from autonomic.routing.algorithms import make
from autonomic.routing.outcome import Outcome
from autonomic.routing.replaying import Line, losses_of, replay, with_shares

RATES = {"a": 0.9, "b": 0.5}


def lines(count: int, share: float, seed: int) -> list[Line]:
    random = Random(seed)
    names = ["a" if random.random() < share else "b" for _ in range(count)]
    return with_shares([Line(Outcome(name, "code", random.random() < RATES[name], 0.0), 1.0) for name in names])


def test_without_propensities_the_share_of_the_candidate_stands_in() -> None:
    log = lines(1000, 0.8, 1)
    known = {line.outcome.candidate: line.propensity for line in log}
    assert known["a"] == pytest.approx(0.8, abs=0.06)  # four deviations are .05
    assert sum(known.values()) == pytest.approx(1)


def test_a_replay_says_what_the_policy_would_have_earned_online_however_the_log_was_drawn() -> None:
    """Means of 20 replays each with deviations of .01: .05 comes of luck in fewer than one of 10,000 suites."""
    earned = []
    for share in (0.5, 0.85):
        played = [
            replay(lines(3000, share, seed), lambda names: make("Thompson", names), Random(seed)) for seed in range(20)
        ]
        kept = [line for each in played for line in each.lines][: 20 * 300]
        earned.append(sum(line.outcome.success for line in kept) / len(kept))
    assert earned[0] == pytest.approx(earned[1], abs=0.05)


def test_what_was_logged_oftener_is_thinned_out() -> None:
    """A share of some 900 lines is off by .07 in fewer than one of 10,000 logs."""
    played = replay(lines(3000, 0.85, 3), lambda names: make("EpsilonGreedy", names, epsilon=1.0), Random(3))
    chosen = [line.outcome.candidate for line in played.lines]
    assert chosen.count("a") / len(chosen) == pytest.approx(0.5, abs=0.07)


def test_only_what_it_decided_as_the_log_did_counts() -> None:
    played = replay(lines(2000, 0.5, 2), lambda names: make("Thompson", names), Random(2))
    chosen = [line.outcome.candidate for line in played.lines]
    assert 700 < len(chosen) < 1200
    assert chosen.count("a") > 0.9 * len(chosen)
    assert len(played.regrets) == len(chosen)


def test_regret_is_against_the_best_of_each_part_of_the_log() -> None:
    early = [Line(Outcome("ab"[at % 2], "code", at % 2 == 0, 0.0), 0.5) for at in range(1000)]
    late = [Line(Outcome("ab"[at % 2], "code", at % 2 == 1, 0.0), 0.5) for at in range(1000)]
    losses = losses_of(early + late)
    assert losses["code", "a", 0] == losses["code", "b", 9] == 0.0
    assert losses["code", "b", 0] > 0.8
    assert losses["code", "a", 9] > 0.8


def test_an_empty_log_is_played_to_the_end() -> None:
    assert replay([], lambda names: make("Thompson", names), Random(1)).lines == ()
