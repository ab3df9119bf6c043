"""The chart's `prometheus.servers`: what it renders is what the operator reads, and no Secret's content is rendered."""

import json
from pathlib import Path
from typing import Any

import pytest

from autonomic.environment.server import Basic, Bearer
from autonomic.environment.servers import read_servers
from tests.contract.certificates import Authority
from tests.e2e.rendering import helm_template, pod, rendered

FOLDER = "/etc/autonomic/prometheus-servers"
EU = {
    "name": "eu",
    "url": "https://thanos.eu:10443",
    "timeout": "20s",
    "auth": {"bearerTokenSecret": {"name": "login", "key": "word"}},
    "tls": {"caSecret": {"name": "authority", "key": "ca.crt"}, "certificateSecret": {"name": "ours"}},
    "headersSecret": {"name": "tenant", "key": "headers"},
    "parameters": {"partial_response": "false"},
}
US = {
    "name": "us",
    "url": "http://prometheus.us:9091",
    "concurrency": 2,
    "auth": {"username": "reader", "passwordSecret": {"name": "pass", "key": "word"}},
}


def test_the_operator_reads_what_the_chart_renders_out_of_mounted_secrets(tmp_path: Path) -> None:
    objects = rendered("prometheus.servers", [EU, US])
    authority = Authority(tmp_path)
    ours = authority.issue("ours")
    contents = {
        "eu/bearerTokenFile": b"t0ken",
        "eu/caFile": authority.file.read_bytes(),
        "eu/certificateFile": ours.certificate.read_bytes(),
        "eu/keyFile": ours.key.read_bytes(),
        "eu/headersFile": b"X-Scope-OrgID: shop",
        "us/passwordFile": b"geheim",
    }
    volumes = {each["name"]: each for each in pod(objects)["spec"]["volumes"]}
    secrets = [each["secret"] for each in volumes["prometheus-servers"]["projected"]["sources"]]
    assert {item["path"] for each in secrets for item in each.get("items", [])} == contents.keys()
    for path, content in contents.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    text = objects["Secret", "autonomic-prometheus-servers"]["stringData"]["servers.yaml"]
    (tmp_path / "servers.yaml").write_text(text.replace(FOLDER, str(tmp_path)))
    found = read_servers(tmp_path / "servers.yaml", 10.0, 4)
    eu, us = found["eu"], found["us"]
    assert (eu.url, eu.timeout, eu.concurrency) == ("https://thanos.eu:10443", 20.0, 4)
    assert eu.login == Bearer(tmp_path / "eu" / "bearerTokenFile")
    assert eu.tls.certificate_file == tmp_path / "eu" / "certificateFile"
    assert (eu.headers, eu.parameters) == ({"X-Scope-OrgID": "shop"}, {"partial_response": "false"})
    assert (us.concurrency, us.login) == (2, Basic("reader", tmp_path / "us" / "passwordFile"))


def test_the_operator_is_told_where_the_file_is_and_starts_anew_when_the_list_changes() -> None:
    one, two = pod(rendered("prometheus.servers", [US])), pod(rendered("prometheus.servers", [US, EU]))
    operator = one["spec"]["containers"][0]
    assert {"name": "AUTONOMIC_PROMETHEUS_SERVERS_FILE", "value": f"{FOLDER}/servers.yaml"} in operator["env"]
    assert {"name": "prometheus-servers", "mountPath": FOLDER, "readOnly": True} in operator["volumeMounts"]
    assert one["metadata"]["annotations"] != two["metadata"]["annotations"]


def test_every_server_is_reached_at_its_port() -> None:
    rules = rendered("prometheus.servers", [EU, US])["NetworkPolicy", "autonomic"]["spec"]["egress"]
    assert [{"port": 9090}, {"port": 10443}, {"port": 9091}] in [each["ports"] for each in rules]


def test_without_further_servers_nothing_of_them_is_rendered() -> None:
    objects = rendered("prometheus.servers", [])
    assert ("Secret", "autonomic-prometheus-servers") not in objects
    assert "prometheus-servers" not in json.dumps(list(objects.values()))


@pytest.mark.parametrize(
    ("server", "named"),
    [
        ({"name": "eu"}, "url"),
        ({**US, "name": "default"}, "'/prometheus/servers/0/name'"),
        ({**US, "token": "geheim"}, "token"),
        ({**US, "auth": {"username": "reader"}}, "us needs username and passwordSecret together"),
        ({**EU, "url": "http://thanos.eu"}, "eu has tls and the url http://thanos.eu: write https://"),
        ({**EU, "headers": {"X-Team": "a"}}, "eu names both headers and headersSecret"),
        ({**EU, "auth": {**EU["auth"], **US["auth"]}}, "eu names both bearerTokenSecret and passwordSecret"),  # type: ignore[dict-item]
    ],
)
def test_a_server_that_means_nothing_is_refused_by_name(server: dict[str, Any], named: str) -> None:
    said = helm_template("prometheus.servers", [server])
    assert said.returncode != 0
    assert named in said.stderr
