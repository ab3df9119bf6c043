"""`autonomic route simulate` as somebody who types it meets it."""

import json
import sys
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

import pyarrow
import pytest
from pyarrow import csv, parquet
from typer.testing import CliRunner, Result

from autonomic import cli
from autonomic.cli.route.axes import ticks

HEAD = "task_type,candidate,success,latency,cost"
RATES = {"big": 0.95, "mid": 0.8, "small": 0.6}


def autonomic(*arguments: str, stdin: str = "") -> Result:
    """What `autonomic route` printed, and its exit code."""
    return CliRunner().invoke(cli.app(run=lambda _: None), ["route", *arguments], input=stdin)


def written(folder: Path, *lines: str, head: str = HEAD) -> str:
    file = folder / "log.csv"
    file.write_text("\n".join((head, *lines)) + "\n")
    return str(file)


def log(folder: Path, tasks: int = 1500, shares: tuple[float, ...] = (1, 1, 1), fallen: float = 0.95) -> str:
    """Outcomes of three candidates by fixed shares; the best succeeds at `fallen` in the second half."""
    random, lines = Random(1), []
    for at in range(tasks):
        name = random.choices(list(RATES), shares)[0]
        rate = fallen if name == "big" and at * 2 > tasks else RATES[name]
        cost = {"big": 0.04, "mid": 0.02, "small": 0.001}[name]
        lines.append(f"code,{name},{int(random.random() < rate)},{random.lognormvariate(0, 0.2):.3f},{cost}")
    return written(folder, *lines)


def rows(result: Result) -> dict[str, dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return {row["policy"]: row for row in json.loads(result.stdout)}


def test_policies_and_single_candidates_are_told_beside_each_other(tmp_path: Path) -> None:
    """Shares of some 500 tasks are off by .06 in fewer than one of 10,000 logs."""
    found = rows(autonomic("simulate", log(tmp_path), "-o", "json"))
    for name, rate in RATES.items():
        assert found[f"always {name}"]["success"] == pytest.approx(rate, abs=0.06)
        assert found[f"always {name}"]["low"] < rate < found[f"always {name}"]["high"]
    assert found["always big"]["cost"] == pytest.approx(0.04)
    assert found["change points"]["success"] > 0.85
    assert found["change points"]["regret"] < found["always mid"]["regret"]
    assert 300 < found["change points"]["tasks"] < 700


def test_a_log_that_was_drawn_unevenly_says_the_same(tmp_path: Path) -> None:
    found = rows(autonomic("simulate", log(tmp_path, 4000, (6, 3, 1)), "-o", "json"))
    assert found["always small"]["success"] == pytest.approx(0.6, abs=0.09)
    assert found["change points"]["success"] > 0.83


def test_the_table_names_every_policy_and_what_stands_in_for_propensities(tmp_path: Path) -> None:
    result = autonomic("simulate", log(tmp_path))
    assert result.exit_code == 0, result.output
    policies = [line.split("  ")[0] for line in result.stdout.splitlines()[1:]]
    assert {"change points", "Thompson", "epsilon-greedy", "always big"} <= set(policies)
    assert "…" not in result.stdout
    assert "stands in for it" in result.stderr


def test_the_same_seed_gives_the_same_answer(tmp_path: Path) -> None:
    asked = ("simulate", log(tmp_path), "-o", "json", "--seed", "3")
    assert autonomic(*asked).stdout == autonomic(*asked).stdout


def test_the_picture_has_a_curve_and_a_point_for_every_policy(tmp_path: Path) -> None:
    file = tmp_path / "log.svg"
    found = rows(autonomic("simulate", log(tmp_path, fallen=0.5), "-o", "json", "--svg", str(file)))
    root = ElementTree.fromstring(file.read_text())  # noqa: S314 - we wrote it
    width, height = (float(each) for each in root.attrib["viewBox"].split()[2:])
    lines = [each for each in root.iter() if each.tag.endswith("polyline")]
    assert len(lines) == len(found)
    places = [tuple(map(float, point.split(","))) for line in lines for point in line.attrib["points"].split()]
    assert all(0 <= x <= width and 0 <= y <= height for x, y in places)
    said = {each.text for each in root.iter() if each.tag.endswith("text")}
    axes = {"tasks, from the first of the log to its last", "regret: successes lost so far", "cost a task", "success"}
    assert set(found) | axes <= said


def test_in_the_picture_a_candidate_that_falls_half_way_loses_from_there_on(tmp_path: Path) -> None:
    file = tmp_path / "log.svg"
    assert autonomic("simulate", log(tmp_path, fallen=0.5), "--svg", str(file)).exit_code == 0
    root = ElementTree.fromstring(file.read_text())  # noqa: S314 - we wrote it
    curves = [
        [tuple(map(float, point.split(","))) for point in each.attrib["points"].split()]
        for each in root.iter()
        if each.tag.endswith("polyline")
    ]
    assert len({curve[-1][0] for curve in curves}) == 1  # all end where the log ends
    big, start, end = curves[2], curves[2][0], curves[2][-1]  # drawn from the last row to the first
    middle = next(y for x, y in big if x >= (start[0] + end[0]) / 2)
    assert start[1] - middle < 0.1 * (start[1] - end[1])


@pytest.mark.parametrize(("low", "high"), [(0, 1935), (0.562, 0.938), (0, 0.04495), (0.3, 0.3), (0, 0), (-2, 5)])
def test_ticks_are_few_and_round_and_hold_all_values(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 2 <= len(found) <= 8
    assert found[0] <= low + 1e-9
    assert found[-1] >= high - 1e-9
    step = found[1] - found[0]
    assert f"{step:.12e}"[0] in "125"


def test_what_is_unknown_is_left_out_and_counted(tmp_path: Path) -> None:
    file = Path(log(tmp_path))
    file.write_text(file.read_text() + "code,big,,1.0,0.01\ncode,big,unknown,,\n")
    result = autonomic("simulate", str(file))
    assert result.exit_code == 0, result.output
    assert "2 lines left out" in result.stderr


def test_too_short_a_log_is_no_estimate(tmp_path: Path) -> None:
    result = autonomic("simulate", log(tmp_path, 60))
    assert result.exit_code == 0, result.output
    assert "Unknown" in result.stdout
    assert "100 are needed" in result.stdout


def test_propensities_that_were_logged_are_taken(tmp_path: Path) -> None:
    lines = [f"code,{'ab'[at % 2]},{int(at % 20 > 0)},,,{(0.25, 0.75)[at % 2]}" for at in range(800)]
    result = autonomic("simulate", written(tmp_path, *lines, head=f"{HEAD},propensity"), "-o", "json")
    assert "stands in" not in result.stderr
    assert rows(result)["always a"]["cost"] is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("code,a,maybe,1,1", "line 2: success 'maybe' is neither true nor false"),
        ("code,a,1,-1,1", "line 2: latency: -1.0 is not from 0"),
        ("code,a,1,1,nan", "line 2: cost 'nan' is no finite number"),
        ("code,a,1,1,1e9", "line 2: cost: 1000000000.0 is not from 0"),
        ("code,,1,1,1", "line 2: candidate is empty"),
        ("code,a,1,1", "line 2: has not as many columns"),
        ("code,a,1,1,1,1", "line 2: has not as many columns"),
        ("code,a,,1,1", "has no outcome that is known"),
    ],
)
def test_a_bad_line_is_named_with_its_field_and_value(tmp_path: Path, line: str, said: str) -> None:
    result = autonomic("simulate", written(tmp_path, line))
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize("propensity", ["0", "1.5", "x", ""])
def test_a_propensity_that_is_none_is_named(tmp_path: Path, propensity: str) -> None:
    result = autonomic("simulate", written(tmp_path, f"code,a,1,1,1,{propensity}", head=f"{HEAD},propensity"))
    assert result.exit_code == 2
    assert "line 2: propensity" in result.stderr


