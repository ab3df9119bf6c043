"""Conditions, references and selectors."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.meta import Condition, LabelSelector, ObjectRef, condition, conditions
from autonomic.domain.words import Truth
from tests.unit.domain.specimens import NOW

truths = st.sampled_from(list(Truth))


@given(truths, truths, st.sampled_from(["A", "B"]))
def test_the_transition_time_moves_only_with_the_status(before: Truth, after: Truth, reason: str) -> None:
    known = conditions((), [("Ready", before, "A", "")], 1, NOW)
    later = NOW + timedelta(minutes=1)
    (now,) = conditions(known, [("Ready", after, reason, "new")], 2, later)
    assert now.last_transition_time == (NOW if before == after else later)
    assert (now.reason, now.message, now.observed_generation) == (reason, "new", 2)


def test_other_conditions_stay_as_they_are_and_in_their_place() -> None:
    known = conditions((), [("Ready", Truth.TRUE, "A", ""), ("Suspended", Truth.FALSE, "B", "")], 1, NOW)
    after = conditions(known, [("Ready", Truth.FALSE, "C", "")], 2, NOW)
    assert [each.type for each in after] == ["Ready", "Suspended"]
    assert after[1] == known[1]


def test_a_condition_that_was_never_set_is_none() -> None:
    known: tuple[Condition, ...] = ()
    assert condition(known, "Ready") is None


@given(st.dictionaries(st.text(max_size=3), st.text(max_size=3)))
def test_an_empty_selector_selects_everything(labels: dict[str, str]) -> None:
    assert LabelSelector().matches(labels)


def test_a_selector_wants_every_label_with_its_value() -> None:
    both = LabelSelector(match_labels={"env": "prod", "tier": "1"})
    assert both.matches({"env": "prod", "tier": "1", "more": "x"})
    assert not both.matches({"env": "prod"})
    assert not both.matches({"env": "prod", "tier": "2"})


def test_a_reference_reads_like_kubectl() -> None:
    assert str(ObjectRef(api_version="apps/v1", kind="Deployment", name="a", namespace="n")) == "Deployment n/a"
    assert str(ObjectRef(api_version="v1", kind="Namespace", name="n")) == "Namespace n"
