"""Who may review a plan, and what a review must say."""

import json
from collections.abc import Callable

import pytest

from testbed.api import Api, ApiError
from testbed.cluster import CommandFailedError
from testbed.installation import NAMESPACE, Installation
from testbed.people import ADMIN, ALICE, BOB, DAVE, ROOT, Person
from tests.e2e.admission.proposals import Proposal, plan_document, plans_path, propose
from tests.e2e.admission.refusals import refused
from tests.e2e.admission.rights import every_right, named_reviewer

POLICY = "autonomic-plans"
OPERATOR = f"system:serviceaccount:{NAMESPACE}:autonomic"


def test_a_plain_merge_patch_with_kubectl_approves_in_the_persons_own_name(proposal: Proposal) -> None:
    body = json.dumps({"spec": {"reviews": [proposal.review(message="looks right")]}})
    where = ("adaptationplan", proposal.name, "-n", proposal.namespace)
    proposal.cluster.kubectl("patch", *where, "--type=merge", "-p", body, as_=ALICE)
    assert proposal.reviews() == [proposal.review(message="looks right", by=ALICE.name)]


def test_a_second_reviewer_adds_to_the_end(proposal: Proposal) -> None:
    proposal.add(ALICE)
    proposal.add(BOB)
    assert [(review["by"], review["decision"]) for review in proposal.reviews()] == [
        (ALICE.name, "Approved"),
        (BOB.name, "Approved"),
    ]


def test_somebody_without_rights_on_plans_is_stopped_by_rbac(proposal: Proposal) -> None:
    with pytest.raises(CommandFailedError, match="cannot get resource"):
        body = json.dumps({"spec": {"reviews": [proposal.review()]}})
        where = ("adaptationplan", proposal.name, "-n", proposal.namespace)
        proposal.cluster.kubectl("patch", *where, "--type=merge", "-p", body, as_=DAVE)


def test_an_editor_of_plans_without_the_verb_approve_may_not_approve(proposal: Proposal, editor: Person) -> None:
    with refused(POLICY, "it takes the verb approve"):
        proposal.add(editor)


def test_the_owner_of_a_namespace_with_every_verb_in_it_may_not_approve(
    proposal: Proposal, grant: Callable[[Person, list[str]], None]
) -> None:
    grant(DAVE, ["*"])
    with refused(POLICY, "on reviewers in the cluster"):
        proposal.add(DAVE)


def test_the_cluster_wide_half_alone_makes_no_approver(proposal: Proposal, editor: Person) -> None:
    with (
        named_reviewer(proposal.cluster, editor.name, proposal.namespace),
        refused(POLICY, "it takes the verb approve"),
    ):
        proposal.add(editor)


def test_both_halves_make_an_approver_of_one_namespace(
    proposal: Proposal, grant: Callable[[Person, list[str]], None]
) -> None:
    grant(DAVE, ["get", "list", "patch", "approve"])
    with named_reviewer(proposal.cluster, DAVE.name, proposal.namespace):
        proposal.add(DAVE)
    assert [review["by"] for review in proposal.reviews()] == [DAVE.name]


def test_the_cluster_wide_half_for_another_namespace_does_not_count(
    proposal: Proposal, grant: Callable[[Person, list[str]], None]
) -> None:
    grant(DAVE, ["get", "list", "patch", "approve"])
    with (
        named_reviewer(proposal.cluster, DAVE.name, "elsewhere"),
        refused(POLICY, "on reviewers in the cluster"),
    ):
        proposal.add(DAVE)


def test_the_operator_may_not_approve_even_with_every_right(proposal: Proposal) -> None:
    with (
        every_right(proposal.cluster, OPERATOR),
        pytest.raises(ApiError, match=r"autonomic-allow-list|autonomic-plans") as caught,
    ):
        proposal.add(proposal.installation.operator)
    assert caught.value.status == 403
    assert proposal.reviews() == []