def test_a_missing_column_is_named_with_those_that_are_needed() -> None:
    result = autonomic("simulate", "-", stdin="task_type,candidate\ncode,a\n")
    assert result.exit_code == 2
    assert "standard input: has no column success: give it the columns task_type" in result.stderr


def as_parquet(text: str, name: str = "log.parquet") -> str:
    """The log once more, beside the CSV, with the types that a warehouse would give it."""
    table = csv.read_csv(text)
    file = Path(text).with_name(name)
    parquet.write_table(table, file)
    return str(file)


@pytest.mark.parametrize("name", ["log.parquet", "outcomes"])
def test_parquet_says_the_same_as_csv_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    text = log(tmp_path, tasks=600)
    told = [autonomic("simulate", file, "-o", "json", "--runs", "1") for file in (text, as_parquet(text, name))]
    assert rows(told[0]) == rows(told[1])


def test_truths_and_gaps_of_parquet_are_read(tmp_path: Path) -> None:
    success = [True, False, None, *[True] * 200]
    columns = {"task_type": ["code"] * 203, "candidate": ["a"] * 203, "latency": [1.5] * 203, "cost": [None] * 203}
    parquet.write_table(pyarrow.table({**columns, "success": success, "more": [1] * 203}), tmp_path / "log.parquet")
    result = autonomic("simulate", str(tmp_path / "log.parquet"), "-o", "json", "--runs", "1")
    assert "1 lines left out" in result.stderr
    assert rows(result)["always a"]["success"] == pytest.approx(201 / 202)


def test_a_bad_row_of_parquet_is_named(tmp_path: Path) -> None:
    result = autonomic("simulate", as_parquet(written(tmp_path, "code,a,1,1,1", "code,a,1,-1,1")))
    assert result.exit_code == 2
    assert "row 2: latency: -1.0 is not from 0" in result.stderr


def test_a_parquet_file_that_is_cut_off_is_named(tmp_path: Path) -> None:
    file = Path(as_parquet(log(tmp_path, tasks=100)))
    file.write_bytes(file.read_bytes()[:200])
    result = autonomic("simulate", str(file))
    assert result.exit_code == 2
    assert "is no whole Parquet file" in result.stderr


def test_without_pyarrow_the_way_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = as_parquet(log(tmp_path, tasks=100))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = autonomic("simulate", file)
    assert result.exit_code == 2
    assert "needs pyarrow: pip install 'autonomic-layer[parquet]'" in result.stderr


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = autonomic("simulate", str(tmp_path / "none.csv"))
    assert result.exit_code == 2
    assert "none.csv" in result.stderr


def test_the_help_says_what_cannot_be_known() -> None:
    said = " ".join(autonomic("simulate", "--help").stdout.replace("│", " ").split())
    assert "replay with rejection" in said
    assert "that the log never chose" in said
