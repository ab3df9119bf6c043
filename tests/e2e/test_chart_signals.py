"""The chart's `signals`: what it renders is what the operator reads, and no secret is rendered."""

from pathlib import Path
from typing import Any

import pytest

from autonomic.environment.senders import read_senders
from tests.e2e.rendering import Objects, pod, rendered

FOLDER = "/etc/autonomic/senders"
PAGER = {
    "name": "pager",
    "bearerTokenFrom": {"secretKeyRef": {"name": "pager-login", "key": "password"}},
    "namespaces": ["shop", "*"],
}


def signals(*senders: dict[str, Any], **others: Any) -> Objects:
    """Every object."""
    return rendered("signals", {"senders": senders, **others})


def volumes(objects: Objects) -> dict[str, Any]:
    """The pod's volumes by name."""
    return {each["name"]: each for each in pod(objects)["spec"]["volumes"]}


def test_the_operator_reads_the_senders_that_the_chart_renders(tmp_path: Path) -> None:
    objects = signals(PAGER)
    sources = volumes(objects)["senders"]["projected"]["sources"]
    assert sources[0] == {"configMap": {"name": "autonomic-senders"}}
    assert sources[1]["secret"] == {"name": "pager-login", "items": [{"key": "password", "path": "pager/token"}]}
    (tmp_path / "pager").mkdir()
    (tmp_path / "pager" / "token").write_text("a-long-enough-secret")
    text = objects["ConfigMap", "autonomic-senders"]["data"]["senders.yaml"]
    (tmp_path / "senders.yaml").write_text(text.replace(FOLDER, str(tmp_path)))
    (sender,) = read_senders(tmp_path / "senders.yaml")
    assert (sender.name, sender.namespaces) == ("pager", ("shop", "*"))
    env = {each["name"]: each.get("value") for each in pod(objects)["spec"]["containers"][0]["env"]}
    assert env["AUTONOMIC_SIGNALS_SENDERS_FILE"] == f"{FOLDER}/senders.yaml"


def test_without_senders_there_is_a_log_and_nothing_else() -> None:
    objects = signals()
    assert ("ConfigMap", "autonomic-senders") not in objects
    assert "senders" not in volumes(objects)
    assert volumes(objects)["signals"]["emptyDir"] == {"sizeLimit": "288Mi"}


def test_the_log_goes_to_the_volume_that_is_given() -> None:
    claim = {"persistentVolumeClaim": {"claimName": "signals"}}
    assert volumes(signals(volume=claim))["signals"] == {"name": "signals", **claim}


@pytest.mark.parametrize("wrong", [{"namespaces": []}, {"namespaces": ["Shop"]}, {"name": "A"}, {"secret": "x"}])
def test_a_sender_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="signals"):
        signals({**PAGER, **wrong})


def test_the_role_of_senders_lets_them_tell_and_see_nothing() -> None:
    (rule,) = signals()["ClusterRole", "autonomic-sender"]["rules"]
    assert rule == {"apiGroups": ["autonomic.maestro.dev"], "resources": ["signals"], "verbs": ["create"]}