def test_a_service_account_may_not_approve_even_with_every_right(proposal: Proposal) -> None:
    token = proposal.cluster.service_account_token(proposal.namespace, "default")
    robot = Api(proposal.cluster.url, proposal.cluster.ca_file, token)
    user = f"system:serviceaccount:{proposal.namespace}:default"
    with every_right(proposal.cluster, user), refused(POLICY, "plans are reviewed by people"):
        proposal.add(robot)


def test_a_member_of_system_masters_may_not_approve(proposal: Proposal) -> None:
    with refused(POLICY, "plans are reviewed by people"):
        proposal.add(ROOT)


def test_a_review_with_another_digest_is_refused(proposal: Proposal) -> None:
    with refused(POLICY, "the review is of another plan"):
        proposal.add(ALICE, digest="sha256:" + "0" * 64)


def test_a_review_in_anothers_name_is_refused(proposal: Proposal) -> None:
    with refused(POLICY, f"set `by` to {ALICE.name}, not to '{BOB.name}'"):
        proposal.add(ALICE, by=BOB.name)


def test_nobody_approves_twice(proposal: Proposal) -> None:
    proposal.add(ALICE)
    with refused(POLICY, "has said Approved before"):
        proposal.add(ALICE)


def test_who_approved_may_still_deny(proposal: Proposal) -> None:
    proposal.add(ALICE)
    proposal.add(ALICE, "Denied")
    assert [review["decision"] for review in proposal.reviews()] == ["Approved", "Denied"]


def test_nobody_approves_what_was_denied(proposal: Proposal) -> None:
    proposal.add(ALICE, "Denied")
    with refused(POLICY, "a denial is final"):
        proposal.add(BOB)


def test_a_review_is_never_taken_away(proposal: Proposal) -> None:
    proposal.add(ALICE, "Denied")
    with refused(POLICY, "reviews only grow"):
        proposal.patch(BOB, {"spec": {"reviews": []}})


def test_a_review_is_never_changed(proposal: Proposal) -> None:
    proposal.add(ALICE, "Denied")
    with refused(POLICY, "reviews only grow"):
        proposal.patch(
            ALICE, [{"op": "replace", "path": "/spec/reviews/0/decision", "value": "Approved"}], "json-patch"
        )


def test_a_merge_patch_does_not_replace_anothers_review(proposal: Proposal) -> None:
    proposal.add(ALICE, "Denied")
    with refused(POLICY, "reviews only grow"):
        proposal.patch(BOB, {"spec": {"reviews": [proposal.review()]}})


def test_nobody_adds_two_reviews_at_once(proposal: Proposal) -> None:
    with refused(POLICY, "reviews only grow, by one"):
        both = [proposal.review(by=ALICE.name), proposal.review(by=BOB.name)]
        proposal.patch(ALICE, {"spec": {"reviews": both}})


def test_a_review_is_never_put_before_anothers(proposal: Proposal) -> None:
    proposal.add(ALICE)
    with refused(POLICY, "reviews only grow"):
        first = proposal.review("Denied", by=BOB.name)
        proposal.patch(BOB, [{"op": "add", "path": "/spec/reviews/0", "value": first}], "json-patch")


def test_a_plan_that_is_being_deleted_takes_no_review(installed: Installation, namespace: str) -> None:
    held = propose(installed, namespace, finalizers=["example.com/held"])
    installed.operator.delete(held.path)
    with refused(POLICY, "the plan is being deleted"):
        held.add(ALICE)
    # A governor may end what nobody else can.
    held.patch(ADMIN, {"metadata": {"finalizers": None}})


def test_a_plan_is_not_born_with_a_review(installed: Installation, namespace: str) -> None:
    document = plan_document()
    document["spec"]["reviews"] = [{"decision": "Approved", "by": ALICE.name, "digest": document["spec"]["digest"]}]
    with refused(POLICY, "created without reviews"):
        installed.operator.post(plans_path(namespace), document)
