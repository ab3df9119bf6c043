"""The catalogue of programs, and the modules that pin them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from testbed import build, toolchain
from testbed.programs import catalogue
from testbed.programs.catalogue import PROGRAMS, Program

REPOSITORY = Path(build.__file__).parent.parent


def go_mod(program: Program) -> str:
    return (program.folder / "go.mod").read_text()


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_program_has_the_version_that_its_module_requires(program: Program) -> None:
    required = re.search(rf"^(?:require)?\s+{re.escape(program.module)} (\S+)", go_mod(program), re.MULTILINE)
    assert required is not None
    assert required[1] == program.version


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_the_needed_go_is_new_enough_for_every_module(program: Program) -> None:
    asked = re.search(r"^go (\S+)$", go_mod(program), re.MULTILINE)
    assert asked is not None
    assert toolchain.parse_version(f"go{asked[1]}") <= toolchain.NEEDED_GO


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_module_records_hashes_and_no_addresses(program: Program) -> None:
    sums = (program.folder / "go.sum").read_text()
    assert program.version in sums or program.name.startswith("kube")
    assert "://" not in sums + go_mod(program)


def test_kubernetes_is_stamped_with_its_own_version() -> None:
    assert any(stamp.endswith(f"gitVersion={catalogue.KUBERNETES}") for stamp in catalogue.KUBE_APISERVER.stamps)
    major, minor, _ = catalogue.KUBERNETES.removeprefix("v").split(".")
    assert {f"gitMajor={major}", f"gitMinor={minor}"} <= {
        stamp.rsplit(".", maxsplit=1)[1] for stamp in catalogue.KUBERNETES_STAMPS
    }


def test_an_unknown_program_is_refused_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"no program is called 'kubelet'; known: .*kubectl"):
        catalogue.named("kubelet")


def test_building_needs_nothing_but_the_standard_library() -> None:
    command = [sys.executable, "-S", "-c", "import testbed.__main__, testbed.build"]
    subprocess.run(command, cwd=REPOSITORY, check=True)


def test_neither_the_product_nor_the_testbed_imports_the_other() -> None:
    for folder, other in (("testbed", "autonomic"), ("operator", "testbed")):
        for file in (REPOSITORY / folder).rglob("*.py"):
            imports = re.findall(rf"^\s*(?:from|import) {other}\b", file.read_text(), re.MULTILINE)
            assert not imports, f"{file} imports {other}"
