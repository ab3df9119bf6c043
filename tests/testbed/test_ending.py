"""A whole cluster, from the shell: it comes up, tells how to use it, and leaves nothing when it ends."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from testbed import build
from testbed.kernel import descendants
from testbed.ports import is_listening
from testbed.process import Command, Process
from testbed.run import Run
from testbed.waiting import until

REPOSITORY = Path(build.__file__).parent.parent
PROGRAMS = {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok", "prometheus", "opa"}
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found by /proc")


@dataclass(frozen=True)
class Up:
    """`python -m testbed up`, ready: the process, and the page that it printed."""

    process: Process

    @property
    def page(self) -> str:
        """What it printed."""
        return self.process.log.read_text()

    @property
    def logs(self) -> Path:
        """The folder of logs that the page names."""
        found = re.search(r"Logs are in (\S+) ", self.page)
        assert found is not None
        return Path(found[1])

    @property
    def ports(self) -> list[int]:
        """The ports of all addresses on the page."""
        return [int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", self.page)]

    def shell(self, command: str) -> str:
        """Follow the page in a shell: its `export` lines for the administrator, then `command`."""
        exports = [line.strip() for line in self.page.split("To be somebody else")[0].splitlines() if "export" in line]
        script = "\n".join([*exports, command])
        return subprocess.run(["/bin/sh", "-ec", script], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def up() -> Iterator[Up]:
    with Run() as run:
        argv = [sys.executable, "-m", "testbed", "up"]
        found = Up(run.start(Command("up", argv, os.environ, REPOSITORY)))
        found.process.await_ready(lambda: "Ctrl-C" in found.page, 90)
        yield found


def program_of(pid: int) -> str:
    return Path(f"/proc/{pid}/exe").readlink().name


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_a_whole_cluster_can_be_used_from_a_shell_and_leaves_nothing_behind(up: Up, how: signal.Signals) -> None:
    assert "testbed-node" in up.shell("kubectl get nodes; helm list --all-namespaces")
    processes = descendants(up.process.pid)
    assert set(map(program_of, processes)) >= PROGRAMS
    assert len(up.ports) == 3
    assert all(is_listening(port) for port in up.ports)

    up.process.signal(how)
    up.process.wait(30)

    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in processes), 30, "every process to be gone")
    assert not any(is_listening(port) for port in up.ports)
    assert not (up.logs.parent / "data").exists()
    assert {file.stem for file in up.logs.glob("*.log")} >= PROGRAMS


def test_the_path_of_a_program_is_printed_for_scripts() -> None:
    command = [sys.executable, "-m", "testbed", "path", "kubectl"]
    answer = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert Path(answer.stdout.strip()).name == "kubectl"
    assert os.access(answer.stdout.strip(), os.X_OK)
