"""What is read of processes is right, also while their threads come and go."""

import sys
from collections.abc import Iterator

import pytest

from testbed.kernel import children, descendants, still
from testbed.process import Command, Process
from testbed.run import Run
from testbed.waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are read from /proc")

# A program whose threads end as soon as they start, beside one child that stays.
RESTLESS = """
import subprocess, threading
print(subprocess.Popen(["sleep", "1000"]).pid, flush=True)
while True:
    threads = [threading.Thread(target=int) for _ in range(20)]
    for each in threads:
        each.start()
"""
LOOKS = 500


@pytest.fixture
def restless() -> Iterator[Process]:
    with Run() as run:
        yield run.start(Command("restless", [sys.executable, "-c", RESTLESS], grace=0.2))


def test_threads_that_end_while_they_are_looked_at_hide_no_child_and_stop_nobody(restless: Process) -> None:
    child = int(until(restless.tail, 10, "the child to run"))
    for _ in range(LOOKS):
        assert descendants(restless.pid) == children(restless.pid) == {child}
        assert not still(restless.pid)
