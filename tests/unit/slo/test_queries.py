"""The PromQL of each shape, as it is sent."""

import re

import promql_parser
import pytest

from autonomic.domain.promql import selector
from autonomic.slo.measures import Fraction, HistogramCount, Increase, Latest, Query, Term
from autonomic.slo.queries import (
    counted,
    first_values,
    how_many,
    maybe_began,
    maybe_new,
    newest,
    present,
    returned,
    there,
)
from autonomic.slo.rows import Shape, matching, row

PLAIN = selector('x{app="a"}', "f")
SHAPES: dict[str, Term] = {
    "counter": Increase(PLAIN),
    "native": HistogramCount(PLAIN),
    "fraction": Fraction(PLAIN, "0.8"),
    "gauge": Latest(PLAIN, "max"),
    "query": Query("sum(increase(x[$window])) / sum(increase(y[$window]))"),
}


def asked(kind: str, *groups: str) -> tuple[Shape, str]:
    """The shape and the text of its selector."""
    one = row(SHAPES[kind], tuple((each, "v") for each in groups), "5m")
    return one.shape, str(matching(one.shape, (one,))) if one.shape.selector else ""


def test_a_counter_is_counted_exactly_where_the_server_can() -> None:
    assert counted(*asked("counter"), "1h", anchored=True) == 'sum by (app) (increase(x{app="a"}[1h] anchored))'
    assert counted(*asked("counter"), "1h", anchored=False) == 'sum by (app) (increase(x{app="a"}[1h]))'


def test_without_labels_to_tell_apart_there_is_one_number() -> None:
    shape = row(Increase(selector("x", "f")), (), "5m").shape
    assert counted(shape, "x", "1h", anchored=True) == "sum (increase(x[1h] anchored))"


def test_groups_are_named_beside_the_labels() -> None:
    assert counted(*asked("counter", "tenant", "region"), "5m", anchored=True) == (
        'sum by (app, tenant, region) (increase(x{app="a",region!="",tenant!=""}[5m] anchored))'
    )


@pytest.mark.parametrize(("anchored", "window"), [(True, "[1h] anchored"), (False, "[1h]")])
def test_a_native_histogram_is_counted_as_exactly_as_a_counter(anchored: bool, window: str) -> None:
    events = f'sum by (app) (increase(x{{app="a"}}{window}))'
    assert counted(*asked("native"), "1h", anchored=anchored) == f"histogram_count({events})"
    fraction = f"((histogram_fraction(-Inf, 0.8, {events}) >= 0) * histogram_count({events}))"
    assert counted(*asked("fraction"), "1h", anchored=anchored) == fraction


def test_a_gauge_is_looked_at_not_counted() -> None:
    assert counted(*asked("gauge"), "1h", anchored=True) == 'max by (app) (x{app="a"})'


def test_a_whole_query_has_every_window_filled_in() -> None:
    assert counted(*asked("query"), "1h", anchored=True) == "(sum(increase(x[1h])) / sum(increase(y[1h])))"


def test_the_newest_sample_is_the_newest_of_all_series() -> None:
    assert newest(*asked("counter")) == 'max by (app) (timestamp(x{app="a"}))'
    assert newest(*asked("query")) == "timestamp((sum(increase(x[5m])) / sum(increase(y[5m]))))"


def test_presence_is_looked_for_in_a_stretch_that_ended_some_time_ago() -> None:
    assert present(*asked("counter"), "1h") == 'count by (app) (last_over_time(x{app="a"}[1h]))'
    assert present(*asked("counter"), "1h", "3d") == 'count by (app) (last_over_time(x{app="a"}[1h] offset 3d))'


def test_groups_are_found_by_counting_what_is_there() -> None:
    assert there(*asked("counter", "tenant")) == 'count by (app, tenant) (x{app="a",tenant!=""})'
    assert there(*asked("query", "tenant")) == "count by (tenant) (sum(increase(x[5m])) / sum(increase(y[5m])))"
    assert how_many("x") == "count(x)"


def test_what_may_be_new_was_not_there_a_window_ago() -> None:
    assert maybe_new(*asked("counter"), "1m") == 'count by (app) (x{app="a"} unless x{app="a"} offset 1m)'
    assert maybe_began(*asked("counter"), "1d") == (
        'count by (app) (first_over_time(x{app="a"}[1d]) unless x{app="a"} offset 1d)'
    )


def test_a_first_value_counts_where_its_target_was_up_and_the_series_was_not_seen_for_a_day() -> None:
    assert first_values(*asked("counter"), "1m") == (
        'sum by (app) ((first_over_time(x{app="a"}[1m]) unless last_over_time(x{app="a"}[1d] offset 1m))'
        " and on (job, instance) (max by (job, instance) (up offset 1m) == 1))"
    )


def test_what_came_back_is_all_of_the_day_and_the_window_without_either() -> None:
    text = returned(*asked("counter"), "1m")
    ranges = re.findall(r"increase\(x\{app=\"a\"\}\[(\w+)\] anchored( offset \w+)?\)", text)
    assert ranges == [("1441m", ""), ("1d", " offset 1m"), ("1441m", ""), ("1m", ""), ("1441m", "")]
    assert text.endswith('unless x{app="a"} offset 1m) and last_over_time(x{app="a"}[1d] offset 1m)))')


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("groups", [(), ("tenant",)], ids=["whole", "grouped"])
def test_everything_that_is_asked_is_promql(kind: str, groups: tuple[str, ...]) -> None:
    shape, found = asked(kind, *groups)
    texts = [counted(shape, found, "1h", anchored=False), newest(shape, found), present(shape, found, "1h", "1d")]
    texts.append(there(shape, found))
    if found:
        texts += [maybe_new(shape, found, "1m"), maybe_began(shape, found, "1d"), first_values(shape, found, "1m")]
        texts.append(how_many(found))
    for text in texts:
        promql_parser.parse(text)
    # The parser of these tests does not know `anchored` yet: without the word it reads the same.
    if kind == "counter":
        for text in (counted(shape, found, "1h", anchored=True), returned(shape, found, "1m")):
            promql_parser.parse(text.replace(" anchored", ""))
