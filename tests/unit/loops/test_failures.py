"""A loop whose plans fail pauses itself, and what lets it go on."""

from typing import Any

import pytest

from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.loops.failures import pause, paused
from tests.unit.domain.specimens import NOW, condition, loop_raw, plan

SAID = "2025-01-01T11:50:00Z"


def breaker(state: tuple[str, str] | None = None, *, touched: bool = False, **spec: Any) -> ControlLoopResource:
    """A loop whose condition Paused has that status and reason; `touched` when its spec changed since."""
    said = [condition("Paused", *state, SAID) | {"observedGeneration": 1}] if state else []
    raw = loop_raw(guards={"failures": {"count": 2, "per": "1h"}}, **spec) | {"status": {"conditions": said}}
    raw["metadata"]["generation"] = 2 if touched else 1
    return ControlLoopResource.read(raw)


def failed(
    name: str, at: str = "2025-01-01T11:58:00Z", outcome: str = "Failed", why: str = "NotBetter", **more: Any
) -> AdaptationPlan:
    said = [condition("Finished", "True", outcome, at), condition("Verified", "False", why, at)]
    return plan(name, status={"conditions": said}, **more)


def view(*plans: AdaptationPlan) -> View:
    return View(NOW, plans={each.key: each for each in plans})


def verdict(loop: ControlLoopResource, *plans: AdaptationPlan) -> tuple[Truth, str] | None:
    wanted = pause(loop, view(*plans))
    return (wanted[1], wanted[2]) if wanted else None


@pytest.mark.parametrize("outcome", ["Failed", "RolledBack"])
def test_after_so_many_failures_within_its_time_the_loop_pauses_and_says_what_lets_it_go_on(outcome: str) -> None:
    plans = (failed("a", "2025-01-01T11:00:01Z", outcome), failed("b", outcome=outcome))
    why = paused(breaker(), view(*plans))
    assert why == (
        "TooManyFailures",
        "2 plans ended Failed or RolledBack within 1h, the last is shop/b: it goes on when time has passed, or when"
        " somebody sets suspend to true and to false again",
    )


@pytest.mark.parametrize(
    "other",
    [
        failed("a", "2025-01-01T11:00:00Z"),
        failed("a", outcome="Succeeded"),
        failed("a", outcome="Denied"),
        failed("a", controlLoop="healing"),
        plan("a"),
    ],
    ids=["long ago", "succeeded", "denied", "another loop's", "not finished"],
)
def test_only_this_loop_s_failures_within_its_time_count(other: AdaptationPlan) -> None:
    assert verdict(breaker(), other, failed("b")) == (Truth.FALSE, "NotPaused")


def test_a_pause_by_too_many_failures_ends_when_time_has_passed() -> None:
    loop = breaker(("True", "TooManyFailures"))
    assert verdict(loop, failed("a", "2025-01-01T10:59:00Z"), failed("b")) == (Truth.FALSE, "NotPaused")
    assert verdict(loop, failed("a"), failed("b")) == (Truth.TRUE, "TooManyFailures")


def test_somebody_who_changes_the_loop_resumes_it_and_what_failed_before_is_forgiven() -> None:
    plans = (failed("a", "2025-01-01T11:40:00Z"), failed("b", "2025-01-01T11:45:00Z"))
    assert verdict(breaker(("True", "TooManyFailures"), touched=True), *plans) == (Truth.FALSE, "Resumed")
    assert verdict(breaker(("False", "Resumed")), *plans) == (Truth.FALSE, "Resumed")


def test_what_fails_after_it_was_resumed_counts_again() -> None:
    assert verdict(breaker(("False", "Resumed")), failed("a"), failed("b")) == (Truth.TRUE, "TooManyFailures")


def test_while_it_is_suspended_nobody_has_resumed_it_yet() -> None:
    suspended = breaker(("True", "TooManyFailures"), touched=True, suspend=True)
    assert pause(suspended, view()) is None
    assert paused(suspended, view()) == ("LoopSuspended", "loop reliability is suspended")


def test_one_rollback_that_failed_pauses_the_loop() -> None:
    stuck = failed("a", "2025-01-01T09:00:00Z", why="RollbackFailed")
    why = paused(breaker(), view(stuck))
    assert why is not None
    assert why[0] == "RollbackFailed"
    assert "plan shop/a could not be rolled back" in why[1]


def test_a_pause_by_a_failed_rollback_outlives_the_plan_and_ends_when_somebody_changes_the_loop() -> None:
    assert verdict(breaker(("True", "RollbackFailed"))) == (Truth.TRUE, "RollbackFailed")
    assert verdict(breaker(("True", "RollbackFailed"), touched=True)) == (Truth.FALSE, "Resumed")
    stuck = failed("a", "2025-01-01T09:00:00Z", why="RollbackFailed")
    assert verdict(breaker(("False", "Resumed")), stuck) == (Truth.FALSE, "Resumed")


def test_a_loop_without_failures_is_not_paused() -> None:
    assert verdict(breaker()) == (Truth.FALSE, "NotPaused")
    assert paused(breaker(), view()) is None
