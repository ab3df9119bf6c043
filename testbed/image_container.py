"""Containers of an image, by whichever engine built it: as locked up as the chart's, as far as that engine can."""

import contextlib
import os
import secrets
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from testbed.existing import at_the_end
from testbed.image_engine import Engine
from testbed.process import Command, Process
from testbed.run import Run

_LOCKED_UP = ("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--network=host")
_GRACE_SECONDS = 15.0


@dataclass(frozen=True)
class Container:
    """A container of `image`, removed when its run ends. With buildah its root can be written by root, not by others.

    `env` is added to the image's. `files` are mounted read-only: path inside -> file here, which everybody must be able
    to read.
    """

    engine: Engine
    image: str
    env: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    name: str = field(default_factory=lambda: f"autonomic-testbed-{secrets.token_hex(4)}")

    def open(self, run: Run) -> "Container":
        """Make it, where the engine wants that done beforehand, and see to it that it goes. Returns itself."""
        removal = ["rm"] if self.engine.name == "buildah" else ["rm", "--force"]
        at_the_end(run, f"rm-{self.name}", [self.engine.name, *removal, self.name], self.engine.env)
        if self.engine.name == "buildah":
            self.engine.ask("from", "--pull-never", f"--name={self.name}", self.image)
        return self

    def output(self, program: str, *arguments: str, user: str | None = None) -> str:
        """What a program prints in it, as the image's user or as `user`. Raises `StepFailedError`."""
        return self.engine.ask(*self._call(program, arguments, user))

    def command(self, *arguments: str) -> Command:
        """The command that runs the image's entry point in it, with these arguments."""
        program, *first = self.engine.config(self.image)["Entrypoint"]
        return self.engine.command(self.name, *self._call(program, (*first, *arguments), None), grace=_GRACE_SECONDS)

    def terminate(self, process: Process) -> None:
        """Send SIGTERM to the program inside, as the end of a pod would; `process` runs `command()`."""
        # docker and podman hand the signal on, buildah kills the program instead.
        if self.engine.name == "buildah":
            os.kill(_innermost(process.pid), signal.SIGTERM)
        else:
            process.signal(signal.SIGTERM)

    def _call(self, program: str, arguments: tuple[str, ...], user: str | None) -> list[str]:
        options = [
            *(f"--env={name}={value}" for name, value in self.env.items()),
            *(f"--volume={here}:{inside}:ro" for inside, here in self.files.items()),
            *([f"--user={user}"] if user else []),
        ]
        if self.engine.name == "buildah":
            return ["run", *options, self.name, "--", program, *arguments]
        lasting = [f"--name={self.name}", "--rm", "--pull=never", f"--entrypoint={program}"]
        return ["run", *lasting, *_LOCKED_UP, *options, self.image, *arguments]


def _innermost(pid: int) -> int:
    """The process at the end of a chain of processes with one child each."""
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, children.read_text().split()):
                return _innermost(child)
    return pid
