"""Run the demo; the package says how."""

import contextlib
import json
import os
import signal
import sys
import time
from types import FrameType

from examples.demo.failure import NotAsToldError, show
from examples.demo.narrator import Narrator
from examples.demo.scene import Scene
from examples.demo.stage import Stage, set_stage
from examples.demo.telling import Telling
from examples.demo.tour import tour
from testbed.build import BuildFailedError
from testbed.cluster import CommandFailedError
from testbed.existing import ClusterUnusableError
from testbed.process import StartFailedError
from testbed.run import Run
from testbed.toolchain import ToolchainMissingError

STORIES = 4
INTERRUPTED = 130
_BROKEN_STAGE = (BuildFailedError, ToolchainMissingError, ClusterUnusableError, StartFailedError, CommandFailedError)


def main() -> int:
    """Tell the demo; 0 only where every story ended as told."""
    signal.signal(signal.SIGTERM, _interrupt)
    started = time.monotonic()
    narrator = Narrator()
    try:
        with Run() as run:
            stage = set_stage(run, narrator)
            ended = tell(stage)
            finish(stage, summary(ended, started))
    except _BROKEN_STAGE as problem:
        narrator.failed(str(problem))
        narrator.plain(summary(0, started))
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0 if ended == STORIES else 1


def tell(stage: Stage) -> int:
    """How many stories ended as told; the first that does not is shown, and the last."""
    telling = Telling(Scene(stage))
    try:
        telling.tell()
    except NotAsToldError as problem:
        show(problem, stage)
    except CommandFailedError as problem:
        show(NotAsToldError("the command to be accepted", problem.stderr.strip()), stage)
    return telling.ended_as_told


def finish(stage: Stage, line: str) -> None:
    """Print the line for scripts; with `KEEP=1` say how to look around first, and stay until Ctrl-C."""
    staying = os.environ.get("KEEP", "0") not in ("", "0")
    if staying:
        stage.narrator.plain(tour(stage))
    stage.narrator.plain(line)
    if staying:
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


def summary(ended_as_told: int, started: float) -> str:
    """The line for scripts; `seconds` from the start until now."""
    seconds = round(time.monotonic() - started, 1)
    return json.dumps({"stories": STORIES, "ended_as_told": ended_as_told, "seconds": seconds})


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
