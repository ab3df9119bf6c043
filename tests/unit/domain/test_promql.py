"""Selectors as people write them: read once, written back so that the server reads the same."""

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.errors import Invalid
from autonomic.domain.promql import Matcher, Selector, matchers, selector

NAMES = st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,8}", fullmatch=True).filter(
    lambda name: name.lower() not in {"inf", "nan", "bool", "on", "ignoring", "by", "without", "offset", "sum", "avg"}
)
LABELS = st.one_of(st.from_regex(r"[a-z][a-z0-9_]{2,8}x", fullmatch=True), st.sampled_from(["http.route", "a-b", "é"]))
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
MATCHERS = st.builds(Matcher, LABELS, st.sampled_from(["=", "!="]), VALUES)


@given(NAMES, st.sets(MATCHERS, max_size=4))
def test_a_selector_that_is_written_and_read_again_is_the_same(name: str, found: set[Matcher]) -> None:
    written = Selector(name, tuple(sorted(found)))
    assert selector(str(written), "f") == written


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("x", "x"),
        ("x{}", "x"),
        ('x{ b = \'é"\', a=~"1|2" }', 'x{a=~"1|2",b="é\\""}'),
        ('x{a="1",a="1"}', 'x{a="1"}'),
        ('x{a="1"} # and so on', 'x{a="1"}'),
        ('{__name__=~"a|b"}', '{__name__=~"a|b"}'),
        ('{"http.requests"}', '{__name__="http.requests"}'),
        ('x{"http.route"="/"}', 'x{"http.route"="/"}'),
        ('x{path=~"a\\\\.b"}', 'x{path=~"a\\\\.b"}'),
    ],
)
def test_selectors_that_mean_the_same_are_written_the_same(written: str, read: str) -> None:
    assert str(selector(written, "f")) == read
    promql_parser.parse(read)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("x{", "f: 'x{' is not PromQL: "),
        ("sum(x)", "f: 'sum(x)' is not a plain selector: write metric{label=\"value\"}, the engine aggregates"),
        ("rate(x[5m])", "is not a plain selector"),
        ("x[5m]", "is not a plain selector"),
        ("x + y", "is not a plain selector"),
        ("5", "is not a plain selector"),
        ("x offset 5m", "has an offset or @: leave them out, the engine chooses the time"),
        ("x @ 5", "has an offset or @"),
        ('x{a="1" or b="2"}', "joins matchers with `or`: write one matcher with =~ instead"),
        ("{}", "is not PromQL"),
        ('x{a=~"("}', "is not PromQL"),
    ],
)
def test_what_is_no_plain_selector_is_refused_by_field_value_and_reason(wrong: str, why: str) -> None:
    with pytest.raises(Invalid) as caught:
        selector(wrong, "f")
    assert str(caught.value).startswith(f"f: {wrong!r}")
    assert why in str(caught.value)


@pytest.mark.parametrize("none", ["{}", "{ }", " {} "])
def test_empty_braces_are_no_matchers(none: str) -> None:
    assert matchers(none, "f") == ()


def test_matchers_are_read_without_a_metric() -> None:
    assert matchers('{b="2",a!~"1"}', "f") == (Matcher("a", "!~", "1"), Matcher("b", "=", "2"))


def test_matchers_may_only_exclude() -> None:
    assert matchers('{a!="1"}', "f") == (Matcher("a", "!=", "1"),)


@pytest.mark.parametrize("wrong", ['{a="1"} + x{}', '{a="1"', "{a}", '{__name__="x"}', '{a="1"}[5m]'])
def test_what_are_no_matchers_is_refused_as_it_is_written(wrong: str) -> None:
    with pytest.raises(Invalid) as caught:
        matchers(wrong, "f")
    assert str(caught.value).startswith(f"f: {wrong!r} is not ")


def test_a_matcher_that_is_there_already_is_not_added_twice() -> None:
    once = Selector("x", (Matcher("a", "=", "1"),))
    assert once.also(Matcher("a", "=", "1")) == once
    assert str(once.also(Matcher("0", "=", "2"))) == 'x{"0"="2",a="1"}'
