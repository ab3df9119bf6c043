"""When a review is of use: the phase of the plan, and its expiry by the API server's own clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from testbed.api import ApiError
from testbed.installation import Installation
from testbed.people import ALICE, BOB
from testbed.waiting import until
from tests.e2e.admission.conftest import known_namespace
from tests.e2e.admission.proposals import Proposal, propose, times_to_come
from tests.e2e.admission.refusals import refused

POLICY = "autonomic-plans"
SOON = timedelta(seconds=2)


PLANS = 12


@pytest.fixture(scope="module")
def over(installed: Installation) -> Iterator[Iterator[Proposal]]:
    """Plans that were good for two seconds, which are over for all of them."""
    with known_namespace(installed) as namespace:
        plans = [propose(installed, namespace, expires_in=SOON) for _ in range(PLANS)]
        end = max(each.expires_at for each in plans) + timedelta(seconds=1)
        until(lambda: datetime.now(UTC) > end, 60, "the plans to expire")
        yield iter(plans)


@pytest.fixture
def expired(over: Iterator[Proposal]) -> Proposal:
    """One of them, for one test alone."""
    return next(over)


@pytest.mark.parametrize("decision", ["Approved", "Denied"])
def test_an_expired_plan_takes_no_review(expired: Proposal, decision: str) -> None:
    with refused(POLICY, "the plan expired at"):
        expired.add(ALICE, decision)


@pytest.mark.parametrize("forged", [None, [], [{}]])
def test_a_reviewer_can_not_strip_the_time_of_the_review(expired: Proposal, forged: object) -> None:
    with pytest.raises(ApiError, match=r"the plan expired at|managedFields of a plan are not stripped") as caught:
        expired.patch(ALICE, {"metadata": {"managedFields": forged}, "spec": {"reviews": [expired.review()]}})
    assert caught.value.status == 403
    assert expired.reviews() == []


def test_a_reviewer_can_not_forge_the_time_of_the_review(expired: Proposal) -> None:
    early = expired.read()["metadata"]["managedFields"]
    for entry in early:
        entry["manager"] = "me"
        entry["time"] = "2001-01-01T00:00:00Z"
    with refused(POLICY, "the plan expired at"):
        body = {"metadata": {"managedFields": early}, "spec": {"reviews": [expired.review()]}}
        expired.patch(ALICE, body, fieldManager="me")


def test_nobody_strips_the_times_beforehand_to_keep_others_from_denying(proposal: Proposal) -> None:
    with refused(POLICY, "managedFields of a plan are not stripped"):
        proposal.patch(ALICE, {"metadata": {"managedFields": [{}]}})
    proposal.add(BOB, "Denied")
    assert [review["by"] for review in proposal.reviews()] == [BOB.name]


@pytest.mark.parametrize("kept", [0, 1], ids=["alone", "beside the server's"])
@pytest.mark.parametrize("count", [1, 9, 10])
def test_nobody_forges_times_to_come_to_keep_others_from_denying(proposal: Proposal, count: int, kept: int) -> None:
    forged = proposal.read()["metadata"]["managedFields"][:kept] + times_to_come(count)
    with refused(POLICY, "are the API server's to write"):
        proposal.patch(ALICE, {"metadata": {"managedFields": forged}})
    with pytest.raises(ApiError, match=r"are the API server's to write|the plan expired at"):
        proposal.patch(ALICE, {"metadata": {"managedFields": forged}, "spec": {"reviews": [proposal.review()]}})
    proposal.add(BOB, "Denied")


@pytest.mark.parametrize("operation", ["Update", "Apply"])
def test_a_time_to_come_of_the_reviews_themselves_is_not_kept(proposal: Proposal, operation: str) -> None:
    (forged,) = times_to_come(1)
    forged |= {"operation": operation, "fieldsV1": {"f:spec": {"f:reviews": {}}}}
    managed = [*proposal.read()["metadata"]["managedFields"], forged]
    with refused(POLICY, "are the API server's to write"):
        proposal.patch(ALICE, {"metadata": {"managedFields": managed}})
    proposal.patch(ALICE, {"metadata": {"managedFields": managed}, "spec": {"reviews": [proposal.review()]}})
    assert forged["time"] not in str(proposal.read()["metadata"]["managedFields"])
    proposal.add(BOB, "Denied")


def test_reviews_of_many_people_by_many_tools_are_timed_each(proposal: Proposal) -> None:
    proposal.add(ALICE)
    managed = proposal.patch(BOB, _add(proposal, "Denied"), "json-patch", fieldManager="another")["metadata"]
    assert {"autonomic", "another"} <= {entry["manager"] for entry in managed["managedFields"]}


def _add(proposal: Proposal, decision: str) -> list[dict[str, object]]:
    return [{"op": "add", "path": "/spec/reviews/-", "value": proposal.review(decision)}]


@pytest.mark.parametrize("phase", ["Proposed", "AwaitingApproval", "Approved"])
def test_a_plan_is_denied_before_it_is_executed(proposal: Proposal, phase: str) -> None:
    proposal.becomes(phase)
    proposal.add(ALICE, "Denied")


@pytest.mark.parametrize("decision", ["Approved", "Denied"])
@pytest.mark.parametrize(
    "phase",
    ["Denied", "Executing", "Verifying", "Succeeded", "RolledBack", "Failed", "Inconclusive", "Expired", "Superseded"],
)
def test_it_is_too_late_to_approve_or_deny_once_a_plan_is_executed_or_over(
    proposal: Proposal, phase: str, decision: str
) -> None:
    proposal.becomes(phase)
    with refused(POLICY, f"the plan is {phase}: it is too late"):
        proposal.add(ALICE, decision)


@pytest.mark.parametrize("decision", ["Keep", "RollBack"])
def test_keep_and_roll_back_answer_an_inconclusive_plan_after_its_expiry_too(expired: Proposal, decision: str) -> None:
    expired.becomes("Inconclusive")
    expired.add(ALICE, decision)


def test_a_succeeded_plan_may_be_rolled_back_but_not_kept(proposal: Proposal) -> None:
    proposal.becomes("Succeeded", finished=True)
    with refused(POLICY, "Keep answers an Inconclusive plan"):
        proposal.add(ALICE, "Keep")
    proposal.add(ALICE, "RollBack")


@pytest.mark.parametrize("decision", ["Keep", "RollBack"])
@pytest.mark.parametrize("phase", ["Proposed", "AwaitingApproval", "Executing", "Denied", "Failed", "RolledBack"])
def test_keep_and_roll_back_answer_nothing_else(proposal: Proposal, phase: str, decision: str) -> None:
    proposal.becomes(phase)
    with refused(POLICY, f"the plan is {phase}: {decision}"):
        proposal.add(ALICE, decision)


def test_nothing_follows_a_roll_back(proposal: Proposal) -> None:
    proposal.becomes("Inconclusive")
    proposal.add(ALICE, "RollBack")
    with refused(POLICY, "that is final"):
        proposal.add(BOB, "Keep")
