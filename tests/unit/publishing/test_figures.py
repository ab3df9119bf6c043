"""What the recorded series say, by promtool: groups, slices, composites, and objectives without data."""

from pathlib import Path
from typing import Any

from autonomic.publishing.rules import rules
from autonomic.publishing.text import rule_file
from tests.unit.publishing.contracts import (
    BAD_OF_ALL,
    DEPTH,
    FAILED,
    GAUGE,
    SPECIMENS,
    WHOLE_GAUGE,
    contract,
    objective,
)
from tests.unit.publishing.trial import OK, play

WINDOWS = {"windows": [{"long": "1h", "short": "5m", "factor": "10", "level": "Breach"}]}
SLICES = {"budgeting": "Timeslices", "slices": {"length": "5m"}, "minEvents": 2, "window": {"rolling": "6h"}}


def seen(expr: str, at: str, *samples: tuple[str, float]) -> dict[str, Any]:
    return {"expr": expr, "eval_time": at, "exp_samples": [{"labels": each, "value": value} for each, value in samples]}


def rising(by: int, minutes: int) -> list[int | None]:
    return [by * at for at in range(minutes + 1)]


def test_an_objective_without_data_is_told_after_a_while_and_not_before(tmp_path: Path) -> None:
    about = contract(objective(alerting=WINDOWS))
    unknown = 'count by (level) (ALERTS{alertstate="firing"})'
    expected = [seen(unknown, "73m"), seen(unknown, "80m", ('{level="Unknown"}', 1))]
    text = rule_file(rules(about, {"agent/success": BAD_OF_ALL}).groups)
    play(tmp_path, text, {OK: [*rising(50, 60), *[None] * 60]}, expected)


def test_each_group_has_an_alert_of_its_own(tmp_path: Path) -> None:
    about = contract(objective(groupBy=["tenant"], alerting=WINDOWS, window={"rolling": "6h"}))
    text = rule_file(rules(about, {"agent/success": BAD_OF_ALL}).groups)
    failing = 'tasks_total{app="agent",status="failed",tenant="a"}'
    nobodys = 'tasks_total{app="agent",status="failed"}'
    ok = {each: f'tasks_total{{app="agent",status="ok",tenant="{each}"}}' for each in "ab"}
    series = {failing: rising(20, 90), ok["a"]: rising(80, 90), ok["b"]: rising(99, 90), nobodys: rising(99, 90)}
    ratio = "round(100 * autonomic:slo_errors:ratio_rate1h)"
    labels = 'contract="agent", namespace="demo", objective="success"'
    alerts = 'count by (tenant) (ALERTS{alertstate="firing",level="Breach"})'
    expected = [
        seen(ratio, "90m", *((f'{{{labels}, tenant="{each}"}}', value) for each, value in (("a", 20), ("b", 0)))),
        seen(alerts, "90m", ('{tenant="a"}', 1)),
    ]
    play(tmp_path, text, series, expected)


def test_a_slice_of_a_gauge_is_bad_or_good_and_one_without_a_number_is_neither(tmp_path: Path) -> None:
    about = contract(objective("depth", indicator=GAUGE, alerting=WINDOWS, **SLICES))
    text = rule_file(rules(about, {"agent/depth": DEPTH}).groups)
    # Ten minutes above the bound of 100, half an hour at it, ten minutes of infinity, ten of nothing.
    values = " ".join(["101"] * 10 + ["100"] * 30 + ["+Inf"] * 10 + ["_"] * 10)
    measured = seen("autonomic:slo_errors:ratio_rate1h * 8", "39m", (LABELS, 2.0))
    slices = seen("autonomic:slo_events:rate1h * 3600", "59m", (LABELS, 8.0))
    play(tmp_path, text, {'queue_depth{app="agent"}': values}, [measured, slices], every="5m")


LABELS = '{contract="agent", namespace="demo", objective="depth"}'


def test_a_query_with_several_results_is_no_answer(tmp_path: Path) -> None:
    about = contract(objective("depth", indicator=GAUGE, alerting=WINDOWS, **SLICES))
    text = rule_file(rules(about, {"agent/depth": WHOLE_GAUGE}).groups).replace("avg(saturation)", "saturation")
    one, two = 'saturation{pod="a"}', 'saturation{pod="b"}'
    series = {one: "0.9x59", two: "_x29 0.9x29"}
    slices = [seen("autonomic:slo_events:rate1h * 3600", at, (LABELS, 6.0)) for at in ("29m", "59m")]
    play(tmp_path, text, series, slices, every="5m")


def test_a_composite_is_the_weighted_mean_of_its_parts(tmp_path: Path) -> None:
    about, measures = SPECIMENS["composite"]
    text = rule_file(rules(about, measures).groups)
    calls = {"true": 'tool_calls_total{ok="true"}', "false": 'tool_calls_total{ok="false"}'}
    tasks = {OK: rising(90, 90), FAILED: rising(10, 90)}
    series = tasks | {calls["true"]: rising(6, 90), calls["false"]: rising(4, 90)}
    ratio = 'autonomic:slo_errors:ratio_rate1h{objective="whole"}'
    # Two thirds of 10 %, and one third of 40 %.
    expected = [seen(f"round(1e9 * {ratio})", "90m", (LABELS.replace("depth", "whole"), 200_000_000))]
    play(tmp_path, text, series, expected)


def test_a_composite_with_a_part_of_which_nothing_is_known_is_unknown(tmp_path: Path) -> None:
    about, measures = SPECIMENS["composite"]
    text = rule_file(rules(about, measures).groups)
    unknown = 'count by (objective) (ALERTS{alertstate="firing",level="Unknown"})'
    series = {OK: rising(90, 30), FAILED: rising(10, 30)}
    play(tmp_path, text, series, [seen(unknown, "30m", ('{objective="whole"}', 1))])


def test_without_traffic_there_is_no_ratio_and_without_errors_it_is_zero(tmp_path: Path) -> None:
    about = contract(objective(alerting=WINDOWS, window={"rolling": "6h"}))
    text = rule_file(rules(about, {"agent/success": BAD_OF_ALL}).groups)
    ratio, labels = "autonomic:slo_errors:ratio_rate5m", LABELS.replace("depth", "success")
    expected = [seen(f"{ratio} + 0", "30m", (labels, 0)), seen(f"{ratio} + 0", "60m")]
    play(tmp_path, text, {OK: [*rising(50, 40), *[2000] * 40]}, expected)
