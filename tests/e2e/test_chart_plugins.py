"""The chart's `plugins`: packages of an image are copied to where the operator finds them, and it can't write them."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.plugins.discovery import LOOPS, discover, look_in
from autonomic.settings import variables
from tests.e2e.rendering import helm_template, pod, rendered
from tests.unit.plugins.packages import BRITTLE, install

FOLDER = "/opt/plugins"
DIGEST = f"sha256:{'0' * 64}"
IMAGE = {"repository": "registry.example.com/early-bird", "tag": "1.0.0"}


def spec(image: dict[str, str] | None = None, **values: Any) -> dict[str, Any]:
    """The spec of the operator's pod."""
    found: dict[str, Any] = pod(rendered("plugins", {"image": image or IMAGE, **values}))["spec"]
    return found


def env(container: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Its variables by name."""
    return {each["name"]: each for each in container["env"]}


def test_without_an_image_there_is_no_init_container_and_nothing_else() -> None:
    plain = spec({"repository": ""})
    assert "initContainers" not in plain
    assert "plugins" not in {each["name"] for each in plain["volumes"]}
    assert "AUTONOMIC_PLUGINS_FOLDER" not in env(plain["containers"][0])


def test_the_init_container_may_do_nothing_but_copy() -> None:
    found = spec()
    (init,) = found["initContainers"]
    assert init["image"] == "registry.example.com/early-bird:1.0.0"
    assert init["securityContext"] == found["containers"][0]["securityContext"]
    assert init["securityContext"]["readOnlyRootFilesystem"]
    assert found["securityContext"]["runAsNonRoot"]
    assert init["volumeMounts"] == [{"name": "plugins", "mountPath": FOLDER}]
    assert init["resources"] == found["containers"][0]["resources"]
    assert {"name": "plugins", "emptyDir": {"sizeLimit": "256Mi"}} in found["volumes"]


def test_the_operator_reads_them_and_is_told_where() -> None:
    operator = spec()["containers"][0]
    mounts = {each["name"]: each for each in operator["volumeMounts"]}
    assert mounts["plugins"] == {"name": "plugins", "mountPath": FOLDER, "readOnly": True}
    assert env(operator)["AUTONOMIC_PLUGINS_FOLDER"]["value"] == FOLDER
    assert "AUTONOMIC_PLUGINS_FOLDER" in variables()


def test_a_digest_wins_over_the_tag() -> None:
    (init,) = spec({**IMAGE, "digest": DIGEST})["initContainers"]
    assert init["image"] == f"{IMAGE['repository']}@{DIGEST}"


def test_what_the_command_copies_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source, target) = tmp_path / "image", tmp_path / "copied"
    source.mkdir()
    target.mkdir()
    install(source, "brittle", BRITTLE, loops={"Raising": "brittle:raising"})
    (init,) = spec(folder="/packages")["initContainers"]
    command = [each.replace("/packages", str(source)).replace(FOLDER, str(target)) for each in init["command"]]
    subprocess.run(command, check=True, timeout=30)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "brittle", raising=False)
    look_in(target)

    async def tell(*_: object) -> None:
        raise AssertionError("nothing was asked of it")

    (standing,) = asyncio.run(discover(LOOPS, (), SystemClock(), tell)).standings
    assert (standing.name, standing.package, standing.state) == ("Raising", "brittle 0.1", "Working")


def test_what_plug_ins_read_is_handed_on() -> None:
    secret = {"name": "PAGER_TOKEN", "valueFrom": {"secretKeyRef": {"name": "pager", "key": "token"}}}
    assert env(spec(env=[secret])["containers"][0])["PAGER_TOKEN"] == secret


def test_ports_that_plug_ins_ask_are_open_where_there_are_any() -> None:
    def ports(**image: str) -> list[int]:
        objects = rendered("plugins", {"image": image}, ("networkPolicy.pluginPorts", [5432]))
        rules = objects["NetworkPolicy", "autonomic"]["spec"]["egress"]
        return [each["port"] for rule in rules for each in rule.get("ports", ())]

    assert 5432 in ports(**IMAGE)
    assert 5432 not in ports()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"image": {"repository": "x"}}, "tag"),
        ({"image": {**IMAGE, "digest": "latest"}}, "digest"),
        ({"folder": "plugins"}, "folder"),
        ({"folder": "/plugins/"}, "folder"),
        ({"sizeMiB": 0}, "sizeMiB"),
        ({"packages": ["early-bird"]}, "packages"),
        ({"env": [{"name": "PYTHONPATH", "value": "/x"}]}, "env"),
        ({"env": [{"name": "AUTONOMIC_OPA_URL", "value": "http://x"}]}, "env"),
    ],
)
def test_a_value_that_means_nothing_or_changes_the_operator_is_refused(wrong: dict[str, Any], named: str) -> None:
    said = helm_template("plugins", wrong)
    assert said.returncode != 0
    assert named in said.stderr
