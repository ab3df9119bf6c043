"""Playbooks by code: a model, a manifest or JSON becomes a playbook that the healing loop turns."""

import ast
import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from autonomic.domain.errors import Invalid
from autonomic.domain.playbooks import SelfHealingPlaybook
from tests.playbooks.incident import LIBRARY
from tests.unit.cycle.world import World

DOCUMENTED = Path(__file__).parents[3] / "docs" / "playbooks.md"


def shipped() -> dict[str, Any]:
    """A playbook of the library."""
    raw: dict[str, Any] = yaml.safe_load((LIBRARY / "flaky-ci.yaml").read_text())
    return raw


@pytest.mark.parametrize("form", ["manifest", "JSON", "model"])
async def test_a_playbook_is_registered_in_every_form_and_read_back_the_same(form: str) -> None:
    raw = shipped()
    given: Any = {
        "manifest": raw,
        "JSON": json.dumps(raw),
        "model": SelfHealingPlaybook.read({**raw, "metadata": {**raw["metadata"], "namespace": "shop"}}),
    }[form]
    async with World() as world:
        world.start()
        made = await world.layer.healing.register_playbook(given, "shop")
        assert made.key == "shop/flaky-ci"
        assert made.metadata.uid
        held = world.layer.store.view(world.clock.now()).playbooks["shop/flaky-ci"]
        assert held.spec == made.spec


async def test_one_of_the_same_name_gets_the_new_spec_as_a_whole() -> None:
    raw = shipped()
    async with World() as world:
        world.start()
        before = await world.layer.healing.register_playbook(raw, "shop")
        raw["spec"]["target"] = {"ref": {"apiVersion": "batch/v1", "kind": "CronJob", "name": "it"}}
        after = await world.layer.healing.register_playbook(raw, "shop")
        assert after.metadata.uid == before.metadata.uid
        assert after.spec.target.from_signal is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"metadata": {}}, r"metadata\.name is missing"),
        ({"kind": "RedLine"}, "kind is 'RedLine'"),
        ({"spec": {}}, r"spec\.scope: Field required"),
        ({"spec": {**shipped()["spec"], "cooldown": "soon"}}, r"spec\.cooldown: .*'soon'"),
    ],
    ids=["nameless", "another kind", "empty", "misspelt"],
)
async def test_what_is_no_playbook_is_refused_by_the_field_and_leaves_nothing(change: Any, said: str) -> None:
    async with World() as world:
        world.start()
        held = dict(world.layer.store.view(world.clock.now()).playbooks)
        with pytest.raises(Invalid, match=said):
            await world.layer.healing.register_playbook({**shipped(), **change}, "shop")
        assert world.layer.store.view(world.clock.now()).playbooks == held


async def test_text_that_is_no_json_is_refused() -> None:
    async with World() as world:
        world.start()
        with pytest.raises(Invalid, match="no JSON: Expecting"):
            await world.layer.healing.register_playbook("{")
        with pytest.raises(Invalid, match="no JSON object"):
            await world.layer.healing.register_playbook("[]")


async def test_the_lines_of_the_documentation_run() -> None:
    (lines,) = re.findall(r"```python\n(.*?)```", DOCUMENTED.read_text(), re.DOTALL)
    async with World() as world:
        world.start()
        told: dict[str, Any] = {"layer": world.layer}
        running = eval(compile(lines, str(DOCUMENTED), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), told)  # noqa: S307 - our own
        assert inspect.iscoroutine(running)
        await running
        assert told["made"].key == "shop/failing-tasks"
