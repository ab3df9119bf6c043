"""Plug-ins where things are only supposed: the same plan as theirs, and nothing that one fails at hinders anybody."""

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from autonomic import cli
from autonomic.domain.words import LOOPS_ANNOTATION
from autonomic.ports.plugins import PluginStanding
from autonomic.sdk import AutonomicLayer
from tests.unit.domain.specimens import contract_raw, loop_raw, objective, redline_raw
from tests.unit.plugins.packages import install
from tests.unit.plugins.test_plugged import DOWN
from tests.unit.simulate.scenes import FAILING, NAMESPACE, OBJECTS

SETTINGS = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {
        "name": "settings",
        "namespace": "shop",
        "annotations": {"autonomic.maestro.dev/writable-keys": "mode"},
    },
    "data": {"mode": "full"},
}
POINTS = {
    "loops": {"Early": "early_again:EarlyLoop"},
    "actions": {"step-down": "early_again:StepDown"},
}
EXAMPLE = """
from examples.plugins.early_bird.action import StepDown
from examples.plugins.early_bird.loop import EarlyLoop
"""
HANGING = """
import threading

over = threading.Event()


class EarlyLoop:
    type = "Early"

    def monitor(self, view):
        return ()

    def analyze(self, loop, view, answers):
        over.wait()

    def pace(self, view):
        return None
"""


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs a package of that text."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "early_again", raising=False)
    return lambda text, **points: install(tmp_path, "early_again", text, **points)


def objects(loop: str) -> list[dict[str, Any]]:
    """A contract that keeps the plug-in's action for when its budget is gone, or lets the built-in loop have it sooner."""
    levels = ["Exhausted"] if loop == "Early" else ["Breach", "Exhausted"]
    contract = contract_raw(objectives=[objective()], adaptations=[{"levels": levels, "actions": [DOWN]}])
    named = {"name": "agent", "namespace": "shop", "annotations": {LOOPS_ANNOTATION: loop}}
    return [NAMESPACE, SETTINGS, redline_raw(), loop_raw(loop), OBJECTS[3], {**contract, "metadata": named}]


async def layer(loop: str = "Early") -> tuple[AutonomicLayer, tuple[PluginStanding, ...]]:
    """A layer in memory with the installed plug-ins, and how each stands."""
    made = AutonomicLayer()
    standings = await made.plug_in_installed()
    await made.apply(*objects(loop))
    return made, standings


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("loop", ["Early", "Reliability"])
async def test_a_plug_in_s_loop_and_action_take_part_in_a_simulation(
    packaged: Callable[..., None], loop: str, live: bool
) -> None:
    packaged(EXAMPLE, **POINTS)
    mine, standings = await layer(loop)
    assert {(each.kind, each.name, each.state) for each in standings} == {
        ("Loop", "Early", "Working"),
        ("Action", "step-down", "Working"),
    }
    outcome = await mine.simulate({"figures": [FAILING], **({} if live else {"objects": objects(loop)})}, live=live)
    (plan,) = outcome.plans
    assert (plan.loop, plan.action, plan.verdict) == (loop.lower(), "set a key (mode: full -> lean)", "RequireApproval")
    assert plan.because.startswith("Chosen by plug-in action step-down: ")
    assert plan.spec["requiresPerson"] is True
    await mine.stop()


async def test_a_loop_that_hangs_is_noted_and_hinders_no_other_simulation_and_not_itself_where_plans_are_made(
    packaged: Callable[..., None],
) -> None:
    packaged(HANGING, loops=POINTS["loops"])
    mine, _ = await layer()
    for why in ("it gave no answer within 2 s", "an earlier call has not come back yet, so no other one is begun"):
        outcome = await mine.simulate({"figures": [FAILING]})
        assert outcome.plans == ()
        assert f"plug-in Loop Early of early_again 0.1: {why}" in outcome.notes
    _, guard = mine.whole.loop_turn.plugins.loops["Early"]
    assert guard.standing.state == "Working"
    importlib.import_module("early_again").over.set()
    await mine.stop()


async def test_without_the_package_the_plan_is_not_made_and_it_says_what_is_missing() -> None:
    mine, standings = await layer("Reliability")
    outcome = await mine.simulate({"figures": [FAILING]})
    assert (standings, outcome.plans) == ((), ())
    assert any("no plug-in here brings an action step-down" in each.message for each in outcome.facts)
    await mine.stop()


def test_the_command_asks_what_is_installed_beside_it_or_in_the_operator_s_folder_and_no_print_spoils_its_answer(
    packaged: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged(f"print('hello'){EXAMPLE}", **POINTS)
    monkeypatch.setattr(sys, "path", sys.path[1:])
    monkeypatch.setenv("AUTONOMIC_PLUGINS_FOLDER", str(tmp_path))
    file = tmp_path / "shop.yaml"
    file.write_text(yaml.safe_dump_all(objects("Early")))
    command = ["simulate", str(file), "--error-ratio", "shop/agent=10%", "-o", "json"]
    result = CliRunner().invoke(cli.app(run=lambda _: None), command)
    (plan,) = json.loads(result.stdout)["plans"]
    assert (plan["loop"], plan["action"]) == ("early", "set a key (mode: full -> lean)")
    assert result.stderr.startswith("hello")


def test_a_plug_in_that_can_not_be_used_is_named_by_the_command(packaged: Callable[..., None], tmp_path: Path) -> None:
    packaged(EXAMPLE, loops={"Early": "early_again:Late"})
    file = tmp_path / "shop.yaml"
    file.write_text(yaml.safe_dump_all(objects("Early")))
    result = CliRunner().invoke(cli.app(run=lambda _: None), ["simulate", str(file)])
    assert (result.exit_code, "plug-in Loop Early of early_again 0.1 is not used: " in result.stderr) == (0, True)
