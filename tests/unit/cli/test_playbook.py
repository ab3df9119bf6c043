"""`autonomic playbook lint` and `test` as somebody who types them meets them."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from autonomic import cli
from tests.unit.domain.specimens import playbook_raw

FAILED = {"name": "failed", "type": "Signal", "signal": {"type": "TaskFailureCount"}, "count": 2, "within": "5m"}
NAMED = {"fromSignal": {"label": "deployment", "kind": "Deployment"}}
WAIT = {"settle": "10s", "within": "2m"}


def autonomic(*arguments: str, stdin: str = "") -> Result:
    """What `autonomic playbook` printed, and its exit code."""
    return CliRunner().invoke(cli.app(run=lambda _: None), ["playbook", *arguments], input=stdin)


def book(folder: Path, **spec: Any) -> str:
    file = folder / "book.yaml"
    body = {"triggers": [FAILED], "target": NAMED, "verification": WAIT, **spec}
    file.write_text(yaml.safe_dump(playbook_raw(**body)))
    return str(file)


def record(folder: Path, *signals: dict[str, Any]) -> str:
    file = folder / "signals.jsonl"
    file.write_text("\n".join(json.dumps(each) for each in signals))
    return str(file)


def failure(at: Any, deployment: str = "agent", **more: Any) -> dict[str, Any]:
    return {"at": at, "type": "TaskFailureCount", "labels": {"deployment": deployment}, **more}


def test_a_record_is_played_and_says_what_would_have_been_done_when_and_why(tmp_path: Path) -> None:
    result = autonomic("test", book(tmp_path), "--signals", record(tmp_path, failure(0), failure(30)))
    assert result.exit_code == 0, result.output
    (proposed,) = [line for line in result.stdout.splitlines() if "PlanProposed" in line]
    assert proposed.startswith("2025-01-01 00:00:30")
    assert "restart all pods on Deployment shop/agent" in proposed
    assert "failed was seen 2 times within 5m" in proposed
    assert result.stdout.splitlines()[-1] == "2 signals (none turned away), 1 plans (1 Succeeded)"


def test_the_same_record_gives_the_same_answer(tmp_path: Path) -> None:
    asked = ("test", book(tmp_path), "--signals", record(tmp_path, *(failure(n * 10) for n in range(20))), "-o", "json")
    assert autonomic(*asked).stdout == autonomic(*asked).stdout


def test_outlets_that_the_playbook_names_are_taken_as_there(tmp_path: Path) -> None:
    call = {"type": "CallOrchestrator", "callOrchestrator": {"endpoint": "conductor", "operation": "retry"}}
    file = book(tmp_path, actions=[call])
    result = autonomic("test", file, "--signals", record(tmp_path, failure(0), failure(30)))
    assert result.exit_code == 0, result.output
    assert "conductor" in next(line for line in result.stdout.splitlines() if "PlanProposed" in line)


def test_a_trigger_that_asks_a_named_server_is_unknown_offline_like_any_other(tmp_path: Path) -> None:
    asked = {"name": "far", "op": "GT", "value": "1", "for": "30s", "prometheus": {"selector": "up", "server": "eu"}}
    file = book(tmp_path, triggers=[asked, FAILED], match="Any")
    result = autonomic("test", file, "--signals", record(tmp_path, failure(0), failure(30)))
    assert result.exit_code == 0, result.output
    assert "far: asks Prometheus, which is not known offline" in result.stderr


def test_a_record_that_asks_for_nothing_ends_with_code_1(tmp_path: Path) -> None:
    result = autonomic("test", book(tmp_path), "--signals", record(tmp_path, failure(0), failure(0, "planner")))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1].endswith("0 plans (none)")


def test_json_names_plans_and_what_was_turned_away(tmp_path: Path) -> None:
    told = record(tmp_path, failure(0, id="a"), failure(1, id="a"), failure(2, id="b"))
    done = json.loads(autonomic("test", book(tmp_path), "--signals", told, "-o", "json").stdout)
    assert (done["signals"], done["refused"], done["phases"]) == (3, {"Duplicate": 1}, {"Succeeded": 1})
    assert {line["what"] for line in done["lines"]} >= {"PlanProposed", "PlanSucceeded"}


def test_a_record_may_be_a_list_in_yaml_with_times_and_alerts(tmp_path: Path) -> None:
    alert = {"name": "slow", "type": "Alert", "alert": {"name": "Slow"}}
    file = tmp_path / "signals.yaml"
    file.write_text(
        "- {at: 2025-03-01T10:00:00Z, type: Slow, source: alertmanager, labels: {deployment: agent}}\n"
        "- {at: 2025-03-01T10:00:30Z, type: Slow, source: alertmanager, labels: {deployment: agent}, value: 0}\n"
    )
    result = autonomic("test", book(tmp_path, triggers=[alert]), "--signals", str(file))
    assert result.exit_code == 0, result.output
    assert "2025-03-01 10:00:00  PlanProposed" in result.stdout
    assert "(1 Succeeded)" in result.stdout


STEPS = [
    {"type": "Scale", "scale": {"by": 1, "max": 4}, "when": {"label": {"name": "code", "values": ["429"]}}},
    {"type": "Restart", "restart": {}, "when": {"before": "LeftOut"}},
]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("429", "scale from 2 to 3 replicas on Deployment shop/agent"),
        ("500", "restart all pods on Deployment shop/agent"),
    ],
)
def test_a_record_shows_which_steps_would_have_been_taken(tmp_path: Path, code: str, words: str) -> None:
    failed = [failure(at, labels={"deployment": "agent", "code": code}) for at in (0, 30)]
    result = autonomic("test", book(tmp_path, actions=STEPS), "--signals", record(tmp_path, *failed))
    (proposed,) = [line for line in result.stdout.splitlines() if "PlanProposed" in line]
    assert words in proposed


def test_a_record_of_which_no_step_could_be_taken_says_so(tmp_path: Path) -> None:
    told = record(tmp_path, failure(0), failure(30))
    result = autonomic("test", book(tmp_path, actions=STEPS), "--signals", told)
    assert result.exit_code == 1
    assert "step 0 (Scale) is left out: the signal has no label code" in result.stdout


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"type": "X"}, "signal 0: has no at"),
        ({"at": 0}, "signal 0: has no type"),
        ({"at": 0, "type": "X", "lables": {}}, "has a field lables, which there is not"),
        ({"at": "noon", "type": "X"}, "at 'noon' is neither a time"),
        ({"at": 0, "type": "X", "value": "much"}, "value 'much' is no finite number"),
    ],
)
def test_a_record_that_makes_no_sense_is_refused_with_its_place(
    tmp_path: Path, line: dict[str, Any], words: str
) -> None:
    result = autonomic("test", book(tmp_path), "--signals", record(tmp_path, line))
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_playbook_that_is_fine_is_fine(tmp_path: Path) -> None:
    result = autonomic("lint", book(tmp_path))
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path}/book.yaml: line 1: crashes: fine\n")


def test_what_can_never_happen_is_an_error(tmp_path: Path) -> None:
    series = {"type": "Prometheus", "prometheus": {"selector": "depth"}, "for": "1m"}
    low, high = {"name": "low", "op": "LT", "value": "3"}, {"name": "high", "op": "GT", "value": "5"}
    ref = {"ref": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent"}}
    rung = {"after": 3, "actions": [{"type": "Restart", "restart": {}}]}
    file = book(tmp_path, target=ref, triggers=[low | series, high | series], escalation=[rung], attempts={"limit": 2})
    result = autonomic("lint", file)
    assert result.exit_code == 1
    assert "triggers low and high exclude each other: with match All they can never both hold" in result.stdout
    assert "escalation after 3 is never reached: attempts.limit is 2" in result.stdout


def test_what_is_worth_a_second_look_is_told_and_is_no_error(tmp_path: Path) -> None:
    misspelt = FAILED | {"signal": {"type": "TaskFailureCuont"}}
    result = autonomic("lint", book(tmp_path, triggers=[misspelt], mode="Observe"))
    assert result.exit_code == 0
    assert "TaskFailureCuont is no signal of the catalogue, did you mean TaskFailureCount?" in result.stdout
    assert "mode is Observe" in result.stdout


def test_a_playbook_that_is_refused_says_its_place_and_field(tmp_path: Path) -> None:
    result = autonomic("lint", book(tmp_path, triggers=[FAILED | {"within": "2h"}]), "-o", "json")
    assert result.exit_code == 1
    ((error,),) = [row["errors"] for row in json.loads(result.stdout)]
    assert "within 2h is longer than signals are remembered: at most 1h" in error


def test_a_file_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    assert autonomic("lint", str(tmp_path / "none.yaml")).exit_code == 2
