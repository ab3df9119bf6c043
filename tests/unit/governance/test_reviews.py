"""What people said, and whether it counts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.governance.reviews import Quorum, answer, approval, approvals, denial, said
from tests.unit.domain.specimens import plan

ANN = {"decision": "Approved", "by": "ann"}
BOB = {"decision": "Denied", "by": "bob"}
OTHER = "sha256:" + "a" * 64
reviews = st.lists(
    st.fixed_dictionaries(
        {
            "decision": st.sampled_from(["Approved", "Denied", "Keep", "RollBack"]),
            "by": st.sampled_from(["", "ann", "bob"]),
        },
        optional={"digest": st.just(OTHER)},
    ),
    max_size=6,
)


def test_a_plan_that_nobody_reviewed_is_neither_approved_nor_denied() -> None:
    assert (approval(plan()), denial(plan()), answer(plan())) == (None, None, None)


def test_a_named_approval_of_this_digest_counts() -> None:
    given_by = approval(plan(reviews=[ANN]))
    assert given_by is not None
    assert given_by.by == "ann"


@pytest.mark.parametrize("void", [{"by": ""}, {"digest": OTHER}], ids=["nobody", "another digest"])
@pytest.mark.parametrize("decision", ["Approved", "Keep", "RollBack"])
def test_a_review_by_nobody_or_of_another_digest_never_counts(decision: str, void: dict[str, Any]) -> None:
    odd = plan(reviews=[{"decision": decision, "by": "ann", **void}])
    assert (approval(odd), answer(odd)) == (None, None)


@pytest.mark.parametrize("said", [[ANN, BOB], [BOB, ANN], [ANN, BOB, ANN]])
def test_a_denial_wins_whenever_it_was_said(said: list[dict[str, str]]) -> None:
    assert approval(plan(reviews=said)) is None
    assert denial(plan(reviews=said)) is not None


@given(reviews)
def test_an_approval_that_counts_is_named_repeats_the_digest_and_was_not_denied(said: list[dict[str, str]]) -> None:
    reviewed = plan(reviews=said)
    counts = approval(reviewed)
    decisions = {each.decision for each in reviewed.spec.reviews}
    whole = [each for each in reviewed.spec.reviews if each.by and each.digest == reviewed.spec.digest]
    assert (counts is None) == ("Denied" in decisions or not [each for each in whole if each.decision == "Approved"])


@given(reviews)
def test_the_last_word_on_a_plan_that_was_carried_out_counts(said: list[dict[str, str]]) -> None:
    reviewed = plan(reviews=said)
    counted = [
        each
        for each in reviewed.spec.reviews
        if each.decision in ("Keep", "RollBack") and each.by and each.digest == reviewed.spec.digest
    ]
    assert answer(reviewed) == (counted[-1] if counted else None)


BEA = {"decision": "Approved", "by": "bea", "message": "fine"}


def names(said: list[dict[str, Any]], quorum: Quorum) -> list[str]:
    return [each.by for each in approvals(plan(reviews=said), quorum)]


def test_two_approvals_are_of_two_people() -> None:
    two = Quorum(2)
    assert not two.met(plan(reviews=[ANN]))
    assert not two.met(plan(reviews=[ANN, ANN]))
    assert two.met(plan(reviews=[ANN, BEA]))


def test_one_denial_ends_what_any_number_approved() -> None:
    assert not Quorum(2).met(plan(reviews=[ANN, BEA, BOB]))
    assert not Quorum(1).met(plan(reviews=[BOB, ANN, BEA]))


def test_who_is_barred_does_not_count_and_everybody_else_does() -> None:
    assert names([ANN, BEA], Quorum(1, barred="ann")) == ["bea"]
    assert not Quorum(1, barred="ann").met(plan(reviews=[ANN]))


def test_who_is_barred_may_still_deny() -> None:
    assert denial(plan(reviews=[{"decision": "Denied", "by": "ann"}])) is not None


def test_nobody_s_approval_counts_while_it_is_not_known_who_is_barred() -> None:
    unknown = Quorum(1, unknown="who edited it is not known")
    assert names([ANN, BEA], unknown) == []
    assert unknown.missing(plan(reviews=[ANN])) == "who edited it is not known"


def test_what_is_missing_is_said_with_who_approved_already_and_who_may_not() -> None:
    assert Quorum().missing(plan()) == "a person decides"
    assert Quorum(2).missing(plan(reviews=[BEA])) == "1 of 2 approvals (approved by bea: fine)"
    assert Quorum(1, barred="ann").missing(plan(reviews=[ANN])) == (
        "a person decides; ann may not approve what ann wrote the reason for"
    )


def test_every_comment_is_kept() -> None:
    assert said(approvals(plan(reviews=[ANN, BEA]))) == "approved by ann; bea: fine"


@given(reviews, st.integers(1, 5), st.sampled_from([None, "ann", "bob"]))
def test_a_quorum_that_is_met_is_of_that_many_different_named_people_none_of_them_barred(
    said: list[dict[str, str]], needed: int, barred: str | None
) -> None:
    reviewed = plan(reviews=said)
    people = {
        each.by
        for each in reviewed.spec.reviews
        if each.decision == "Approved" and each.by and each.digest == reviewed.spec.digest and each.by != barred
    }
    denied = any(each.decision == "Denied" for each in reviewed.spec.reviews)
    assert Quorum(needed, barred).met(reviewed) == (len(people) >= needed and not denied)
