"""What people said, and whether it counts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.governance.reviews import answer, approval, denial
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
