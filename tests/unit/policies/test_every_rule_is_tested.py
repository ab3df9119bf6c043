"""No rule of the policies stands there untested: whichever is taken away, a test of the policies fails.

Where the rest does not compile without the rule, it is left there and never true.
"""

import base64
import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.unit.policies.opa_program import POLICIES, run_opa

# A run of tests for each rule, and of all where those beside it still pass.
pytestmark = pytest.mark.timeout(900)

DOES_NOT_COMPILE = 1
"""The exit code of `opa test` where it has not run a test; it is another one where a test failed."""


class Rule(NamedTuple):
    """Where a rule stands in its file, in bytes."""

    file: str
    start: int
    end: int
    text: str


def rules() -> list[Rule]:
    """Every rule of every file, as OPA reads it."""
    return [rule for file in sorted(POLICIES.glob("*.rego")) if "_test" not in file.name for rule in _of(file)]


def _of(file: Path) -> list[Rule]:
    told = run_opa(POLICIES, "parse", "--format=json", "--json-include=locations", file.name)
    content = file.read_bytes()
    lines = content.splitlines(keepends=True)
    found = []
    for rule in json.loads(told.stdout)["rules"]:
        text = base64.b64decode(rule["location"]["text"])
        start = sum(map(len, lines[: rule["location"]["row"] - 1])) + rule["location"]["col"] - 1
        assert content[start : start + len(text)] == text
        found.append(Rule(file.name, start, start + len(text), text.decode()))
    return found


def never(rule: Rule) -> str:
    """The rule, with a body that is never true."""
    head, _, _ = rule.text.removeprefix("default ").partition(" if ")
    return f"{head} if false"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(POLICIES, tmp_path_factory.mktemp("policies") / "policies"))


def survives(copy: Path, rule: Rule) -> bool:
    """Whether the tests pass without the rule."""
    file = copy / rule.file
    whole = file.read_bytes()
    try:
        for instead in ("", never(rule)):
            file.write_bytes(whole[: rule.start] + instead.encode() + whole[rule.end :])
            ended = exit_code(copy, rule.file)
            if ended != DOES_NOT_COMPILE:
                return ended == 0
        return False
    finally:
        file.write_bytes(whole)


def exit_code(copy: Path, file: str) -> int:
    """The exit code of all tests; where those beside the file fail already, theirs."""
    beside = copy / file.replace(".rego", "_test.rego")
    names = re.findall(r"^test_\w+", beside.read_text(), re.MULTILINE) if beside.exists() else []
    ended = run_opa(copy, "test", ".", "--run", f"({'|'.join(names)})$").returncode if names else 0
    return ended or run_opa(copy, "test", ".").returncode


def test_there_are_rules_to_take_away() -> None:
    found = rules()
    assert len(found) > 80
    assert (
        sum(rule.text.startswith(("denials contains", "concerns contains", "permits contains")) for rule in found) > 25
    )


def test_whichever_rule_is_taken_away_a_test_fails(copy: Path) -> None:
    assert run_opa(copy, "test", ".").returncode == 0
    untested = [f"{rule.file}: {rule.text.splitlines()[0]}" for rule in rules() if survives(copy, rule)]
    assert untested == []
