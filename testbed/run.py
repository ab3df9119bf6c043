"""One run: a folder for logs and data, the warden that guards it, and what is started in it."""

import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from testbed import warden
from testbed.cache import runs_folder
from testbed.process import Command, Process, StartFailedError, WardenLink

KEPT_RUNS = 20
# Longer than the longest grace: a cluster in containers takes its time to go.
_END_SECONDS = 180


class Run:
    """A context manager: when it is left, in whatever way, every program of it is gone, and so is its data.

    `folder/logs` stays for a look afterwards; the newest `KEPT_RUNS` runs are kept.
    """

    def __init__(self) -> None:
        _prune(runs_folder())
        stamp = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}-{time.monotonic_ns() % 1_000_000:06d}"
        self.folder = runs_folder() / stamp
        self.data = self.folder / "data"
        self.logs = self.folder / "logs"
        for folder in (self.data, self.logs):
            folder.mkdir(parents=True)
        # Tokens and keys of the run live here.
        self.data.chmod(0o700)
        ours, theirs = socket.socketpair()
        with theirs:
            self._watcher = _start_warden(theirs, self.folder)
        self._link = WardenLink(ours)

    def start(self, command: Command) -> Process:
        """Start a program; its output goes to `logs/<name>.log`. Raises `StartFailedError` if it can't be started."""
        log = self.logs / f"{command.name}.log"
        log.touch()
        log_start = log.stat().st_size
        try:
            answer = self._link.ask(
                do="start",
                argv=[str(part) for part in command.argv],
                env=dict(command.env) or _plain_environment(),
                cwd=str(command.cwd or self.data),
                log=str(log),
                grace=command.grace,
            )
        except OSError as problem:
            raise StartFailedError(f"{command.name} could not be started: {problem}") from problem
        return Process(command, int(answer["pid"]), log, log_start, self._link)

    @property
    def watcher_pid(self) -> int:
        """The outer half of the supervisor; the warden, its child, is the parent of every program."""
        return self._watcher.pid

    def close(self) -> None:
        """End every program and remove the data; back when that is done. Closing twice is harmless."""
        self._link.close()
        self._watcher.wait(_END_SECONDS)

    def __enter__(self) -> "Run":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _plain_environment() -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _start_warden(control: socket.socket, folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "logs" / "warden.log").open("ab") as log:
        # A session of its own: Ctrl-C reaches the parent alone, which then ends the run in order.
        return subprocess.Popen(
            [sys.executable, "-I", "-S", warden.__file__, str(control.fileno()), str(os.getpid()), str(folder)],
            pass_fds=[control.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _prune(runs: Path) -> None:
    """Remove the data of runs that nobody guards any more, and all of the oldest ones."""
    if not runs.exists():
        return
    finished = [folder for folder in sorted(runs.iterdir()) if _is_finished(folder)]
    for folder in finished:
        shutil.rmtree(folder / "data", ignore_errors=True)
    for folder in finished[:-KEPT_RUNS]:
        shutil.rmtree(folder, ignore_errors=True)


def _is_finished(folder: Path) -> bool:
    with contextlib.suppress(OSError), (folder / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
