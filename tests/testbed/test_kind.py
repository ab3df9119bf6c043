"""What a cluster in containers needs: an engine that answers, and the image under the chart's name."""

import os
import subprocess
from pathlib import Path

import pytest

from testbed import kind
from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.programs.catalogue import HELM


def script(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


def test_a_client_without_its_daemon_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, "docker", "exit 1")
    script(tmp_path, "podman", "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert kind.container_engine() == "podman"


def test_the_image_is_loaded_under_the_name_that_the_chart_asks_for() -> None:
    ensure_built((HELM,))
    command = [str(program_path(HELM)), "template", str(kind.REPOSITORY / "charts" / "autonomic")]
    manifests = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    asked_for = kind.image_name().removeprefix("docker.io/library/")
    assert f"image: {asked_for}" in manifests.replace('"', "")
