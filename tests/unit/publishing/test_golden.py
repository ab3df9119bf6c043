"""The rules of every sort of contract, word for word. Update them with UPDATE_GOLDEN=1 and read the diff."""

import difflib
import os
import subprocess
from pathlib import Path

import pytest

from autonomic.publishing.text import rule_file
from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.programs.catalogue import PROMTOOL
from tests.unit.publishing.contracts import SPECIMENS, said

GOLDEN = Path(__file__).parent / "golden"


def kept_at(specimen: str) -> Path:
    return GOLDEN / f"{specimen}.yaml"


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_the_rules_are_the_ones_that_were_read_and_kept(specimen: str) -> None:
    now = rule_file(said(specimen).groups)
    if os.environ.get("UPDATE_GOLDEN"):
        kept_at(specimen).write_text(now)
    kept = kept_at(specimen).read_text()
    difference = difflib.unified_diff(kept.splitlines(), now.splitlines(), "kept", "now", lineterm="")
    assert now == kept, "the rules changed (UPDATE_GOLDEN=1 keeps the new ones):\n" + "\n".join(difference)


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(SPECIMENS)


def test_promtool_finds_nothing_wrong_with_any_of_them() -> None:
    ensure_built([PROMTOOL])
    files = [kept_at(specimen) for specimen in SPECIMENS]
    checked = subprocess.run(
        [program_path(PROMTOOL), "check", "rules", "--lint=all", "--lint-fatal", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_the_same_contract_gives_the_same_text(specimen: str) -> None:
    assert rule_file(said(specimen).groups) == rule_file(said(specimen).groups)
