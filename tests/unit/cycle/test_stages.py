"""Where a plan stands: the stage that comes next, and the phase that people read."""

from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.cycle.plan.stage import stage
from autonomic.cycle.plan.status import finished, phase, status_with, visible
from autonomic.domain.plans import AdaptationPlan, Phase
from autonomic.domain.words import Truth
from tests.unit.domain.specimens import NOW, condition, execution, plan

CLAIMED = {"execution": execution()}
DONE = [condition("Executed", "True", "Executed")]
ANN = {"decision": "Approved", "by": "ann"}
BOB = {"decision": "Denied", "by": "bob"}
BACK = {"decision": "RollBack", "by": "ann"}
KEEP = {"decision": "Keep", "by": "ann"}


def standing(*conditions: dict[str, str], claimed: bool = False, reviews: tuple[Any, ...] = ()) -> AdaptationPlan:
    return plan(status={**(CLAIMED if claimed else {}), "conditions": list(conditions)}, reviews=reviews)


def ended(reason: str, *reviews: dict[str, str]) -> AdaptationPlan:
    return standing(condition("Finished", "True", reason), claimed=True, reviews=reviews)


BAD = condition("Verified", "False", "NotBetter")
OPEN = condition("Verified", "Unknown", "Inconclusive")


@pytest.mark.parametrize(
    ("of", "wanted"),
    [
        (standing(), "Govern"),
        (standing(reviews=(ANN,)), "Govern"),
        (standing(condition("Governed", "True", "RequireApproval")), "Govern"),
        (standing(reviews=(ANN, BOB)), "Deny"),
        (standing(claimed=True), "Apply"),
        (standing(claimed=True, reviews=(BOB,)), "Apply"),
        (standing(*DONE, claimed=True), "Verify"),
        (standing(*DONE, BAD, claimed=True), "RollBack"),
        (standing(BAD, claimed=True), "RollBack"),
        (standing(*DONE, OPEN, claimed=True), "Ask"),
        (standing(*DONE, OPEN, claimed=True, reviews=(BACK,)), "Ask"),
        (ended("Succeeded"), "Rest"),
        (ended("Succeeded", KEEP), "Rest"),
        (ended("Succeeded", BACK), "Reverse"),
        (ended("Succeeded", BACK, KEEP), "Rest"),
        (ended("RolledBack", BACK), "Rest"),
        (ended("Failed", BACK), "Rest"),
        (ended("Denied", ANN), "Rest"),
        (ended("Expired", ANN), "Rest"),
    ],
)
def test_the_stage_that_comes_next(of: AdaptationPlan, wanted: str) -> None:
    assert stage(of, NOW) == wanted


def test_a_plan_expires_at_the_very_moment_and_not_before() -> None:
    waiting = standing(reviews=(ANN,))
    assert stage(waiting, waiting.spec.expires_at - timedelta(microseconds=1)) == "Govern"
    assert stage(waiting, waiting.spec.expires_at) == "Expire"


def test_what_was_claimed_does_not_expire_but_is_carried_to_an_end() -> None:
    assert stage(standing(*DONE, claimed=True), NOW + timedelta(days=1)) == "Verify"


truths = st.sampled_from([None, "True", "False", "Unknown"])
reasons = st.sampled_from(["Pending", "Inconclusive", "RollingBack", "Denied", "Succeeded"])
KINDS = ("Governed", "Reviewed", "Executed", "Verified", "Finished")


@given(
    st.tuples(*[st.tuples(truths, reasons)] * 5),
    st.booleans(),
    st.lists(st.sampled_from([ANN, BOB, BACK, KEEP]), max_size=8),
)
def test_nothing_is_written_to_a_target_before_a_claim_or_after_the_end(
    conditions: tuple[tuple[str | None, str], ...], claimed: bool, reviews: list[dict[str, str]]
) -> None:
    known = [condition(kind, truth, why) for kind, (truth, why) in zip(KINDS, conditions, strict=True) if truth]
    some = standing(*known, claimed=claimed, reviews=tuple(reviews))
    comes = stage(some, NOW)
    if comes == "Apply":
        assert claimed
    if conditions[4][0] == "True":
        assert comes in ("Rest", "Reverse")


PHASES = [
    (standing(), "Proposed"),
    (standing(condition("Governed", "True", "RequireApproval")), "AwaitingApproval"),
    (standing(condition("Governed", "Unknown", "PolicyEngineUnavailable")), "Proposed"),
    (standing(condition("Reviewed", "True", "Approved")), "Approved"),
    (standing(claimed=True), "Executing"),
    (standing(*DONE, claimed=True), "Verifying"),
    (standing(*DONE, OPEN, claimed=True), "Inconclusive"),
    (ended("RolledBack"), "RolledBack"),
]


@pytest.mark.parametrize(("of", "wanted"), PHASES, ids=[wanted for _, wanted in PHASES])
def test_the_phase_is_what_the_conditions_mean(of: AdaptationPlan, wanted: str) -> None:
    assert phase(of.status) == wanted


def test_every_phase_is_a_word_of_the_api() -> None:
    assert {wanted for _, wanted in PHASES} <= set(get_args(Phase))


def test_at_the_first_visit_every_condition_is_set() -> None:
    status = status_with(plan(), NOW, [("Governed", Truth.TRUE, "Approved", "")])
    assert {each.type for each in status.conditions} == set(KINDS)
    assert {each.type for each in status.conditions if each.status == Truth.UNKNOWN} == set(KINDS) - {"Governed"}


def test_what_looks_the_same_later_is_not_written_again() -> None:
    first = plan(status=status_with(plan(), NOW, [("Governed", Truth.UNKNOWN, "X", "y")]).wire())
    again = status_with(first, NOW + timedelta(minutes=5), [("Governed", Truth.UNKNOWN, "X", "y")])
    assert visible(again) == visible(first.status)
    other = status_with(first, NOW, [("Governed", Truth.UNKNOWN, "X", "z")])
    assert visible(other) != visible(first.status)


def test_the_end_is_told_with_its_reason_and_a_bounded_message() -> None:
    status = finished(plan(), "Failed", "x" * 5000, NOW)
    assert status.phase == "Failed"
    assert all(len(each.message) <= 1024 for each in status.conditions)
