"""The cache of built programs: complete or not there, built once, with progress that a person can follow."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from testbed import build, toolchain
from testbed.cache import program_path
from testbed.process import Command, Process
from testbed.programs.catalogue import PROMETHEUS_RULES_CRD, Program
from testbed.run import Run
from testbed.waiting import until

REPOSITORY = Path(build.__file__).parent.parent
BUILD_IN_A_PROCESS = """
import sys
from testbed.build import ensure_built
from testbed.programs.catalogue import PROMETHEUS_RULES_CRD, Program
ensure_built([Program("greeter", sys.argv[1], "greeter", "greeter", "v1.0.0", 5)])
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("AUTONOMIC_TESTBED_CACHE", str(folder))
    return folder


def greeter(folder: Path, source: str = 'package main\nfunc main() { println("hello") }\n') -> Program:
    folder.mkdir(exist_ok=True)
    (folder / "go.mod").write_text("module greeter\n\ngo 1.26.0\n")
    (folder / "main.go").write_text(source)
    return Program("greeter", str(folder), "greeter", "greeter", "v1.0.0", 5)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return greeter(tmp_path / "greeter")


def leftovers(cache: Path) -> list[Path]:
    return list(cache.glob(".*.partial"))


def test_a_missing_program_is_built_and_runs(cache: Path, program: Program) -> None:
    build.ensure_built([program])
    answer = subprocess.run([program_path(program)], capture_output=True, text=True, check=True)
    assert answer.stderr == "hello\n"
    assert program_path(program) == cache / "greeter-v1.0.0" / "greeter"


def test_what_is_in_the_cache_is_not_built_again(cache: Path, program: Program) -> None:
    build.ensure_built([program])
    told: list[str] = []
    before = program_path(program).stat().st_mtime_ns
    build.ensure_built([program], told.append)
    assert told == []
    assert program_path(program).stat().st_mtime_ns == before


def test_progress_names_the_program_and_how_many_are_left(cache: Path, program: Program, tmp_path: Path) -> None:
    second = greeter(tmp_path / "second")
    told: list[str] = []
    build.ensure_built([program, Program("other", second.group, "greeter", "greeter", "v2.0.0", 200)], told.append)
    assert told[0].startswith("2 programs to build")
    assert told[1] == "[1/2] building greeter v1.0.0; about 3 min for all that is left"
    assert told[2].startswith("[1/2] built greeter in ")
    assert told[2].endswith("; 1 left")
    assert told[4].endswith("; 0 left")


def test_a_failed_build_shows_what_the_compiler_said_and_leaves_nothing(cache: Path, tmp_path: Path) -> None:
    broken = greeter(tmp_path / "broken", "package main\nfunc main() { nonsense() }\n")
    with pytest.raises(build.BuildFailedError, match=r"could not build greeter v1\.0\.0(.|\n)*undefined: nonsense"):
        build.ensure_built([broken])
    assert not program_path(broken).exists()
    assert leftovers(cache) == []


@pytest.fixture
def run(cache: Path) -> Iterator[Run]:
    with Run() as run:
        yield run


def builder(name: str, program: Program, **environment: str) -> Command:
    """A process of its own that builds the program."""
    argv = [sys.executable, "-c", BUILD_IN_A_PROCESS, program.group]
    return Command(name, argv, {**os.environ, **environment}, REPOSITORY)


@pytest.fixture
def slow_builder(run: Run, program: Program, tmp_path: Path) -> Process:
    # An empty build cache makes Go compile its whole runtime first, which takes many seconds.
    process = run.start(builder("builder", program, GOCACHE=str(tmp_path / "go-cache")))
    until(lambda: compilers(tmp_path), 20, "the compiler to run")
    return process


def compilers(tmp_path: Path) -> list[int]:
    """The processes that work for this test's build cache."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"GOCACHE={tmp_path}".encode() in entry.read_bytes() and b"testbed.build" not in command_of(entry):
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def command_of(entry: Path) -> bytes:
    return (entry.parent / "cmdline").read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the compiler's processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_an_interrupted_build_leaves_nothing_half_made_and_nothing_running(
    slow_builder: Process, how: signal.Signals, cache: Path, program: Program, tmp_path: Path
) -> None:
    slow_builder.signal(how)
    slow_builder.wait(30)
    until(lambda: not compilers(tmp_path), 20, "the compiler to be gone")
    assert not program_path(program).exists()
    build.ensure_built([program])
    assert program_path(program).exists()
    assert leftovers(cache) == []


def test_two_builders_at_once_build_once(run: Run, program: Program) -> None:
    builders = [run.start(builder(name, program)) for name in ("one", "other")]
    assert [each.wait(120) for each in builders] == [0, 0]
    assert sum(each.log.read_text().count("built greeter") for each in builders) == 1


@pytest.mark.parametrize(
    ("text", "version"),
    [("go1.26.8", (1, 26, 8)), ("go1.27", (1, 27, 0)), ("go1.27rc1", (1, 27, -1)), ("devel", ()), ("", ())],
)
def test_a_go_version_is_read_from_what_go_prints(text: str, version: tuple[int, ...]) -> None:
    assert toolchain.parse_version(text) == version


def test_a_go_that_is_too_old_or_absent_is_passed_over(tmp_path: Path) -> None:
    assert toolchain.go_version(tmp_path / "no-such-go") == ()
    assert toolchain.parse_version("go1.26.6") < toolchain.NEEDED_GO <= toolchain.parse_version("go1.26.7")


def test_the_go_that_is_found_is_new_enough() -> None:
    assert toolchain.go_version(toolchain.find_go()) >= toolchain.NEEDED_GO


def test_a_document_of_another_project_is_fetched_with_its_module(cache: Path) -> None:
    build.ensure_built([PROMETHEUS_RULES_CRD])
    assert "kind: CustomResourceDefinition" in program_path(PROMETHEUS_RULES_CRD).read_text()
    assert leftovers(cache) == []
