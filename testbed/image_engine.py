"""Container engines: which one works on this machine, and one way to call whichever it is."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from testbed.process import Command
from testbed.run import Run
from testbed.waiting import WaitedTooLongError

NAMES = ("docker", "podman", "buildah")
ANSWER_SECONDS = 60.0
INSTALL_SECONDS = 600.0
# A package manager that is killed half way leaves the machine's packages half configured.
_INSTALL_GRACE_SECONDS = 120.0


class CannotBuildHereError(RuntimeError):
    """This machine lacks what is needed to build an image; the message says what was looked for."""


class StepFailedError(RuntimeError):
    """A step of the build failed; the message ends with the last lines that it printed."""


@dataclass(frozen=True)
class Steps:
    """Runs long commands under the warden of `run`, so that they end with us, and tells how each of them went."""

    run: Run
    tell: Callable[[str], None]

    def __call__(self, what: str, command: Command, seconds: float) -> None:
        """Run it to its end. `what` completes the sentence "image: ...". Raises `StepFailedError`."""
        self.tell(f"image: {what} ...")
        started = time.monotonic()
        process = self.run.start(command)
        try:
            outcome = f"ended with code {process.wait(seconds)}"
        except WaitedTooLongError:
            process.stop()
            outcome = f"took longer than {seconds:g} s"
        if process.exit_code != 0:
            said = process.tail()
            raise StepFailedError(f"{what}: {outcome}. The last lines of {process.log}:\n{said}")
        self.tell(f"image: {what}: done in {time.monotonic() - started:.0f} s")


@dataclass(frozen=True)
class Engine:
    """One of docker, podman and buildah, by its `name`, which is also its program."""

    name: str

    @property
    def env(self) -> dict[str, str]:
        """The environment for its program: buildah needs neither a daemon nor a runtime this way."""
        return {"BUILDAH_ISOLATION": "chroot", "DOCKER_BUILDKIT": "1", **os.environ}

    def ask(self, *arguments: str) -> str:
        """What it prints to a quick question. Raises `StepFailedError`."""
        command = [self.name, *arguments]
        answer = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=ANSWER_SECONDS)
        if answer.returncode != 0:
            raise StepFailedError(f"`{' '.join(command)}` ended with code {answer.returncode}: {answer.stderr.strip()}")
        return answer.stdout

    def command(self, name: str, *arguments: str, grace: float = 10.0) -> Command:
        """The command of one long call; `name` names its log."""
        return Command(name, [self.name, *arguments], self.env, grace=grace)

    def answers(self, *arguments: str) -> bool:
        """Whether it takes that question and answers without an error."""
        try:
            self.ask(*arguments)
        except (OSError, StepFailedError, subprocess.TimeoutExpired):
            return False
        return True

    def has(self, image: str) -> bool:
        """Whether that image is here, without a look at any registry."""
        return self.answers(*self._inspect(image))

    def config(self, image: str) -> Mapping[str, Any]:
        """How an image starts: `User`, `Entrypoint`, `Cmd`, `Env`, `Labels`."""
        answer = json.loads(self.ask(*self._inspect(image)))
        found: Mapping[str, Any] = answer["OCIv1"]["config"] if self.name == "buildah" else answer[0]["Config"]
        return found

    def history(self, image: str) -> str:
        """All that an image tells about how it was made, as text."""
        told = self.ask(*self._inspect(image))
        return told if self.name == "buildah" else told + self.ask("history", "--no-trunc", image)

    def _inspect(self, image: str) -> Sequence[str]:
        return ("inspect", "--type=image", image)


def find_engine(steps: Steps) -> Engine:
    """The first engine that answers; where none does, root on a system with apt gets buildah.

    Raises `CannotBuildHereError`, or `StepFailedError` where the installation fails.
    """
    for engine in map(Engine, NAMES):
        if engine.answers("info"):
            return engine
    buildah = Engine("buildah")
    if not can_install():
        raise CannotBuildHereError(
            "an image needs docker, podman or buildah, and none of them answers here (to `docker info` and so on); nor can "
            "buildah be installed, which takes root and apt-get. Start one of them, or install one."
        )
    install(steps, "buildah")
    if not buildah.answers("info"):
        raise CannotBuildHereError("buildah is installed, but `buildah info` fails; run it to see why.")
    return buildah


def can_install() -> bool:
    """Whether packages of the system can be installed: by root, with apt-get."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(steps: Steps, *packages: str) -> None:
    """Install packages of the system by apt-get. Raises `StepFailedError`."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    update = Command("apt-update", ["apt-get", "update"], env, grace=_INSTALL_GRACE_SECONDS)
    steps("looking for packages of the system", update, INSTALL_SECONDS)
    arguments = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    command = Command("apt-install", arguments, env, grace=_INSTALL_GRACE_SECONDS)
    steps(f"installing {', '.join(packages)}", command, INSTALL_SECONDS)
