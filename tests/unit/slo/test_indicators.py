"""What each kind of indicator counts."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.borders import border, bound_of, spelt
from autonomic.domain.errors import Invalid
from autonomic.domain.objectives import Objective
from autonomic.domain.promql import Matcher, selector
from autonomic.domain.words import Comparison
from autonomic.slo.indicators import Options, measure
from autonomic.slo.measures import (
    Events,
    Fraction,
    Gauge,
    HistogramCount,
    Increase,
    Latest,
    Measure,
    Mix,
    Query,
    exact,
)
from tests.unit.domain.specimens import NAMESPACE, objective

ALONE = Options(namespace=NAMESPACE, tenant_label=None, free_queries=True, contract="agent")
SHARED = Options(namespace=NAMESPACE, tenant_label="namespace", free_queries=True, contract="agent")
SLICED: dict[str, Any] = {"budgeting": "Timeslices"}


def measured(indicator: dict[str, Any], options: Options = ALONE, **more: Any) -> Measure:
    return measure(Objective.model_validate(objective(indicator=indicator, **more)), options)


def events(indicator: dict[str, Any], options: Options = ALONE, **more: Any) -> Events:
    found = measured(indicator, options, **more)
    assert isinstance(found, Events)
    return found


def counter(text: str) -> Increase:
    return Increase(selector(text, "f"))


def test_a_ratio_counts_two_counters() -> None:
    bad = {"bad": 'tasks_total{status="failed"}', "total": "tasks_total"}
    assert measured({"ratio": bad}) == Events(counter("tasks_total"), bad=counter('tasks_total{status="failed"}'))
    good = {"good": 'tasks_total{status="ok"}', "total": "tasks_total"}
    assert measured({"ratio": good}) == Events(counter("tasks_total"), good=counter('tasks_total{status="ok"}'))


def latency(**fields: Any) -> Events:
    return events({"latency": {"histogram": "task_seconds", "selector": '{app="web"}', **fields}})


@pytest.mark.parametrize(
    ("fields", "matcher"),
    [
        ({"threshold": "800ms"}, Matcher("le", "=", "0.8")),
        ({"threshold": "1s"}, Matcher("le", "=~", r"1|1\.0")),
        ({"threshold": "1500ms"}, Matcher("le", "=", "1.5")),
        ({"threshold": "5m"}, Matcher("le", "=~", r"300|300\.0")),
        ({"threshold": "800ms", "unit": "Milliseconds"}, Matcher("le", "=~", r"800|800\.0")),
        ({"threshold": "2000s", "unit": "Milliseconds"}, Matcher("le", "=~", r"2000000|2000000\.0|2e\+06")),
    ],
)
def test_a_latency_counts_the_bucket_of_its_threshold_in_every_spelling(
    fields: dict[str, Any], matcher: Matcher
) -> None:
    found = latency(**fields)
    assert found.total == counter('task_seconds_count{app="web"}')
    assert found.good == Increase(selector('task_seconds_bucket{app="web"}', "f").also(matcher))
    assert exact(found)


@pytest.mark.parametrize(
    ("number", "go"), [("1", "1.0"), ("1000000", "1e+06"), ("2500000", "2.5e+06"), ("0.001", "0.001")]
)
def test_a_border_is_spelt_as_prometheus_stores_it(number: str, go: str) -> None:
    assert {number, go} <= set(spelt(Decimal(number)))


@given(st.decimals("0.001", 10**9, places=3))
def test_the_bound_of_a_bucket_is_read_back_from_its_selector(bound: Decimal) -> None:
    bucket = selector("x_bucket", "f").also(border(bound))
    assert bound_of(bucket) == bound
    assert selector(str(bucket), "f") == bucket


def test_only_a_selector_of_one_bucket_has_a_bound() -> None:
    for text in ('x_bucket{le="+Inf"}', 'x_bucket{le=~"1|2"}', 'x_bucket{le!="1"}', "x_bucket", 'x{le="0.5"}'):
        assert bound_of(selector(text, "f")) is None, text


def test_a_latency_of_a_native_histogram_is_a_fraction_and_approximate() -> None:
    found = latency(threshold="800ms", buckets="Native")
    whole = selector('task_seconds{app="web"}', "f")
    assert found == Events(HistogramCount(whole), good=Fraction(whole, "0.8"))
    assert not exact(found)
    assert latency(threshold="10s", buckets="Native").good == Fraction(whole, "10")


@pytest.mark.parametrize("aggregate", ["Max", "Min", "Avg", "Sum"])
def test_a_threshold_is_a_gauge_now(aggregate: str) -> None:
    indicator = {"threshold": {"selector": "queue", "aggregate": aggregate, "op": "LE", "value": "5.5"}}
    found = measured(indicator, **SLICED)
    assert found == Gauge(Latest(selector("queue", "f"), aggregate.lower()), Comparison.LE, Decimal("5.5"))


def test_a_threshold_takes_the_greatest_of_several_series_unless_told_otherwise() -> None:
    found = measured({"threshold": {"selector": "queue", "op": "LE", "value": "5"}}, **SLICED)
    assert isinstance(found, Gauge) and isinstance(found.value, Latest)
    assert found.value.aggregate == "max"


def test_whole_queries_are_kept_as_they_are_written() -> None:
    bad, total = "sum(increase(failed_total[$window]))", " sum(increase(tasks_total[$window])) "
    found = measured({"ratioQuery": {"bad": bad, "total": total}})
    assert found == Events(Query(total.strip()), bad=Query(bad))
    assert not exact(found)


def test_a_whole_query_may_compare_with_bool_and_join_with_set_operators() -> None:
    for query in ("load > bool 5", "load and on (app) up", "(load or up)", "sum(load > 5)"):
        found = measured({"thresholdQuery": {"query": query, "op": "LT", "value": "0.5"}}, **SLICED)
        assert found == Gauge(Query(query), Comparison.LT, Decimal("0.5"))


@pytest.mark.parametrize("query", ["load > 5", "(load == 5)", "((a / b) <= 1)", "x[5m:1m]", '"text"', "load[5m]"])
def test_a_whole_query_that_gives_no_plain_number_is_refused(query: str) -> None:
    with pytest.raises(Invalid, match=r"^indicator\.thresholdQuery\.query: "):
        measured({"thresholdQuery": {"query": query, "op": "LT", "value": "5"}}, **SLICED)


def test_a_composite_names_objectives_in_full_with_their_weights() -> None:
    parts = [{"objective": "model", "weight": 3}, {"objective": "queue/depth"}]
    assert measured({"composite": parts}) == Mix((("agent/model", 3), ("queue/depth", 1)))


# Tenants.

EVERY_KIND: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"ratio": {"bad": 'tasks_total{status="failed"}', "total": "tasks_total"}}, {}),
    ({"latency": {"histogram": "task_seconds", "threshold": "1s"}}, {}),
    ({"latency": {"histogram": "task_seconds", "threshold": "1s", "buckets": "Native"}}, {}),
    ({"threshold": {"selector": "queue", "op": "LE", "value": "5"}}, SLICED),
    ({"signal": {"type": "LlmErrorRate", "source": "LiteLLM"}}, {}),
    ({"signal": {"type": "TaskLatency", "source": "Celery", "threshold": "1s"}}, {}),
    ({"signal": {"type": "QueueDepth", "source": "Kafka", "value": "5"}}, SLICED),
    ({"signal": {"type": "LlmModelUsage", "source": "LiteLLM", "selector": '{requested_model="small"}'}}, {}),
]


@pytest.mark.parametrize(("indicator", "more"), EVERY_KIND, ids=str)
def test_every_selector_carries_the_tenant(indicator: dict[str, Any], more: dict[str, Any]) -> None:
    found = measured(indicator, SHARED, **more)
    terms = [found.total, found.good or found.bad] if isinstance(found, Events) else [getattr(found, "value", None)]
    for term in terms:
        assert term is not None and not isinstance(term, Query)
        assert Matcher("namespace", "=", NAMESPACE) in term.selector.matchers


@pytest.mark.parametrize(
    "wrong", ['namespace="bank"', 'namespace=~"shop|bank"', 'namespace!="shop"', 'namespace=~"shop"']
)
def test_a_selector_of_another_tenant_is_refused(wrong: str) -> None:
    for indicator in (
        {"ratio": {"bad": f"failed_total{{{wrong}}}", "total": "tasks_total"}},
        {"latency": {"histogram": "task_seconds", "selector": f"{{{wrong}}}", "threshold": "1s"}},
        {"signal": {"type": "LlmErrorRate", "source": "LiteLLM", "selector": f"{{{wrong}}}"}},
    ):
        with pytest.raises(Invalid, match='leave it out, namespace="shop" is added'):
            measured(indicator, SHARED)
    assert measured({"ratio": {"bad": f"failed_total{{{wrong}}}", "total": "tasks_total"}}, ALONE)


def test_the_tenants_own_matcher_may_be_written() -> None:
    bad = {"bad": 'failed_total{namespace="shop"}', "total": "tasks_total"}
    assert events({"ratio": bad}, SHARED).bad == counter('failed_total{namespace="shop"}')


MINE = 'x{namespace="shop"}'


@pytest.mark.parametrize(
    "query",
    [
        "x",
        f"{MINE} / y",
        f"{MINE} or y",
        f"topk(scalar(y), {MINE})",
        "max_over_time(x[5m])",
        "max_over_time(sum(x)[5m:1m])",
        f"-{MINE} + (vector(1) * x offset 5m)",
        'x{namespace="bank"}',
        'x{namespace=~"shop"}',
        'x{namespace!="shop"}',
        'x{namespace="shop" or app="web"}',
        'label_replace(x, "namespace", "shop", "", "")',
        f"info({MINE})",
    ],
)
def test_a_whole_query_that_reads_more_than_its_tenant_is_refused(query: str) -> None:
    indicator = {"thresholdQuery": {"query": query, "op": "LT", "value": "5"}}
    assert measured(indicator, ALONE, **SLICED)
    with pytest.raises(Invalid, match=r"^indicator\.thresholdQuery\.query: (the selector .* lacks|info\(\) reads)"):
        measured(indicator, SHARED, **SLICED)


@pytest.mark.parametrize(
    "query",
    [MINE, f"sum({MINE}) / sum(max_over_time({MINE}[5m]))", 'x{namespace="shop",a="1" or namespace="shop",a="2"}'],
)
def test_a_whole_query_of_its_tenant_alone_is_accepted(query: str) -> None:
    assert measured({"thresholdQuery": {"query": query, "op": "LT", "value": "5"}}, SHARED, **SLICED)


def test_whole_queries_need_an_administrators_leave_and_nothing_else_does() -> None:
    strict = Options(namespace=NAMESPACE, tenant_label=None, free_queries=False, contract="agent")
    for indicator, more in EVERY_KIND:
        assert measured(indicator, strict, **more)
    query = {"query": "x", "op": "LT", "value": "5"}
    with pytest.raises(Invalid, match=r"autonomic\.maestro\.dev/free-queries=true"):
        measured({"thresholdQuery": query}, strict, **SLICED)
