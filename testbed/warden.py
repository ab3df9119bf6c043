"""The supervisor of a run: a process of its own that owns every program and ends them all, however the run ends.

Run as `python -I -S warden.py CONTROL_FD PARENT_PID RUN_FOLDER`; standard library only, so that it starts at once.

    parent (pytest, a demo) --socket--> warden --> etcd, kube-apiserver, ... (each in a session of its own)
                                          ^
                          watcher --------+

- The parent dies, even by kill -9: the socket ends (and its pidfd fires), and the warden ends every program.
- The warden dies by kill -9: the kernel kills its children (PR_SET_PDEATHSIG); what those had started falls to the
  watcher, their subreaper, which ends it. The watcher dies: the warden is told by SIGTERM and ends the run.
- Orderly or not, the run's data goes and its logs stay.

Programs are ended in the reverse order of their start: SIGTERM, a bounded grace, SIGKILL, and then their whole session.
The parent speaks one JSON object a line and gets one back; see `_Warden.answer`.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_TICK_SECONDS = 0.02


class _Child:
    """One program: its process, and how long it may take over SIGTERM."""

    def __init__(self, popen: subprocess.Popen[bytes], grace: float) -> None:
        self.pid = popen.pid
        self.grace = grace
        self.code: int | None = None
        self._popen = popen

    def ended(self, code: int) -> None:
        """Remember how it ended; the object of the standard library must not wait for it again."""
        self.code = self._popen.returncode = code


class _Warden:
    """What the warden knows: the children in the order of their start."""

    def __init__(self) -> None:
        self.children: dict[int, _Child] = {}

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request: `start`, `poll`, `signal` or `stop` (see `process.py` for their meaning)."""
        try:
            handle: Callable[[dict[str, Any]], dict[str, Any]] = getattr(self, f"_{request['do']}")
            return handle(request)
        except (OSError, KeyError, AttributeError, ValueError) as problem:
            return {"error": f"{type(problem).__name__}: {problem}"}

    def _start(self, request: dict[str, Any]) -> dict[str, Any]:
        with Path(request["log"]).open("ab") as log:
            popen = subprocess.Popen(
                request["argv"],
                env=request["env"],
                cwd=request["cwd"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with(os.getpid()),
            )
        self.children[popen.pid] = _Child(popen, request["grace"])
        return {"pid": popen.pid}

    def _poll(self, request: dict[str, Any]) -> dict[str, Any]:
        self.reap()
        return {"code": self.children[request["pid"]].code}

    def _signal(self, request: dict[str, Any]) -> dict[str, Any]:
        self.reap()
        child = self.children[request["pid"]]
        if child.code is None:
            os.kill(child.pid, request["signal"])
        return {"code": child.code}

    def _stop(self, request: dict[str, Any]) -> dict[str, Any]:
        child = self.children[request["pid"]]
        self.end(child)
        return {"code": child.code}

    def reap(self) -> None:
        """Collect whatever has ended: programs of ours, and orphans that fell to us."""
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if pid in self.children:
                    self.children[pid].ended(os.waitstatus_to_exitcode(status))

    def end(self, child: _Child) -> None:
        """End one program and what it left in its session."""
        self._ask(child)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        while child.code is None:
            self.reap()
            time.sleep(_TICK_SECONDS if child.code is None else 0)

    def _ask(self, child: _Child) -> None:
        self.reap()
        if child.code is not None or child.grace <= 0:
            return
        # A program that a test has paused can't hear SIGTERM until it is let go.
        for number in (signal.SIGTERM, signal.SIGCONT):
            os.kill(child.pid, number)
        deadline = time.monotonic() + child.grace
        while child.code is None and time.monotonic() < deadline:
            time.sleep(_TICK_SECONDS)
            self.reap()

    def end_all(self) -> None:
        """End everything, the last started first, and then whatever escaped into a session of its own."""
        for child in reversed(self.children.values()):
            self.end(child)
        _end_descendants()


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _die_with(parent: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None)

    def arm() -> None:
        if sys.platform == "linux":
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arm


def _end_descendants() -> None:
    """SIGKILL and reap our children, again and again, until none is left: killing one may hand us its children."""
    while children := list(_own_children()):
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _own_children() -> Iterator[int]:
    for task in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):
            yield from map(int, task.read_text().split())


def _serve(control: socket.socket, parent: int) -> None:
    """Answer requests until the parent is gone or we are told to end; then end everything."""
    warden = _Warden()
    waker, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _: told.append(received))
    lines = control.makefile("rb")
    watched = [control.fileno(), waker, *_parent_handle(parent)]
    while not told:
        ready, _, _ = select.select(watched, [], [])
        if waker in ready:
            os.read(waker, 4096)
            warden.reap()
        if watched[0] in ready:
            line = lines.readline()
            if not line:
                break
            request = json.loads(line)
            answer = {**warden.answer(request), "number": request["number"]}
            control.sendall(json.dumps(answer).encode() + b"\n")
        if len(watched) > 2 and watched[2] in ready:
            break
    warden.end_all()


def _parent_handle(parent: int) -> list[int]:
    """A descriptor that becomes readable when the parent dies, where the system has such a thing.

    The socket alone is not enough: a process that the parent forked may hold its end open.
    """
    try:
        return [os.pidfd_open(parent)]
    except (AttributeError, OSError):
        return []


def _forward(warden: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(warden, signal.SIGTERM)


def _watch(warden: int, folder: Path) -> None:
    """Be there until the warden is gone, then end what it left."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: _forward(warden))
    with contextlib.suppress(ChildProcessError):
        os.waitpid(warden, 0)
    _end_descendants()
    shutil.rmtree(folder / "data", ignore_errors=True)


def main(control_fd: int, parent: int, folder: Path) -> None:
    """Hold the run's lock, split into watcher and warden, and serve."""
    # Both halves hold the lock: a run whose lock is free has nobody left who would clean up after it.
    # It takes its name only once it is held, so that it is never seen free before the end.
    unnamed = folder / "lock.new"
    lock = unnamed.open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    unnamed.rename(folder / "lock")
    control = socket.socket(fileno=control_fd)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    watcher = os.getpid()
    warden = os.fork()
    if warden:
        control.close()
        _watch(warden, folder)
        return
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    if os.getppid() == watcher:
        _serve(control, parent)
        shutil.rmtree(folder / "data", ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
