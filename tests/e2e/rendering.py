"""What Helm makes of the chart for a value or two, with no cluster."""

import json
import subprocess
from pathlib import Path
from typing import Any

import yaml

from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.installation import CHART, NAMESPACE
from testbed.programs.catalogue import HELM

Objects = dict[tuple[str, str], dict[str, Any]]
"""By kind and name."""


def helm_template(setting: str, value: object, *more: tuple[str, object]) -> subprocess.CompletedProcess[str]:
    """What Helm says, whether or not it takes the values."""
    ensure_built([HELM])
    command: list[str | Path] = [program_path(HELM), "template", "autonomic", CHART, "--namespace", NAMESPACE]
    given = [f"--set-json={name}={json.dumps(each)}" for name, each in ((setting, value), *more)]
    return subprocess.run([*command, *given], capture_output=True, text=True, check=False, timeout=60)


def rendered(setting: str, value: object, *more: tuple[str, object]) -> Objects:
    """Every object; Helm takes the values."""
    said = helm_template(setting, value, *more)
    assert said.returncode == 0, said.stderr
    found = (each for each in yaml.safe_load_all(said.stdout) if each)
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def pod(objects: Objects) -> dict[str, Any]:
    """The operator's pod: metadata and spec."""
    template: dict[str, Any] = objects["Deployment", "autonomic"]["spec"]["template"]
    return template
