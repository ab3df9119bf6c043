"""Builds what is missing into the cache, one program after the other, and says how many are left.

Only the standard library is needed. A program appears in the cache by one rename, so an interrupted build leaves
nothing half made; a lock keeps two builders from doing the same work.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from testbed.cache import cache_folder, locked, program_folder, program_path
from testbed.process import Command
from testbed.programs.catalogue import PROGRAMS, Program
from testbed.run import Run
from testbed.toolchain import find_go, go_environment

BUILD_SECONDS = 3600


class BuildFailedError(RuntimeError):
    """A program could not be built; the message ends with what the compiler said."""


def say(line: str) -> None:
    """One progress line, on standard error so that `path` stays usable in a script."""
    print(f"testbed: {line}", file=sys.stderr, flush=True)


def ensure_built(programs: Iterable[Program] = PROGRAMS, tell: Callable[[str], None] = say) -> None:
    """Build those of `programs` that the cache lacks; with all of them there it costs a few `stat` calls.

    Raises `BuildFailedError` or `toolchain.ToolchainMissingError`.
    """
    wanted = tuple(programs)
    if not missing(wanted):
        return
    with locked(cache_folder() / "build.lock", lambda: tell("another run is building these programs; waiting for it")):
        if lacking := missing(wanted):
            _build_all(lacking, tell)


def missing(programs: Iterable[Program]) -> list[Program]:
    """Those of `programs` that are not in the cache, in their order."""
    return [program for program in programs if not program_path(program).exists()]


def _build_all(programs: Sequence[Program], tell: Callable[[str], None]) -> None:
    go = find_go()
    tell(f"{len(programs)} programs to build, once for this user, into {cache_folder()}")
    # The compiler runs under a warden too: killed in the middle, we leave nothing running.
    with Run() as run:
        for position, program in enumerate(programs):
            left = sum(later.cold_seconds for later in programs[position:])
            count = f"[{position + 1}/{len(programs)}]"
            tell(f"{count} building {program.name} {program.version}; about {_minutes(left)} for all that is left")
            started = time.monotonic()
            _build(_Go(go, run, program), program)
            after = len(programs) - position - 1
            tell(f"{count} built {program.name} in {time.monotonic() - started:.0f} s; {after} left")


def _minutes(seconds: int) -> str:
    return f"{seconds} s" if seconds < 90 else f"{round(seconds / 60)} min"


@dataclass(frozen=True)
class _Go:
    """The Go command in the module of one program."""

    path: Path
    run: Run
    program: Program

    def __call__(self, *arguments: str) -> str:
        """What it prints. Raises `BuildFailedError` with the end of that."""
        name = f"go-{arguments[0]}-{self.program.name}"
        command = Command(name, [self.path, *arguments], go_environment(), self.program.folder)
        process = self.run.start(command)
        if process.wait(BUILD_SECONDS) != 0:
            said = process.tail()
            raise BuildFailedError(f"could not build {self.program.name} {self.program.version}; Go said\n{said}")
        return process.tail()


def _build(go: _Go, program: Program) -> None:
    final = program_folder(program)
    for leftover in final.parent.glob(f".{final.name}.*.partial"):
        shutil.rmtree(leftover, ignore_errors=True)
    half = final.with_name(f".{final.name}.{os.getpid()}.partial")
    half.mkdir()
    try:
        if program.document:
            go("mod", "download", program.module)
            shutil.copyfile(_module_folder(go, program) / program.document, half / program.name)
        else:
            go(*build_arguments(program, half / program.name))
            _copy_files(go, program, half)
        shutil.rmtree(final, ignore_errors=True)
        half.rename(final)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def build_arguments(program: Program, output: Path) -> list[str]:
    """The arguments of the one `go build`; stripped, without paths of this machine, without a look at git."""
    linker = " ".join(["-s", "-w", *(f"-X {stamp}" for stamp in program.stamps)])
    flags = ["-trimpath", "-buildvcs=false", "-mod=readonly", f"-tags={','.join(program.tags)}", f"-ldflags={linker}"]
    return ["build", *flags, "-o", str(output), program.package]


def _copy_files(go: _Go, program: Program, folder: Path) -> None:
    if not program.files:
        return
    source = _module_folder(go, program)
    for name in program.files:
        target = folder / "files" / Path(name).name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source / name, target)


def _module_folder(go: _Go, program: Program) -> Path:
    return Path(go("list", "-m", "-f", "{{.Dir}}", program.module).splitlines()[-1])
