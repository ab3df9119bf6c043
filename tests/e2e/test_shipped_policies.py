"""The policy engine as the chart starts it, over the ConfigMap as a kubelet mounts it."""

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests

from testbed.api import ApiError
from testbed.cache import program_path
from testbed.installation import CHART, NAMESPACE, Installation
from testbed.people import ROOT
from testbed.ports import LOOPBACK, with_free_ports
from testbed.process import Command
from testbed.programs.catalogue import OPA
from testbed.run import Run
from testbed.service import Service


def mounted(config: dict[str, str], folder: Path) -> Path:
    """Lays a ConfigMap out as a kubelet does: the files in a dated folder, links to them, and a link to the folder."""
    dated = folder / "..2026_01_01_00_00_00.000000001"
    dated.mkdir(parents=True)
    (folder / "..data").symlink_to(dated.name)
    for name, text in config.items():
        (dated / name).write_text(text)
        (folder / name).symlink_to(Path("..data") / name)
    return folder


def arguments(container: dict[str, Any], policies: Path, ports: list[int]) -> list[str]:
    """The arguments of the chart's container, with the ports and the folder of this machine."""
    replaced = {
        "--addr=127.0.0.1:8181": f"--addr={LOOPBACK}:{ports[0]}",
        "--diagnostic-addr=0.0.0.0:8282": f"--diagnostic-addr={LOOPBACK}:{ports[1]}",
        "/policies": str(policies),
    }
    assert replaced.keys() <= set(container["args"])
    return [replaced.get(argument, argument) for argument in container["args"]]


def test_the_engine_loads_what_the_chart_ships_and_names_its_revision(
    installed: Installation, testbed_run: Run, tmp_path: Path
) -> None:
    kubectl = installed.cluster.kubectl
    config = json.loads(kubectl("get", "configmap", "autonomic-policies", "-n", NAMESPACE, "-o", "json", as_=ROOT))[
        "data"
    ]
    deployment = json.loads(kubectl("get", "deployment", "autonomic", "-n", NAMESPACE, "-o", "json", as_=ROOT))
    template = deployment["spec"]["template"]
    (engine,) = [one for one in template["spec"]["containers"] if one["name"] == "opa"]
    folder = mounted(config, tmp_path / "policies")

    def start(ports: list[int]) -> tuple[Service, list[int]]:
        argv: list[str | Path] = [program_path(OPA), *arguments(engine, folder, ports)]
        health = f"http://{LOOPBACK}:{ports[1]}{engine['readinessProbe']['httpGet']['path']}"
        service = Service(testbed_run, Command("opa-of-the-chart", argv), lambda: _answers(health), 30)
        service.start()
        return service, ports

    service, ports = with_free_ports(2, start)
    try:
        url = f"http://{LOOPBACK}:{ports[0]}"
        answer = requests.get(f"{url}/v1/data/autonomic/decision", timeout=5).json()
        assert answer["result"]["allow"] is False
        assert answer["result"]["revision"] == template["metadata"]["annotations"]["checksum/policies"]
        assert answer["result"]["revision"].startswith("sha256:")
        _takes_policies_of_owners(url)
    finally:
        service.stop()


def _takes_policies_of_owners(url: str) -> None:
    text = 'package autonomic.owners.all\n\ndenials contains "no"\n\nloaded contains "all"\n'
    loaded = requests.put(f"{url}/v1/policies/autonomic-owners/all/all.rego", text, timeout=5)
    assert loaded.status_code == 200
    answer = requests.get(f"{url}/v1/data/autonomic/decision", timeout=5).json()["result"]
    assert "owners.all" in answer["rules"]
    assert "+owners." in answer["revision"]


def test_the_revision_of_the_policies_changes_with_what_they_are_told(installed: Installation) -> None:
    helm = installed.cluster.helm
    shown = ("--show-only", "templates/opa-policies.yaml")
    one = helm("template", "autonomic", CHART, *shown)
    other = helm("template", "autonomic", CHART, *shown, "--set", "policies.blastRadius.maxSteps=2")
    (first,), (second,) = (set(re.findall(r"sha256:[0-9a-f]{64}", text)) for text in (one, other))
    assert first != second


def test_the_operator_may_list_configmaps_in_its_own_namespace_and_nowhere_else(installed: Installation) -> None:
    assert installed.operator.get(f"/api/v1/namespaces/{NAMESPACE}/configmaps")["items"]
    with pytest.raises(ApiError, match="forbidden"):
        installed.operator.get("/api/v1/namespaces/default/configmaps")


def _answers(url: str) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(url, timeout=2).ok
    return False
