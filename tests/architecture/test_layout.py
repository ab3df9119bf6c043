"""The house keeps its shape: one way of imports, one idea per file, names that say something."""

import ast
import operator
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, files, python, shown

LONGEST_FILE, LONGEST_FUNCTION = 300, 40
NAMELESS = ("utils", "util", "common", "manager", "base", "core", "helpers", "helper", "misc")


def test_the_operator_folder_is_no_package() -> None:
    """`operator` is a module of Python itself: a package of that name would hide it."""
    assert not (ROOT / "operator" / "__init__.py").exists()
    assert Path(str(operator.__file__)).parent != ROOT / "operator"


def test_the_import_contracts_hold() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    held = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert held.returncode == 0, held.stdout + held.stderr


def test_no_file_is_longer_than_300_lines() -> None:
    long = [
        f"{shown(path)}: {lines}"
        for path in python("operator", "testbed", "examples", "benchmarks")
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    ]
    assert long == []


def _functions(path: Path) -> list[tuple[str, int]]:
    nodes = ast.walk(ast.parse(path.read_text()))
    found = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(node.name, (node.end_lineno or node.lineno) - node.lineno + 1) for node in found]


def test_no_function_is_longer_than_40_lines() -> None:
    long = [
        f"{shown(path)}: {name} has {lines}"
        for path in python("operator", "testbed", "examples", "benchmarks")
        for name, lines in _functions(path)
        if lines > LONGEST_FUNCTION
    ]
    assert long == []


PACKAGES = [path for path in python("operator") if path.name == "__init__.py"]


def test_there_are_packages_to_look_at() -> None:
    assert len(PACKAGES) > 10


@pytest.mark.parametrize("package", PACKAGES, ids=shown)
def test_every_package_says_what_it_is_for(package: Path) -> None:
    assert ast.get_docstring(ast.parse(package.read_text()))


OUTERMOST = [path for path in PACKAGES if len(path.relative_to(ROOT).parts) == 4]


@pytest.mark.parametrize("package", OUTERMOST, ids=shown)
def test_every_room_of_the_operator_says_what_belongs_there_and_what_never_will(package: Path) -> None:
    said = " ".join((ast.get_docstring(ast.parse(package.read_text())) or "").split())
    assert "Belongs here" in said
    assert "Never here" in said


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [path for path in files() if path.suffix == ".py"]
    assert [shown(path) for path in named if {path.stem, *path.parent.relative_to(ROOT).parts} & set(NAMELESS)] == []
