"""Queries of other tools become selectors where the engine can count them itself, and whole queries where it can not."""

from typing import Any

import pytest

from tests.unit.openslo.papers import losses, objectives, paper, ratio, slo, threshold

BAD = 'tasks_total{status="failed",q="a)b[5m]"}'


def side(query: str, **more: Any) -> dict[str, Any]:
    """The indicator that becomes of a good query beside a plain total."""
    (objective,) = objectives(slo(ratio(good=query, total="sum(increase(tasks_total[1h]))", **more)))
    return dict(objective["indicator"])


@pytest.mark.parametrize(
    "query",
    [
        BAD,
        f"sum({BAD})",
        f"sum(rate({BAD}[5m]))",
        f" sum ( increase( {BAD} [1h30m] ) ) ",
        f"increase({BAD}[$window])",
        f"sum(rate({BAD}[{{{{.window}}}}]))",
        f"sum(rate({BAD}[$__rate_interval]))",
    ],
)
def test_a_plain_form_becomes_its_selector(query: str) -> None:
    assert side(query) == {"ratio": {"good": BAD, "total": "tasks_total"}}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sum by (a) (increase(x[5m]))", "sum by (a) (increase(x[$window]))"),
        ("sum(rate(x[5m])) - sum(rate(y[5m]))", "sum(increase(x[$window])) - sum(increase(y[$window]))"),
        ('sum(rate(x{q="rate([5m])"}[5m])) or y{a="*"}', 'sum(increase(x{q="rate([5m])"}[$window])) or y{a="*"}'),
        ("2 * sum(increase(x[{{.window}}]))", "2 * sum(increase(x[$window]))"),
        ("sum(increase(x[5m] offset 1m))", "sum(increase(x[$window] offset 1m))"),
    ],
)
def test_another_form_becomes_a_query_over_the_window(query: str, expected: str) -> None:
    assert side(query) == {"ratioQuery": {"good": expected, "total": "sum(increase(tasks_total[$window]))"}}


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("sum(x) / sum(y)", "counts over no range"),
        ("sum(rate(x[5m])) - sum(rate(y[1h]))", "several ranges (1h, 5m)"),
        ("sum(increase(x[$window])) - sum(increase(y[1h]))", "several ranges ($window, 1h)"),
        ("sum(max_over_time(x[1h:5m]))", "subquery"),
        ("sum(rate(x[5m])) / sum(rate(y[5m]))", "does more with a rate than add it up"),
        ("max(rate(x[5m]))", "does more with a rate than add it up"),
        ("sum(irate(x[5m]))", "does more with a rate than add it up"),
        ("sum(increase(x[5m]", "is not PromQL"),
        ("SELECT good FROM events", "counts over no range"),
    ],
)
def test_a_query_that_counts_no_events_is_named_with_the_reason(query: str, why: str) -> None:
    document = slo(ratio(good=query))
    path = "spec.indicator.spec.ratioMetric.good.metricSource.spec.query"
    assert why in losses(document)[path]


def test_a_gauge_is_no_counter() -> None:
    sli = ratio(good="sum(x)", total="sum(y)", counter=False)
    assert "counts over no range" in losses(slo(sli))["spec.indicator.spec.ratioMetric.good.metricSource.spec.query"]


def test_a_ratio_that_was_computed_before_is_named() -> None:
    sli = {
        "ratioMetric": {"rawType": "success", "raw": {"metricSource": {"type": "Prometheus", "spec": {"query": "x"}}}}
    }
    assert "has no events to count" in losses(slo(sli))["spec.indicator.spec.ratioMetric.raw"]


@pytest.mark.parametrize(
    ("query", "op", "expected"),
    [
        ("max(up)", "lt", {"threshold": {"selector": "up", "aggregate": "Max", "op": "LT", "value": "5"}}),
        ("avg( up )", "gte", {"threshold": {"selector": "up", "aggregate": "Avg", "op": "GE", "value": "5"}}),
        ("up", "lte", {"threshold": {"selector": "up", "aggregate": "Max", "op": "LE", "value": "5"}}),
        ("up", "gt", {"threshold": {"selector": "up", "aggregate": "Min", "op": "GT", "value": "5"}}),
        ("avg(a) / b", "lt", {"thresholdQuery": {"query": "avg(a) / b", "op": "LT", "value": "5"}}),
    ],
)
def test_a_threshold_is_judged_by_the_strictest_of_its_series(query: str, op: str, expected: dict[str, Any]) -> None:
    slices = {"timeSliceWindow": "5m", "timeSliceTarget": 1}
    document = slo(
        threshold(query), budgetingMethod="Timeslices", objectives=[{"target": 0.99, "op": op, "value": 5, **slices}]
    )
    (objective,) = objectives(document)
    assert objective["indicator"] == expected
    assert (objective["budgeting"], objective["slices"]) == ("Timeslices", {"length": "5m"})
    assert losses(document) == {}


def test_occurrences_of_a_threshold_become_slices_and_it_is_said() -> None:
    document = slo(threshold("max(up)"), objectives=[{"target": 0.99, "op": "lt", "value": 5}])
    assert objectives(document)[0]["budgeting"] == "Timeslices"
    assert "Timeslices of 1m are taken" in losses(document)["spec.budgetingMethod"]


def test_what_means_nothing_for_a_ratio_is_named() -> None:
    document = slo(objectives=[{"target": 0.99, "op": "gt", "value": 1}])
    assert set(losses(document)) == {"spec.objectives[0].op", "spec.objectives[0].value"}


def test_another_metric_system_is_named() -> None:
    sli = ratio()
    sli["ratioMetric"]["good"]["metricSource"]["type"] = "Datadog"
    assert "only metrics of Prometheus" in losses(slo(sli))["spec.indicator.spec.ratioMetric.good.metricSource.type"]


def test_the_type_of_a_source_may_stand_in_a_document_of_its_own() -> None:
    source = {"metricSourceRef": "prom", "spec": {"promql": "sum(x_total)"}}
    sli = {"ratioMetric": {"good": {"metricSource": source}, "total": {"metricSource": source}}}
    document = paper("DataSource", "prom", {"type": "Prometheus", "connectionDetails": {"url": "http://prometheus"}})
    assert objectives(slo(sli), document)[0]["indicator"]["ratio"]["good"] == "x_total"
    assert losses(slo(sli), document) == {"spec.connectionDetails": "is a setting of the operator, not of a contract"}


def test_an_sli_of_its_own_is_found_by_its_name() -> None:
    sli = paper("SLI", "shared", ratio())
    documents = (
        slo(indicator=None, indicatorRef="shared"),
        slo(name="other", indicator=None, indicatorRef="shared"),
        sli,
    )
    assert losses(*documents) == {}
