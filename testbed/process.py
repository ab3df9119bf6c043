"""One program under the warden: start it, look at it, end it, read its log."""

import itertools
import json
import signal
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from testbed.kernel import still
from testbed.ports import PortTakenError
from testbed.waiting import WaitedTooLongError, until

SHOWN_LINES = 20
PAUSE_SECONDS = 10.0
_PORT_TAKEN = ("address already in use", "failed to create listener", "failed to listen on")


class StartFailedError(RuntimeError):
    """A program ended early or did not become ready; the message ends with the last lines of its log."""


class WardenGoneError(RuntimeError):
    """The supervisor of this run is no longer there, and with it every program of the run."""


class WardenLink:
    """The parent's end of the socket to the warden; safe to use from several threads."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")
        self._lock = threading.Lock()
        self._numbers = itertools.count()

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send one request and return its answer. Raises `WardenGoneError`, or `OSError` with what the warden said."""
        with self._lock:
            number = next(self._numbers)
            try:
                self._connection.sendall(json.dumps({**request, "number": number}).encode() + b"\n")
                answer = self._answer_to(number)
            except (OSError, ValueError) as problem:
                raise WardenGoneError("the supervisor of this run has ended") from problem
        if "error" in answer:
            raise OSError(answer["error"])
        return answer

    def _answer_to(self, number: int) -> dict[str, Any]:
        # Ctrl-C between a question and its answer leaves the answer behind for the next one who asks.
        while True:
            answer: dict[str, Any] = json.loads(self._lines.readline())
            if answer["number"] == number:
                return answer

    def close(self) -> None:
        """Hang up: the warden takes that as the end of the run."""
        self._lines.close()
        self._connection.close()


@dataclass(frozen=True)
class Command:
    """What to run: `grace` is how many seconds it may take over SIGTERM before SIGKILL (0: SIGKILL at once)."""

    name: str
    argv: Sequence[str | Path]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    grace: float = 0.0


@dataclass(frozen=True)
class Process:
    """A started program.

    `log` holds what it printed, after what earlier starts under the same name had: its own begins at byte `log_start`.
    """

    command: Command
    pid: int
    log: Path
    log_start: int
    _link: WardenLink = field(repr=False)

    @property
    def exit_code(self) -> int | None:
        """How it ended (minus the signal's number where a signal ended it), or `None` while it runs."""
        code: int | None = self._link.ask(do="poll", pid=self.pid)["code"]
        return code

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.exit_code is None

    def stop(self) -> int:
        """SIGTERM, the command's grace, SIGKILL; back when it is gone, with its exit code."""
        return int(self._link.ask(do="stop", pid=self.pid)["code"])

    def kill9(self) -> int:
        """SIGKILL, without a word; back when it is gone."""
        self.signal(signal.SIGKILL)
        return self.wait(10)

    def pause(self) -> None:
        """Freeze it (SIGSTOP): it keeps its connections and answers nothing. Back when it stands still."""
        self.signal(signal.SIGSTOP)
        what = f"{self.command.name} to stand still"
        until(lambda: still(self.pid), PAUSE_SECONDS, what, ignoring=(FileNotFoundError, ProcessLookupError))

    def resume(self) -> None:
        """Let a paused program go on."""
        self.signal(signal.SIGCONT)

    def signal(self, number: int) -> None:
        """Send it a signal; nothing happens if it has ended."""
        self._link.ask(do="signal", pid=self.pid, signal=int(number))

    def wait(self, timeout: float) -> int:
        """Its exit code, once it has ended by itself. Raises `WaitedTooLongError`."""
        return until(lambda: _Ended.of(self.exit_code), timeout, f"{self.command.name} to end").code

    def tail(self, lines: int = SHOWN_LINES) -> str:
        """The last lines that it printed since this start."""
        printed = self.log.read_bytes()[self.log_start :].decode(errors="replace")
        return "\n".join(printed.splitlines()[-lines:])

    def await_ready(self, ready: Callable[[], object], timeout: float) -> None:
        """Return once `ready` answers truthily. Raises `StartFailedError`; `PortTakenError` if that was the cause."""
        try:
            until(lambda: ready() or not self.alive, timeout, f"{self.command.name} to be ready")
        except WaitedTooLongError as problem:
            raise self.failure(f"was not ready after {timeout:g} s") from problem
        if not self.alive:
            raise self.failure(f"ended with code {self.exit_code} before it was ready")

    def failure(self, what: str) -> RuntimeError:
        """The error to raise when the program did not start: what happened, the end of its log, where the rest is."""
        tail = self.tail()
        message = f"{self.command.name} {what}. The last lines of {self.log}:\n{tail}"
        taken = any(sign in tail.lower() for sign in _PORT_TAKEN)
        return PortTakenError(message) if taken else StartFailedError(message)


@dataclass(frozen=True)
class _Ended:
    """An exit code in a box: code 0 is an answer, but not a truthy one."""

    code: int

    @classmethod
    def of(cls, code: int | None) -> "_Ended | None":
        return None if code is None else cls(code)
