"""The testbed from a shell: `python -m testbed build | path PROGRAM | up`."""

import argparse
import signal
import sys
from types import FrameType

from testbed.build import BuildFailedError, ensure_built
from testbed.cache import program_path
from testbed.programs.catalogue import PROGRAMS, named
from testbed.toolchain import ToolchainMissingError


def main() -> int:
    """Do what the arguments say; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m testbed", description="A real Kubernetes on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="build every program that the cache lacks")
    path = commands.add_parser("path", help="print where a program is, building it first if need be")
    path.add_argument("program", choices=[program.name for program in PROGRAMS])
    commands.add_parser("up", help="start a cluster, Prometheus and OPA, and keep them until Ctrl-C")
    chosen = parser.parse_args()
    try:
        return _run(chosen)
    except (BuildFailedError, ToolchainMissingError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(chosen: argparse.Namespace) -> int:
    if chosen.command == "build":
        ensure_built()
    elif chosen.command == "path":
        program = named(chosen.program)
        ensure_built((program,))
        print(program_path(program))
    else:
        _up()
    return 0


def _up() -> None:
    # Only here, because `build` must work before anything is installed.
    from testbed.showcase import keep_up

    signal.signal(signal.SIGTERM, _interrupt)
    keep_up()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
