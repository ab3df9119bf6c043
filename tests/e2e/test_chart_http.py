"""The chart's `http`: over TLS where a Secret is named, for whose tokens, and plain HTTP otherwise."""

from typing import Any

import pytest

from autonomic.settings import Settings
from tests.e2e.rendering import helm_template, pod, rendered

FOLDER = "/etc/autonomic/http"


def http(**values: Any) -> dict[str, Any]:
    """The spec of the operator's pod."""
    spec: dict[str, Any] = pod(rendered("http", values))["spec"]
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
    spec = http(tls={"certificateSecret": {"name": "autonomic-tls"}})
    files = {"AUTONOMIC_HTTP_CERTIFICATE_FILE": f"{FOLDER}/tls.crt", "AUTONOMIC_HTTP_KEY_FILE": f"{FOLDER}/tls.key"}
    assert files.items() <= env(spec).items()
    assert schemes(spec) == {"HTTPS"}
    (volume,) = (each for each in spec["volumes"] if each["name"] == "http-certificate")
    assert volume["secret"]["secretName"] == "autonomic-tls"
    mounts = {each["name"]: each for each in spec["containers"][0]["volumeMounts"]}
    assert mounts["http-certificate"] == {"name": "http-certificate", "mountPath": FOLDER, "readOnly": True}


def test_without_a_secret_it_is_plain_http_for_tokens_of_the_cluster() -> None:
    spec = http()
    assert not any(name.endswith(("_FILE", "_AUDIENCES")) for name in env(spec))
    assert schemes(spec) == {"HTTP"}


def test_audiences_are_handed_on() -> None:
    assert env(http(audiences=["autonomic", "https://kubernetes.default.svc"]))["AUTONOMIC_HTTP_AUDIENCES"] == (
        "autonomic,https://kubernetes.default.svc"
    )


def test_rates_are_handed_on_and_are_those_of_the_settings_where_nobody_says_otherwise() -> None:
    def rates(**values: Any) -> list[str | None]:
        known = env(http(**values))
        return [known[f"AUTONOMIC_HTTP_{name}_PER_SECOND"] for name in ("REQUESTS", "DECISIONS", "NEW_TOKENS")]

    settings = Settings()
    ours = settings.http_requests_per_second, settings.http_decisions_per_second, settings.http_new_tokens_per_second
    assert rates() == [str(each) for each in ours]
    assert rates(perSecond={"requests": 100, "decisions": 100_000, "newTokens": 50}) == ["100", "100000", "50"]


@pytest.mark.parametrize(
    "wrong",
    [{"audience": ["a"]}, {"audiences": ["a,b"]}, {"audiences": [""]}, {"tls": True}, {"perSecond": {"requests": 0}}],
)
def test_a_value_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    assert helm_template("http", wrong).returncode != 0
