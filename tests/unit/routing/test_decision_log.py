"""Decisions that are kept for estimates: the newest, counted by kind, and never more than so many."""

from autonomic.routing.counterfactual import Logged
from autonomic.routing.decision_log import DecisionLog


def test_the_newest_decisions_are_kept_and_never_more_than_twice_as_many_as_asked_for() -> None:
    log = DecisionLog(100)
    for number in range(1000):
        log.add(Logged("code", f"c{number // 100}", 0.5, 1.0))
        counts = log.counts()
        assert counts.total() <= 200
        assert counts[Logged("code", f"c{number // 100}", 0.5, 1.0)] == number % 100 + 1


def test_what_was_earned_is_the_mean_of_what_is_kept() -> None:
    log = DecisionLog(100)
    assert log.earned() is None
    for reward in (1.0, 1.0, 0.0, 1.0):
        log.add(Logged("code", "a", 0.5, reward))
    assert log.earned() == 0.75
