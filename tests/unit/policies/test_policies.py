"""The Rego policies, by OPA itself: their tests, and that the tools which guard them would find a mistake."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.programs.catalogue import OPA

POLICIES = Path(__file__).parents[3] / "policies"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(POLICIES, tmp_path / "policies"))


def test_the_tests_of_the_policies_pass_and_reach_every_line() -> None:
    done = _opa(POLICIES, "test", "--coverage", "--threshold", "100", ".")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["not_covered_lines"] == 0


def test_the_policies_pass_the_strict_check_against_the_schema_of_their_input() -> None:
    done = _check(POLICIES)
    assert done.returncode == 0, done.stderr


def test_the_policies_are_formatted() -> None:
    done = _opa(POLICIES, "fmt", "--list", ".")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("input.plan.", "input.plam."),
        ("input.contract.tier", "input.contract.tire"),
        ("input.budget.remaining", "input.budget.left"),
        ("step.effects", "step.efects"),
        ("input.namespace.labels", "input.namespace.lables"),
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


def test_a_rule_that_is_weakened_is_found_by_the_tests(copy: Path) -> None:
    file = copy / "eligibility.rego"
    file.write_text(file.read_text().replace("step.replicas.after < 1", "step.replicas.after < 0"))
    assert _opa(copy, "test", ".").returncode != 0


def test_the_schema_names_all_that_the_tests_of_the_policies_ask_with() -> None:
    schema = json.loads((POLICIES / "schemas" / "input.json").read_text())
    asked = _opa(POLICIES, "eval", "--data", ".", "--format", "raw", "data.autonomic_test.scale_plan")
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
    return _opa(folder, "check", "--strict", "--schema", "schemas/input.json", ".")


def _opa(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    ensure_built((OPA,))
    return subprocess.run([program_path(OPA), *arguments], cwd=folder, capture_output=True, text=True, timeout=60)
