"""The Rego policies, by OPA itself: their tests, and that the tools which guard them would find a mistake."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.unit.policies.opa_program import POLICIES, run_opa

VALUES = Path(__file__).parents[3] / "charts" / "autonomic" / "values.yaml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(POLICIES, tmp_path / "policies"))


def test_the_tests_of_the_policies_pass_and_reach_every_line() -> None:
    done = run_opa(POLICIES, "test", "--coverage", "--threshold", "100", ".")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["not_covered_lines"] == 0


def test_the_policies_pass_the_strict_check_against_the_schema_of_their_input() -> None:
    done = _check(POLICIES)
    assert done.returncode == 0, done.stderr


def test_the_policies_are_formatted() -> None:
    done = run_opa(POLICIES, "fmt", "--list", ".")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("input.plan.", "input.plam."),
        ("input.contract.tier", "input.contract.tire"),
        ("input.budget.remaining", "input.budget.left"),
        ("step.effects", "step.efects"),
        ("input.namespace.labels", "input.namespace.lables"),
        ("input.plan.approvals", "input.plan.aprovals"),
        ("input.cost", "input.costs"),
        ("step.traffic", "step.trafic"),
    ],
)
def test_a_misspelt_field_of_the_input_is_found_by_the_check(copy: Path, right: str, wrong: str) -> None:
    changed = [file for file in copy.glob("*.rego") if right in file.read_text() and "_test" not in file.name]
    assert changed
    for file in changed:
        file.write_text(file.read_text().replace(right, wrong))
    done = _check(copy)
    assert done.returncode != 0
    assert f"undefined ref: {wrong.removesuffix('.')}" in done.stderr


def test_the_figures_of_the_chart_are_those_of_the_policies(tmp_path: Path) -> None:
    config = yaml.safe_load(VALUES.read_text())["policies"]
    (tmp_path / "config.json").write_text(json.dumps({"autonomic": {"config": config}}))
    done = run_opa(POLICIES, "test", ".", str(tmp_path / "config.json"))
    assert done.returncode == 0, done.stdout + done.stderr
    config["blastRadius"]["maxScaleFactor"] = 5
    (tmp_path / "config.json").write_text(json.dumps({"autonomic": {"config": config}}))
    assert run_opa(POLICIES, "test", ".", str(tmp_path / "config.json")).returncode != 0


def test_every_pack_of_the_policies_has_its_switches_in_the_chart() -> None:
    config = yaml.safe_load(VALUES.read_text())["policies"]
    text = "\n".join(file.read_text() for file in POLICIES.glob("*.rego") if "_test" not in file.name)
    read = set(re.findall(r'(?:number|word|words|on)\("(\w+)"', text)) | set(re.findall(r"configured\.(\w+)", text))
    assert read | {"automatic"} == set(config)
    named = set(re.findall(r'(?:number|word|words)\("\w+", "(\w+)"', text)) | set(
        re.findall(r"configured\.\w+\.(\w+)", text)
    )
    assert named - {name for pack in config.values() for name in pack} == set()


def test_a_rule_that_is_weakened_is_found_by_the_tests(copy: Path) -> None:
    file = copy / "eligibility.rego"
    file.write_text(file.read_text().replace("step.replicas.after < 1", "step.replicas.after < 0"))
    assert run_opa(copy, "test", ".").returncode != 0


def test_the_schema_names_all_that_the_tests_of_the_policies_ask_with() -> None:
    schema = json.loads((POLICIES / "schemas" / "input.json").read_text())
    asked = run_opa(POLICIES, "eval", "--data", ".", "--format", "raw", "data.autonomic_test.scale_plan")
    assert asked.returncode == 0, asked.stderr
    _assert_described(json.loads(asked.stdout), schema, "input")


def _assert_described(value: object, schema: dict[str, object], where: str) -> None:
    properties = schema.get("properties")
    if isinstance(value, list):
        items = schema["items"]
        assert isinstance(items, dict)
        for each in value:
            _assert_described(each, items, f"{where}[]")
    if isinstance(value, dict) and isinstance(properties, dict):
        required = schema.get("required", [])
        assert isinstance(required, list)
        assert set(required) <= set(value) <= set(properties), where
        for name, each in value.items():
            _assert_described(each, properties[name], f"{where}.{name}")


def _check(folder: Path) -> subprocess.CompletedProcess[str]:
    return run_opa(folder, "check", "--strict", "--schema", "schemas/input.json", ".")
