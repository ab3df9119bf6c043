"""The demo, run as a user runs it: four stories on a real control plane, and nothing left behind."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.demo.conductor import ROOT
from testbed.waiting import until

DEMO_SECONDS = 240
ENDINGS = {
    "triage-agent": "Succeeded",
    "research-agent": "RolledBack",
    "billing-agent": "Denied",
    "review-agent": "Succeeded",
}
PROGRAMS = {"etcd", "kube-apiserver", "prometheus", "opa"}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found by /proc")


def programs_with(mark: Path) -> set[str]:
    """The names of all programs that were started with this TMPDIR, or by one that was."""
    return set(_programs(f"TMPDIR={mark}\0".encode()))


def _programs(mark: bytes) -> Iterator[str]:
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and mark in (process / "environ").read_bytes():
                yield (process / "exe").readlink().name
        except OSError:
            continue  # it ended just now, or belongs to somebody else


def endings(told: str) -> dict[str, str]:
    """Agent and phase of every plan in the table under the last heading."""
    rows = [line.split() for line in told.partition("All four")[2].splitlines()]
    return {row[2]: row[1] for row in rows if len(row) > 2 and row[2].endswith("-agent")}


@pytest.mark.timeout(DEMO_SECONDS + 60)
def test_the_demo_ends_as_told_four_times_and_leaves_no_process(tmp_path: Path) -> None:
    told, errors = tmp_path / "told", tmp_path / "errors"
    environment = {**os.environ, "TMPDIR": str(tmp_path), "KEEP": "0"}
    with told.open("w") as out, errors.open("w") as err:
        demo = subprocess.Popen(
            [sys.executable, "-m", "examples.demo"], cwd=ROOT, env=environment, stdout=out, stderr=err
        )
    try:
        running = until(lambda: programs_with(tmp_path) >= PROGRAMS or demo.poll() is not None, 60, "programs to run")
        code = demo.wait(DEMO_SECONDS)
    finally:
        demo.terminate()
        demo.wait(60)

    summary = json.loads(told.read_text().splitlines()[-1])
    assert running
    assert (code, summary["ended_as_told"], summary["stories"]) == (0, 4, 4), told.read_text() + errors.read_text()
    assert endings(told.read_text()) == ENDINGS
    until(lambda: not programs_with(tmp_path), 60, "every process of the demo to be gone")
