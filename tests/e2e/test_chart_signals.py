"""The chart's `signals`: what it renders is what the operator reads, and no secret is rendered."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from autonomic.environment.senders import read_senders
from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.installation import CHART, NAMESPACE
from testbed.programs.catalogue import HELM

FOLDER = "/etc/autonomic/senders"
PAGER = {
    "name": "pager",
    "bearerTokenFrom": {"secretKeyRef": {"name": "pager-login", "key": "password"}},
    "namespaces": ["shop", "*"],
}


def rendered(*senders: dict[str, Any], **others: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """Every object, by kind and name."""
    ensure_built([HELM])
    values = json.dumps({"senders": senders, **others})
    command: list[str | Path] = [program_path(HELM), "template", "autonomic", CHART, "--namespace", NAMESPACE]
    said = subprocess.run(
        [*command, "--set-json", f"signals={values}"], capture_output=True, text=True, check=False, timeout=60
    )
    assert said.returncode == 0, said.stderr
    found = (each for each in yaml.safe_load_all(said.stdout) if each)
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def pod(objects: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    """The spec of the operator's pod."""
    spec: dict[str, Any] = objects["Deployment", "autonomic"]["spec"]["template"]["spec"]
    return spec


def volumes(objects: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    """The pod's volumes by name."""
    return {each["name"]: each for each in pod(objects)["volumes"]}


def test_the_operator_reads_the_senders_that_the_chart_renders(tmp_path: Path) -> None:
    objects = rendered(PAGER)
    sources = volumes(objects)["senders"]["projected"]["sources"]
    assert sources[0] == {"configMap": {"name": "autonomic-senders"}}
    assert sources[1]["secret"] == {"name": "pager-login", "items": [{"key": "password", "path": "pager/token"}]}
    (tmp_path / "pager").mkdir()
    (tmp_path / "pager" / "token").write_text("a-long-enough-secret")
    text = objects["ConfigMap", "autonomic-senders"]["data"]["senders.yaml"]
    (tmp_path / "senders.yaml").write_text(text.replace(FOLDER, str(tmp_path)))
    (sender,) = read_senders(tmp_path / "senders.yaml")
    assert (sender.name, sender.namespaces) == ("pager", ("shop", "*"))
    env = {each["name"]: each.get("value") for each in pod(objects)["containers"][0]["env"]}
    assert env["AUTONOMIC_SIGNALS_SENDERS_FILE"] == f"{FOLDER}/senders.yaml"


def test_without_senders_there_is_a_log_and_nothing_else() -> None:
    objects = rendered()
    assert ("ConfigMap", "autonomic-senders") not in objects
    assert "senders" not in volumes(objects)
    assert volumes(objects)["signals"]["emptyDir"] == {"sizeLimit": "288Mi"}


def test_the_log_goes_to_the_volume_that_is_given() -> None:
    claim = {"persistentVolumeClaim": {"claimName": "signals"}}
    assert volumes(rendered(volume=claim))["signals"] == {"name": "signals", **claim}


@pytest.mark.parametrize("wrong", [{"namespaces": []}, {"namespaces": ["Shop"]}, {"name": "A"}, {"secret": "x"}])
def test_a_sender_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="signals"):
        rendered({**PAGER, **wrong})


def test_the_role_of_senders_lets_them_tell_and_see_nothing() -> None:
    (rule,) = rendered()["ClusterRole", "autonomic-sender"]["rules"]
    assert rule == {"apiGroups": ["autonomic.maestro.dev"], "resources": ["signals"], "verbs": ["create"]}
