"""The chart's `outlets`: what it renders is what the operator reads, and no Secret's content is rendered."""

import json
from pathlib import Path
from typing import Any

import pytest

from autonomic.environment.outlets import read_outlets
from tests.e2e.rendering import helm_template, pod, rendered

FOLDER = "/etc/autonomic/outlets"
ONCALL = {"name": "oncall", "type": "Channel", "urlFrom": {"secretKeyRef": {"name": "hook", "key": "where"}}}
CONDUCTOR = {
    "name": "conductor",
    "type": "Endpoint",
    "url": "http://conductor.maestro.svc/ask",
    "allowInsecure": True,
    "headers": {"X-Tenant": "shop"},
    "bearerTokenFrom": {"secretKeyRef": {"name": "login", "key": "token"}},
}


def test_the_operator_reads_what_the_chart_renders_out_of_mounted_secrets(tmp_path: Path) -> None:
    objects = rendered("outlets", [ONCALL, CONDUCTOR])
    for file in _mounted(objects):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("slack://TA1/TB2/TC3" if file.endswith("urlFile") else "t0ken")
    text = objects["Secret", "autonomic-outlets"]["stringData"]["outlets.yaml"]
    (tmp_path / "outlets.yaml").write_text(text.replace(FOLDER, str(tmp_path)))
    oncall, conductor = read_outlets(tmp_path / "outlets.yaml")
    assert (oncall.name, oncall.type, oncall.address().scheme) == ("oncall", "Channel", "slack")
    assert conductor.address().geturl() == "http://conductor.maestro.svc/ask"
    assert conductor.wire_headers() == {"X-Tenant": "shop", "Authorization": "Bearer t0ken"}


def _mounted(objects: dict[tuple[str, str], dict[str, Any]]) -> list[str]:
    volumes = {each["name"]: each for each in pod(objects)["spec"]["volumes"]}
    secrets = [source["secret"] for source in volumes["outlets"]["projected"]["sources"]]
    assert [each["name"] for each in secrets] == ["autonomic-outlets", "hook", "login"]
    return [item["path"] for each in secrets for item in each.get("items", [])]


def test_the_operator_is_told_where_the_file_is_and_starts_anew_when_the_list_changes() -> None:
    one, two = pod(rendered("outlets", [ONCALL])), pod(rendered("outlets", [ONCALL, CONDUCTOR]))
    operator = one["spec"]["containers"][0]
    assert {"name": "AUTONOMIC_OUTLETS_FILE", "value": f"{FOLDER}/outlets.yaml"} in operator["env"]
    assert {"name": "outlets", "mountPath": FOLDER, "readOnly": True} in operator["volumeMounts"]
    assert one["metadata"]["annotations"] != two["metadata"]["annotations"]


def test_outlets_are_reached_at_their_ports_and_never_at_link_local_addresses() -> None:
    rules = rendered("outlets", [ONCALL])["NetworkPolicy", "autonomic"]["spec"]["egress"]
    (rule,) = [each for each in rules if any("ipBlock" in peer for peer in each.get("to", []))]
    blocks = {peer["ipBlock"]["cidr"]: peer["ipBlock"]["except"] for peer in rule["to"] if "ipBlock" in peer}
    assert blocks == {"0.0.0.0/0": ["169.254.0.0/16"], "::/0": ["fe80::/10"]}
    assert rule["ports"] == [{"port": 443}]


def test_without_outlets_nothing_of_them_is_rendered() -> None:
    objects = rendered("outlets", [])
    assert ("Secret", "autonomic-outlets") not in objects
    assert "outlets" not in json.dumps(list(objects.values())).lower().replace("crd", "")


@pytest.mark.parametrize(
    ("outlet", "named"),
    [
        ({"name": "a", "type": "Channel"}, "outlet a needs exactly one of url and urlFrom"),
        ({**ONCALL, "url": "slack://x"}, "outlet oncall needs exactly one of url and urlFrom"),
        ({**ONCALL, "type": "Chanel"}, "'/outlets/0/type'"),
        ({**ONCALL, "token": "geheim"}, "token"),
        ({"name": "a", "type": "Channel", "urlFrom": {"secretKeyRef": {"name": "hook"}}}, "key"),
    ],
)
def test_an_outlet_that_means_nothing_is_refused_by_name(outlet: dict[str, Any], named: str) -> None:
    said = helm_template("outlets", [outlet])
    assert said.returncode != 0
    assert named in said.stderr
