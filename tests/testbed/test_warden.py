"""However a run ends, nothing of it is left: no process, no listening port, no data; its logs stay."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from testbed import run as run_module
from testbed.kernel import children, descendants, gone
from testbed.ports import free_ports, is_listening
from testbed.process import Command
from testbed.run import Run
from testbed.waiting import until

REPOSITORY = Path(run_module.__file__).parent.parent
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the process tree is read from /proc")

# A parent that starts a listening program, one with a child, and one whose child fled into a session of its own.
PARENT = """
import json, os, sys
from testbed.ports import free_ports
from testbed.process import Command
from testbed.run import Run
from testbed.waiting import until

with Run() as run:
    (port,) = free_ports(1)
    server = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    run.start(Command("server", server))
    run.start(Command("stubborn", ["/bin/sh", "-c", "trap '' TERM; sleep 1000 & setsid sleep 1001 & wait"], grace=0.2))
    about = {"port": port, "folder": str(run.folder), "watcher": run.watcher_pid}
    print(json.dumps(about), flush=True)
    if sys.stdin.readline() == "fail\\n":
        raise SystemError("a test failed")
print("left", flush=True)
"""
PROGRAMS_OF_PARENT = 6


@dataclass(frozen=True)
class Started:
    """A parent with its run, and every process below the parent."""

    parent: subprocess.Popen[str]
    port: int
    folder: Path
    watcher: int
    processes: frozenset[int]

    @property
    def warden(self) -> int:
        """The inner half of the supervisor."""
        (pid,) = children(self.watcher)
        return pid

    def tell(self, line: str) -> None:
        """Write one line to the parent's standard input."""
        assert self.parent.stdin is not None
        self.parent.stdin.write(line + "\n")
        self.parent.stdin.close()

    def assert_nothing_is_left(self) -> None:
        """No process, no port, no data; but the logs."""
        until(lambda: all(map(gone, self.processes)), 20, "every process to be gone")
        assert not is_listening(self.port)
        until(lambda: not (self.folder / "data").exists(), 10, "the data to be gone")
        assert (self.folder / "logs" / "server.log").exists()


@pytest.fixture
def started() -> Iterator[Started]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=REPOSITORY, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as parent:
        assert parent.stdout is not None
        about = json.loads(parent.stdout.readline())
        until(lambda: is_listening(about["port"]), 20, "the server to listen")
        below = until(
            lambda: [found for found in [descendants(parent.pid)] if len(found) >= PROGRAMS_OF_PARENT],
            10,
            "all programs to run",
        )
        yield Started(parent, about["port"], Path(about["folder"]), about["watcher"], below[0])
        parent.kill()


def test_nothing_is_left_after_an_orderly_end(started: Started) -> None:
    started.tell("end")
    assert started.parent.wait(20) == 0
    assert all(map(gone, started.processes)), "the end of the run waits for its programs"
    started.assert_nothing_is_left()


def test_nothing_is_left_after_an_exception(started: Started) -> None:
    started.tell("fail")
    assert started.parent.wait(20) == 1
    started.assert_nothing_is_left()


@pytest.mark.parametrize(
    "how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda how: how.name
)
def test_nothing_is_left_after_the_parent_was_ended_by_a_signal(started: Started, how: signal.Signals) -> None:
    started.parent.send_signal(how)
    started.parent.wait(20)
    started.assert_nothing_is_left()


@pytest.mark.parametrize("half", ["warden", "watcher"])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_nothing_is_left_after_one_half_of_the_supervisor_was_ended(
    started: Started, half: str, how: signal.Signals
) -> None:
    os.kill(getattr(started, half), how)
    started.assert_nothing_is_left()
    assert not gone(started.parent.pid)


def test_nothing_is_left_when_a_forked_process_still_holds_the_parents_socket() -> None:
    forking = PARENT.replace(
        "    print(json",
        "    child = os.fork() or (os.close(1), os.execv('/bin/sleep', ['sleep', '2']))\n    print(json",
    )
    forking = forking.replace(
        "with Run() as run:", "with Run() as run:\n    os.set_inheritable(run._link._connection.fileno(), True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", forking], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        about = json.loads(parent.stdout.readline())
        until(lambda: is_listening(about["port"]), 20, "the server to listen")
        parent.kill()
        until(lambda: not is_listening(about["port"]), 1.5, "the server to be gone while the socket is still held")


def test_programs_and_data_are_gone_when_both_halves_of_the_supervisor_were_killed_at_once() -> None:
    (port,) = free_ports(1)
    with Run() as orphan:
        orphan.start(Command("server", [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]))
        until(lambda: is_listening(port), 20, "the server to listen")
        (warden,) = until(lambda: children(orphan.watcher_pid), 5, "the warden to run")
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in (warden, orphan.watcher_pid):
                os.kill(pid, number)
        until(lambda: gone(orphan.watcher_pid), 5, "the supervisor to be gone")
        until(lambda: not is_listening(port), 5, "the server to be gone")
        assert orphan.data.exists(), "nobody was left to remove it; the next run does"
        with Run() as following:
            assert not orphan.data.exists()
            assert following.data.exists()


def test_a_run_that_is_guarded_keeps_its_data_when_another_starts() -> None:
    with Run() as first, Run():
        assert first.data.exists()
