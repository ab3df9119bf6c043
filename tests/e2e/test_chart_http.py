"""The chart's `http`: over TLS where a Secret is named, for whose tokens, and plain HTTP otherwise."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.installation import CHART, NAMESPACE
from testbed.programs.catalogue import HELM

FOLDER = "/etc/autonomic/http"


def rendered(**http: Any) -> subprocess.CompletedProcess[str]:
    """What helm makes of the values."""
    ensure_built([HELM])
    command: list[str | Path] = [program_path(HELM), "template", "autonomic", CHART, "--namespace", NAMESPACE]
    said = [*command, "--set-json", f"http={json.dumps(http)}"]
    return subprocess.run(said, capture_output=True, text=True, check=False, timeout=60)


def pod(**http: Any) -> dict[str, Any]:
    """The spec of the operator's pod."""
    answer = rendered(**http)
    assert answer.returncode == 0, answer.stderr
    found = (each for each in yaml.safe_load_all(answer.stdout) if each)
    (deployment,) = (each for each in found if each["kind"] == "Deployment")
    spec: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return spec


def env(spec: dict[str, Any]) -> dict[str, str | None]:
    """The operator's variables of the HTTP API."""
    known = {each["name"]: each.get("value") for each in spec["containers"][0]["env"]}
    return {name: value for name, value in known.items() if name.startswith("AUTONOMIC_HTTP_")}


def schemes(spec: dict[str, Any]) -> set[str]:
    """How the kubelet asks."""
    operator = spec["containers"][0]
    return {operator[f"{kind}Probe"]["httpGet"]["scheme"] for kind in ("startup", "liveness", "readiness")}


def test_a_secret_that_is_named_is_mounted_and_the_kubelet_asks_over_tls() -> None:
    spec = pod(tls={"certificateSecret": {"name": "autonomic-tls"}})
    files = {"AUTONOMIC_HTTP_CERTIFICATE_FILE": f"{FOLDER}/tls.crt", "AUTONOMIC_HTTP_KEY_FILE": f"{FOLDER}/tls.key"}
    assert files.items() <= env(spec).items()
    assert schemes(spec) == {"HTTPS"}
    (volume,) = (each for each in spec["volumes"] if each["name"] == "http-certificate")
    assert volume["secret"]["secretName"] == "autonomic-tls"
    mounts = {each["name"]: each for each in spec["containers"][0]["volumeMounts"]}
    assert mounts["http-certificate"] == {"name": "http-certificate", "mountPath": FOLDER, "readOnly": True}


def test_without_a_secret_it_is_plain_http_for_tokens_of_the_cluster() -> None:
    spec = pod()
    assert env(spec).keys() == {"AUTONOMIC_HTTP_HOST", "AUTONOMIC_HTTP_PORT"}
    assert schemes(spec) == {"HTTP"}


def test_audiences_are_handed_on() -> None:
    assert env(pod(audiences=["autonomic", "https://kubernetes.default.svc"]))["AUTONOMIC_HTTP_AUDIENCES"] == (
        "autonomic,https://kubernetes.default.svc"
    )


@pytest.mark.parametrize("wrong", [{"audience": ["a"]}, {"audiences": ["a,b"]}, {"audiences": [""]}, {"tls": True}])
def test_a_value_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    assert rendered(**wrong).returncode != 0
