"""Who stays where a namespace has more than is judged: the oldest, whatever happens to the others."""

from datetime import UTC, datetime, timedelta
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.contracts import SLAContract
from autonomic.domain.crowding import TOO_MANY, Crowd, Rank, crowd, is_told, leaving_out, rank, sentence
from autonomic.domain.meta import Condition
from autonomic.domain.words import Truth
from tests.unit.domain.specimens import NOW, contract_raw, meta

RANKS = st.lists(st.tuples(st.integers(0, 5).map(float), st.text("abc", min_size=1)), unique=True).map(sorted)


def of(there: list[Rank], most: int) -> Crowd | None:
    return crowd("SLAContract", "shop", there, most)


def staying(there: list[Rank], most: int) -> set[Rank]:
    found = of(there, most)
    return {each for each in there if found is None or each <= found.last}


def made(name: str, at: datetime | None, generation: int = 1, **more: str) -> SLAContract:
    """A contract that was made then."""
    raw = contract_raw(name)
    stamp = {"creationTimestamp": at.isoformat()} if at else {}
    return SLAContract.read({**raw, "metadata": meta(name, generation=generation, **stamp, **more)})


def crowded(*there: SLAContract, most: int) -> dict[tuple[str, str], Crowd]:
    found = of(sorted(rank(each.metadata) for each in there), most)
    return {("SLAContract", "shop"): found} if found else {}


@given(RANKS, st.integers(1, 6))
def test_as_many_stay_as_may_and_none_of_them_is_younger_than_one_that_is_left_out(
    there: list[Rank], most: int
) -> None:
    inside = staying(there, most)
    assert len(inside) == min(len(there), most)
    assert all(old < young for old in inside for young in set(there) - inside)


@given(RANKS, st.integers(1, 6), st.text("abc", min_size=1))
def test_one_that_comes_pushes_nobody_out(there: list[Rank], most: int, name: str) -> None:
    assert staying(there, most) <= staying([*there, (9.0, name)], most)


@given(RANKS.filter(bool), st.integers(1, 6), st.data())
def test_when_one_goes_at_most_the_next_comes_in_and_nobody_else_moves(
    there: list[Rank], most: int, data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(there))
    before, after = staying(there, most), staying([each for each in there if each != gone], most)
    assert before - {gone} <= after
    assert len(after - before) <= (gone in before)


def test_an_edit_changes_nobody_s_place_and_what_was_not_made_yet_is_the_youngest() -> None:
    old, young, coming = made("old", NOW), made("young", NOW + timedelta(hours=1)), made("a-coming", None)
    edited = made("old", NOW, generation=7, resourceVersion="99")
    assert (
        rank(old.metadata) == rank(edited.metadata) < rank(young.metadata) < rank(coming.metadata) == (inf, "a-coming")
    )
    crowds = crowded(edited, young, coming, most=2)
    assert [leaving_out(crowds, each) is None for each in (edited, young, coming)] == [True, True, False]


def test_a_namespace_with_no_more_than_it_may_is_no_crowd() -> None:
    assert of([(1.0, "a"), (2.0, "b")], 2) is None
    assert leaving_out({}, made("a", NOW)) is None


def told(message: str, generation: int = 1, reason: str = TOO_MANY) -> tuple[Condition, ...]:
    at = datetime(2025, 1, 1, tzinfo=UTC)
    said = {"reason": reason, "message": message, "observed_generation": generation}
    return (Condition(type="Ready", status=Truth.FALSE, last_transition_time=at, **said),)


def test_it_is_said_which_bound_there_is_how_many_there_are_and_what_to_do() -> None:
    found = of([(float(each), "c") for each in range(7)], 3)
    assert found
    said = sentence(found, ())
    assert said.startswith("of the SLAContracts of namespace shop the oldest 3 are judged, and this is none of them:")
    assert "there were 7" in said
    assert "AUTONOMIC_OBJECTS_PER_NAMESPACE" in said
    assert len(said) < 1024


@pytest.mark.parametrize(("most", "same"), [(3, True), (2, False)])
def test_what_a_status_says_stays_while_the_bound_does_though_others_come(most: int, same: bool) -> None:
    before = of([(float(each), "c") for each in range(7)], 3)
    after = of([(float(each), "c") for each in range(9)], most)
    assert before
    assert after
    standing = sentence(before, ())
    assert (sentence(after, told(standing)) == standing) is same
    assert is_told(after, made("c", NOW).metadata, told(standing)) is same


def test_an_edited_spec_and_another_reason_are_told_anew() -> None:
    found = of([(1.0, "a"), (2.0, "c")], 1)
    assert found
    said = sentence(found, ())
    assert is_told(found, made("c", NOW).metadata, told(said))
    assert not is_told(found, made("c", NOW, generation=2).metadata, told(said))
    assert not is_told(found, made("c", NOW).metadata, told(said, reason="NamespaceNotEnabled"))
