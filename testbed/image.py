"""The operator's image, built by whichever engine works here: `python -m testbed.image build [--tag NAME]`.

Tells on standard error what it does; prints one line of JSON: `{"image": ..., "seconds": ..., "engine": ...}`.
"""

import argparse
import contextlib
import json
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from types import FrameType

from testbed.build import say
from testbed.cache import cache_folder, locked
from testbed.image_base import REPOSITORY, find_base, find_opa
from testbed.image_engine import CannotBuildHereError, Engine, StepFailedError, Steps, find_engine
from testbed.image_secrets import secret_arguments
from testbed.image_tidy import remove_abandoned, remove_replaced
from testbed.run import Run

TAG = "autonomic:dev"
BUILD_SECONDS = 1800.0


@dataclass(frozen=True)
class BuiltImage:
    """An image as its engine knows it, and how long it took, everything included."""

    image: str
    seconds: float
    engine: str


def build_image(run: Run, tag: str = TAG, tell: Callable[[str], None] = say) -> BuiltImage:
    """Build it, with whatever is missing for that. Raises `CannotBuildHereError` or `StepFailedError`."""
    started = time.monotonic()
    steps = Steps(run, tell)
    with locked(cache_folder() / "image.lock", lambda: tell("image: somebody else is building; waiting for them")):
        engine = find_engine(steps)
        remove_abandoned(engine)
        base = find_base(engine, steps)
        opa = find_opa(engine, steps)
        command = engine.command(f"build-{engine.name}", *_build_arguments(engine, run, base, opa, tag))
        steps(f"building {tag} on {base} with {engine.name}", command, BUILD_SECONDS)
        remove_replaced(engine)
    return BuiltImage(tag, round(time.monotonic() - started, 1), engine.name)


def _build_arguments(engine: Engine, run: Run, base: str, opa: str, tag: str) -> list[str]:
    values = {"BASE_IMAGE": base, "OPA_IMAGE": opa, "VERSION": version(), "REVISION": revision()}
    given = [f"--build-arg={name}={value}" for name, value in values.items()]
    # buildah alone keeps no layers unless told to, and has its base here by now.
    own = ["--layers", "--pull-never"] if engine.name == "buildah" else []
    return ["build", f"--tag={tag}", "--network=host", *own, *given, *secret_arguments(run.data), str(REPOSITORY)]


def version() -> str:
    """The version of the project."""
    with (REPOSITORY / "pyproject.toml").open("rb") as document:
        return str(tomllib.load(document)["project"]["version"])


def revision() -> str:
    """The commit that is built, marked where the tree differs from it; `unknown` without git."""
    describe = ["git", "-C", str(REPOSITORY), "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"]
    with contextlib.suppress(OSError):
        answer = subprocess.run(describe, capture_output=True, text=True)
        return answer.stdout.strip() or "unknown"
    return "unknown"


def main() -> int:
    """Do what the arguments say; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m testbed.image", description="The operator's image.")
    build = parser.add_subparsers(required=True).add_parser("build", help="build it with docker, podman or buildah")
    build.add_argument("--tag", default=TAG, help="its name (default: %(default)s)")
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with Run() as run:
            print(json.dumps(asdict(build_image(run, parser.parse_args().tag))))
    except (CannotBuildHereError, StepFailedError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
