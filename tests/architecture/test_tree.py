"""What is in the tree runs anywhere, and what is generated is current."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from autonomic.domain.crd import crd
from autonomic.domain.kinds import KINDS
from autonomic.domain.resource import Resource
from tests.architecture.tree import ROOT, files, shown

# Written in pieces, so that this file does not find itself.
MACHINE = tuple("/" + name + "/" for name in ("root", "home", "tmp/lab", "opt/wheels", "Users"))
REGISTRIES = (
    "pypi" + ".org",
    "files.python" + "hosted",
    "proxy." + "golang",
    "sum." + "golang",
    "registry." + "npmjs",
    "registry." + "yarnpkg",
)
WORK = re.compile(r"(?<![\w.-])/" + r"work/")


def _text(path: Path) -> str:
    return path.read_bytes().decode(errors="ignore")


def _lines_with(words: tuple[str, ...]) -> list[str]:
    return [
        f"{shown(path)}:{number}: {line.strip()[:80]}"
        for path in files()
        for number, line in enumerate(_text(path).splitlines(), 1)
        if any(word in line for word in words)
    ]


def test_there_is_a_tree_to_look_at() -> None:
    assert len(files()) > 100


def test_no_file_names_a_path_of_one_machine() -> None:
    assert _lines_with(MACHINE) == []
    assert [shown(path) for path in files() if WORK.search(_text(path))] == []


def test_no_file_names_a_package_registry() -> None:
    assert _lines_with(REGISTRIES) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.names.kind)
def test_the_crds_in_the_tree_are_those_of_the_models(kind: type[Resource]) -> None:
    kept = yaml.safe_load((ROOT / "crds" / f"{kind.names.plural}.yaml").read_text())
    assert kept == crd(kind), "run `make crds`"


def test_there_is_no_crd_without_a_model() -> None:
    kept = {path.name for path in (ROOT / "crds").iterdir()}
    assert kept == {f"{kind.names.plural}.yaml" for kind in KINDS}


REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))


def test_there_are_requirements_to_look_at() -> None:
    assert {path.name for path in REQUIREMENTS} >= {"runtime.txt", "dev.txt"}


@pytest.mark.parametrize("requirements", REQUIREMENTS, ids=shown)
def test_every_requirement_is_pinned_with_a_hash_and_names_no_index(requirements: Path) -> None:
    joined = requirements.read_text().replace("\\\n", " ")
    wanted = [line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert wanted
    loose = [
        line[:60]
        for line in wanted
        if not re.match(r"[A-Za-z0-9._-]+(\[[^]]+])?==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
    ]
    assert loose == []
    assert "://" not in joined


def test_every_declared_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = {
        re.split(r"[=\[ ]", line)[0].lower()
        for line in (ROOT / "requirements" / "runtime.txt").read_text().splitlines()
    }
    names = [re.split(r"[<>=\[ ;]", each)[0].lower() for each in project["dependencies"]]
    assert [name for name in names if name not in pinned] == []
