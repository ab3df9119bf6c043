"""A contract that went out and came back is the same contract."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from autonomic.domain.contracts import SLAContract
from autonomic.domain.units import milliseconds
from autonomic.openslo.exporting import export_contract
from autonomic.openslo.importing import import_contracts
from autonomic.openslo.text import dump
from tests.unit.domain.specimens import FAST, SLOW, contract, objective

_LENGTHS = ("rolling", "length", "long", "short")
"""Fields whose durations OpenSLO writes in one unit: 1h30m comes back as 90m."""

names = st.from_regex(r"[a-z]([-a-z0-9]{0,20}[a-z0-9])?", fullmatch=True)
selectors = st.sampled_from(
    [
        "tasks_total",
        'tasks_total{status="failed"}',
        'x:y:z{a=~"b|[c]",d!="}"}',
        '{__name__="up", q="a\\"b"}',
        "not one(",
    ]
)
queries = st.sampled_from(
    [
        "sum(increase(tasks_total[$window]))",
        'sum(increase(tasks_total{q="[5m]"}[$window])) - sum(increase(other_total[$window]))',
        "sum by (a) (rate(tasks_total[$window])) * 2",
    ]
)
gauges = st.sampled_from(["max(up)", "up", "min(up) / 2", "max by (a) (up)"])
percents = st.sampled_from(["99.5", "99", "90", "99.95", "99.990", "50.25"])
bounds = st.fixed_dictionaries(
    {"op": st.sampled_from(["GT", "GE", "LT", "LE"]), "value": st.sampled_from(["0.05", "5", "-3.50", "0", "1000000"])}
)
sides = st.sampled_from(["good", "bad"])
ratios = st.builds(lambda side, a, b: {"ratio": {side: a, "total": b}}, sides, selectors, selectors)
ratio_queries = st.builds(lambda side, a, b: {"ratioQuery": {side: a, "total": b}}, sides, queries, queries)
latencies = st.fixed_dictionaries(
    {"histogram": st.just("task_seconds"), "threshold": st.sampled_from(["500ms", "1s", "60s", "1m30s"])},
    optional={
        "selector": st.sampled_from(["{}", '{app="agent"}']),
        "unit": st.sampled_from(["Seconds", "Milliseconds"]),
        "buckets": st.sampled_from(["Classic", "Native"]),
    },
)
events = ratios | ratio_queries | latencies.map(lambda each: {"latency": each})
thresholds = st.builds(
    lambda selector, aggregate, bound: {"threshold": {"selector": selector, "aggregate": aggregate, **bound}},
    selectors,
    st.sampled_from(["Max", "Min", "Avg", "Sum"]),
    bounds,
) | st.builds(lambda query, bound: {"thresholdQuery": {"query": query, **bound}}, gauges, bounds)
counted_signals = st.sampled_from(
    [
        {"signal": {"type": "TaskSuccessRate", "source": "Celery"}},
        {"signal": {"type": "TaskLatency", "source": "Celery", "threshold": "2s", "selector": '{queue="a"}'}},
        {
            "signal": {
                "type": "LlmTokenCost",
                "source": "OpenTelemetry",
                "value": "2000000",
                "selector": '{gen_ai_token_type="input"}',
            }
        },
    ]
)
level_signals = st.sampled_from([{"signal": {"type": "QueueDepth", "source": "RabbitMQ", "value": "100"}}])
windows = st.sampled_from(
    [{"rolling": "28d"}, {"rolling": "4w"}, {"rolling": "28d12h"}, {"rolling": "720h"}]
    + [{"calendar": {"unit": unit, "timeZone": "Europe/Paris"}} for unit in ("Week", "Month", "Quarter", "Year")]
)
alertings = st.sampled_from(
    [
        {},
        {"policy": "Workbook"},
        {"windows": [FAST, SLOW]},
        {"windows": [{**SLOW, "long": "36h", "short": "90m"}], "keepFiringFor": "10m"},
        {"resolution": "30s"},
        {"resolution": "30s", "windows": [{**FAST, "short": "4m30s"}]},
    ]
)
budgets: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {},
        {"budgeting": "Timeslices", "slices": {"length": "1m", "target": "95"}},
        {"budgeting": "RatioTimeslices"},
        {"budgeting": "RatioTimeslices", "slices": {"length": "30m"}},
        {"budgeting": "RatioTimeslices", "slices": {"length": "30s"}, "alerting": {"resolution": "30s"}},
    ]
)
extras = st.fixed_dictionaries(
    {},
    optional={
        "minEvents": st.integers(1, 10**9),
        "lookback": st.just("30m"),
        "groupBy": st.just(["tenant"]),
        "maxGroups": st.integers(1, 200),
    },
)


@st.composite
def promises(draw: st.DrawFn) -> dict[str, Any]:
    """An objective that has an equivalent."""
    gauge = draw(st.booleans())
    counted: dict[str, Any] = {"budgeting": "Timeslices"} if gauge else draw(budgets)
    return {
        "name": draw(names),
        "target": draw(percents),
        "window": draw(windows),
        "indicator": draw(thresholds | level_signals if gauge else events | counted_signals),
        "alerting": draw(alertings),
        **counted,
        **draw(extras),
    }


@st.composite
def contracts(draw: st.DrawFn) -> SLAContract:
    """A contract of one to three such objectives."""
    metadata = {
        "name": draw(names),
        "namespace": "shop",
        "labels": draw(st.sampled_from([{}, {"team": "a"}, {"app.kubernetes.io/name": "x", "team": "b"}])),
        "annotations": draw(
            st.sampled_from([{}, {"example.org/owner": "x"}, {"autonomic.maestro.dev/description": "d"}])
        ),
    }
    spec: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {
                "targetRef": st.sampled_from(
                    [
                        {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent"},
                        {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "agent"},
                    ]
                ),
                "objectives": st.lists(promises(), min_size=1, max_size=3, unique_by=lambda each: each["name"]),
            },
            optional={
                "tier": st.sampled_from(["Gold", "Silver"]),
                "pausedUntil": st.just("2030-01-01T00:00:00Z"),
                "maintenance": st.just([{"schedule": "0 2 * * 6", "duration": "2h", "timeZone": "Europe/Paris"}]),
                "publish": st.just({"labels": {"release": "x"}, "alerts": False}),
                "adaptations": st.just(
                    [{"levels": ["Breach"], "actions": [{"type": "Scale", "scale": {"by": 2, "max": 9}}]}]
                ),
                "verification": st.just({"settle": "1m", "within": "9m"}),
            },
        )
    )
    try:
        return SLAContract.read({"metadata": metadata, "spec": spec})
    except ValidationError:
        assume(False)
        raise


def meaning(value: Any) -> Any:
    """The wire form with lengths in milliseconds, and slices of the usual length left out."""
    if isinstance(value, list):
        return [meaning(each) for each in value]
    if not isinstance(value, dict):
        return value
    fields = {name: each for name, each in value.items() if (name, each) != ("slices", {"length": "1m"})}
    return {name: milliseconds(each) if name in _LENGTHS else meaning(each) for name, each in fields.items()}


def back(given: SLAContract) -> tuple[SLAContract, list[str]]:
    """The contract after it went out and came back, and what the import named."""
    found = import_contracts([("out.yaml", dump(export_contract(given).documents))])
    (manifest,) = found.manifests
    return SLAContract.read(manifest), [str(loss) for loss in found.losses]


@settings(max_examples=150, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(contracts())
def test_a_contract_that_went_out_comes_back_whole(given: SLAContract) -> None:
    again, named = back(given)
    assert meaning(again.spec.wire()) == meaning(given.spec.wire())
    assert again.metadata == given.metadata
    assert named == []


def test_a_contract_that_went_out_comes_back_letter_by_letter() -> None:
    given = contract(objectives=[objective(minEvents=7), objective(name="second", alerting={})], tier="Gold")
    again, _ = back(given)
    assert again.spec == given.spec


@pytest.mark.parametrize(
    "indicator",
    [
        {"signal": {"type": "Weather", "source": "Celery"}},
        {"signal": {"type": "TaskLatency", "source": "Celery"}},
        {"composite": [{"objective": "success", "weight": 2}]},
    ],
)
def test_an_objective_without_an_equivalent_is_named_and_the_rest_goes_out(indicator: dict[str, Any]) -> None:
    given = contract(objectives=[objective(), objective(name="odd", indicator=indicator)], adaptations=[])
    found = export_contract(given)
    assert [document["metadata"]["name"] for document in found.documents] == ["agent-success"]
    (loss,) = found.losses
    assert (loss.document, loss.path) == ("SLAContract shop/agent", "spec.objectives[odd].indicator")
    assert "the objective is left out" in loss.why


def test_what_only_we_say_is_named_and_kept_in_an_annotation() -> None:
    given = contract(
        tier="Gold",
        maintenance=[{"schedule": "0 2 * * 6", "duration": "2h"}],
        objectives=[objective(groupBy=["tenant"])],
    )
    found = export_contract(given)
    named = ["spec.tier", "spec.maintenance", "spec.adaptations", "spec.objectives[success].groupBy"]
    assert [loss.path for loss in found.losses] == named
    annotations = found.documents[0]["metadata"]["annotations"]
    assert annotations["autonomic.maestro.dev/tier"] == "Gold"
    assert annotations["autonomic.maestro.dev/group-by"] == '["tenant"]'


def test_a_signal_goes_out_as_the_selectors_that_it_stands_for() -> None:
    given = contract(objectives=[objective(indicator={"signal": {"type": "TaskFailureCount", "source": "Argo"}})])
    (document,) = export_contract(given).documents
    metric = document["spec"]["indicator"]["spec"]["ratioMetric"]
    assert metric["bad"]["metricSource"]["spec"]["query"] == 'sum(argo_workflows_total_count{phase=~"Failed|Error"})'


@pytest.mark.parametrize(
    ("threshold", "border"),
    [
        ("500ms", 'le="0.5"'),
        ("1s", r'le=~"1|1\\.0"'),
        ("2w", r'le=~"1209600|1209600\\.0|1\\.2096e\\+06"'),
    ],
)
def test_a_bucket_is_matched_in_every_spelling_of_its_border(threshold: str, border: str) -> None:
    given = contract(
        objectives=[objective(indicator={"latency": {"histogram": "task_seconds", "threshold": threshold}})]
    )
    (document,) = export_contract(given).documents
    metric = document["spec"]["indicator"]["spec"]["ratioMetric"]
    assert metric["good"]["metricSource"]["spec"]["query"] == f"sum(task_seconds_bucket{{{border}}})"


def test_a_query_whose_range_is_open_is_named() -> None:
    total = "sum(increase(tasks_total[$window]))"
    given = contract(objectives=[objective(indicator={"ratioQuery": {"bad": total, "total": total}})], adaptations=[])
    assert ["$window" in loss.why for loss in export_contract(given).losses] == [True]


def test_a_period_of_odd_seconds_is_named_and_left_out() -> None:
    odd = objective(name="odd", window={"rolling": "90001s"}, alerting={"windows": [FAST], "resolution": "1s"})
    found = export_contract(contract(objectives=[objective(), odd], adaptations=[]))
    assert [(loss.path, loss.value) for loss in found.losses] == [("spec.objectives[odd].window", "90001s")]


def test_an_sli_that_was_changed_since_counts_more_than_what_was_kept() -> None:
    given = contract(objectives=[objective(indicator={"latency": {"histogram": "task_seconds", "threshold": "1s"}})])
    text = dump(export_contract(given).documents).replace("task_seconds_count", "calls_count")
    found = import_contracts([("out.yaml", text)])
    assert found.manifests[0]["spec"]["objectives"][0]["indicator"]["ratio"]["total"] == "calls_count"
    assert ["the SLI counts" in loss.why for loss in found.losses] == [True]


def test_alert_policies_that_were_changed_since_count_more_than_the_policy_that_gave_them() -> None:
    text = dump(export_contract(contract(objectives=[objective(alerting={})])).documents)
    assert "threshold: 13.44" in text
    (manifest,) = import_contracts([("out.yaml", text.replace("threshold: 13.44", "threshold: 12"))]).manifests
    factors = [tier["factor"] for tier in manifest["spec"]["objectives"][0]["alerting"]["windows"]]
    # 13.44 became 12; 5.6, 2.8 and 28 / 30 at least 1 are as they were.
    assert factors == ["12", "5.6", "2.8", "1"]
