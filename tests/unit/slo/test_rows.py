"""Rows and their shapes: what is asked together, and how the answers are told apart."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.promql import Matcher, Selector, selector
from autonomic.slo.measures import Fraction, HistogramCount, Increase, Latest, Query, Term
from autonomic.slo.rows import Row, matching, row


def increase(text: str) -> Row:
    return row(Increase(selector(text, "f")), (), "5m")


def test_selectors_that_differ_in_the_values_of_labels_alone_share_a_shape() -> None:
    one, other = increase('tasks{app="a",status="bad"}'), increase('tasks{status="good",app="b"}')
    assert one.shape == other.shape
    assert (one.shape.labels, one.values, other.values) == (("app", "status"), ("a", "bad"), ("b", "good"))


@pytest.mark.parametrize(
    "other",
    [
        'jobs{app="a"}',
        'tasks{app=~"a"}',
        'tasks{app!="a"}',
        'tasks{app=""}',
        'tasks{app="a",code!="5"}',
        'tasks{team="a"}',
        "tasks",
    ],
)
def test_another_metric_label_or_operator_is_another_shape(other: str) -> None:
    assert increase('tasks{app="a"}').shape != increase(other).shape


def test_a_label_that_is_matched_twice_stays_in_the_shape() -> None:
    found = increase('tasks{app="a",app!="b",code="5"}')
    assert found.shape.labels == ("code",)
    assert str(found.shape.selector) == 'tasks{app!="b",app="a"}'


def test_a_metric_named_by_a_matcher_stays_in_the_shape() -> None:
    found = increase('{__name__="my metric",app="a"}')
    assert (found.shape.labels, found.values) == (("app",), ("a",))
    assert str(found.shape.selector) == '{__name__="my metric"}'


def test_another_look_back_or_other_groups_are_another_shape() -> None:
    term = Increase(selector("tasks", "f"))
    shapes = {row(term, groups, lookback).shape for groups in ((), (("tenant", "a"),)) for lookback in ("5m", "10m")}
    assert len(shapes) == 4


@pytest.mark.parametrize(
    "term",
    [
        Fraction(selector('x{a="b"}', "f"), "0.5"),
        HistogramCount(selector('x{a="b"}', "f")),
        Latest(selector('x{a="b"}', "f"), "max"),
    ],
)
def test_a_term_keeps_what_it_is_when_its_values_are_taken_out(term: Term) -> None:
    found = row(term, (), "5m").shape
    assert type(found.term) is type(term)
    assert str(found.selector) == "x"
    assert not found.counts
    assert getattr(found.term, "upper", None) == getattr(term, "upper", None)
    assert getattr(found.term, "aggregate", None) == getattr(term, "aggregate", None)


def test_the_values_of_groups_come_after_those_of_matchers() -> None:
    found = row(Increase(selector('tasks{app="a"}', "f")), (("tenant", "acme"), ("region", "eu")), "5m")
    assert (found.shape.by, found.values) == (("app", "tenant", "region"), ("a", "acme", "eu"))


def test_a_whole_query_has_no_selector_and_tells_groups_apart() -> None:
    found = row(Query("sum(increase(x[$window]))"), (("tenant", "acme"),), "5m")
    assert (found.shape.selector, found.shape.by, found.values) == (None, ("tenant",), ("acme",))


def test_one_row_is_matched_by_equality_and_several_by_alternatives() -> None:
    a, b = increase('tasks{app="a",code!="4"}'), increase('tasks{app="b",code!="4"}')
    assert str(matching(a.shape, [a])) == 'tasks{app="a",code!="4"}'
    assert str(matching(a.shape, [b, a, b])) == 'tasks{app=~"a|b",code!="4"}'


def test_a_group_needs_its_label() -> None:
    found = row(Increase(selector('tasks{app="a"}', "f")), (("tenant", "acme"),), "5m")
    assert str(matching(found.shape, [found])) == 'tasks{app="a",tenant!=""}'


values = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=8)


@given(st.sets(values | st.sampled_from([".", "a.c", "a|b", "(", "[a", "x{2}", "\\", "^a$", "a-b", "*"]), min_size=2))
def test_alternatives_match_their_values_and_nothing_else(wanted: set[str]) -> None:
    rows = [row(Increase(Selector("x", (Matcher("app", "=", each),))), (), "5m") for each in sorted(wanted)]
    (found,) = matching(rows[0].shape, rows).matchers
    assert found.op == "=~"
    pattern = re.compile(found.value)
    assert all(pattern.fullmatch(each) for each in wanted)
    strangers = [*(each + "x" for each in wanted), *(each[1:] for each in wanted), "abc", "xx", "a", ""]
    assert not [each for each in strangers if pattern.fullmatch(each) and each not in wanted]
