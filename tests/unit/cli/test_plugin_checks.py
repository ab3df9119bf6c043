"""What doctor says of plug-ins: those that are installed where it runs, and how the operator gets on with its own."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from typer.testing import CliRunner

from autonomic import cli
from autonomic.adapters.telemetry.plugins import PluginCollector, standings
from autonomic.cli.doctor.plugins import examine_plugins
from autonomic.cli.doctor.surroundings import REAL
from autonomic.cli.doctor.verdicts import Check, Outcome
from autonomic.domain.errors import Unavailable
from autonomic.ports.plugins import PluginStanding
from autonomic.settings import Settings, SettingsError
from testbed.kubeconfig import with_token
from tests.contract.certificates import Authority, serving
from tests.contract.scripted_server import answering, http
from tests.unit.domain.specimens import loop_raw
from tests.unit.plugins.packages import BRITTLE, install

EARLY = PluginStanding("Loop", "Early", "early-bird 1.0.0", "Working")
SLEEPY = PluginStanding("Loop", "Sleepy", "brittle 0.1", "LeftAlone", failures=3)
DOWN = PluginStanding("Action", "step-down", "early-bird 1.0.0", "Failing", failures=1)
GONE = PluginStanding("Loop", "Gone", "brittle 0.1", "Broken")
TEXT = "Content-Type: text/plain\r\n"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cluster, no settings, and what is put on the path is gone with the test."""
    for name in [name for name in os.environ if name.startswith("AUTONOMIC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "missing"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "brittle", raising=False)


def page(*plugins: PluginStanding) -> str:
    """What an operator that has these renders."""
    registry = CollectorRegistry()
    registry.register(PluginCollector(lambda: plugins))
    return generate_latest(registry).decode()


def at(server: str, folder: Path) -> Settings:
    """Settings with a kubeconfig for what answers there."""
    with_token(folder / "config", server, folder / "none", "token")
    return Settings.read(kubeconfig=str(folder / "config"))


async def said(
    here: Sequence[PluginStanding], running: Sequence[PluginStanding] | None, settings: Settings | None = None
) -> list[Check]:
    """The checks, where these are installed, and the operator has those; None: it does not answer."""

    async def installed(_: Settings) -> tuple[PluginStanding, ...]:
        return tuple(here)

    async def seen(_: Settings) -> tuple[PluginStanding, ...]:
        if running is None:
            raise Unavailable("nobody there")
        return tuple(running)

    return await examine_plugins(replace(REAL, plugins=installed, running=seen), settings or Settings.read())


def outcomes(checks: list[Check]) -> dict[str, tuple[Outcome, str]]:
    """By name, without the first one, which counts."""
    return {each.name: (each.outcome, each.message) for each in checks[1:]}


async def test_where_there_is_none_and_no_operator_answers_that_is_no_fault() -> None:
    (only,) = await examine_plugins(REAL, Settings.read())
    assert (only.outcome, only.name) == (Outcome.OK, "plug-ins")
    assert "no plug-ins installed here; what the operator has is not known: no access to a cluster" in only.message


async def test_of_each_plug_in_of_the_operator_it_says_how_it_stands_and_what_to_do() -> None:
    checks = await said([], [EARLY, SLEEPY, DOWN, GONE])
    assert checks[0].message == "no plug-ins installed here, 4 in the operator that runs"
    assert outcomes(checks) == {
        "plug-in Action step-down": (Outcome.WARN, "early-bird 1.0.0 fails in the operator, 1 time so far"),
        "plug-in Loop Early": (Outcome.OK, "early-bird 1.0.0 works in the operator"),
        "plug-in Loop Gone": (Outcome.WARN, "brittle 0.1 is not used by the operator"),
        "plug-in Loop Sleepy": (
            Outcome.WARN,
            "brittle 0.1 failed 3 times, and the operator leaves it alone for a while",
        ),
    }
    assert [bool(each.remedy) for each in checks[1:]] == [True, False, True, True]


async def test_what_is_installed_here_and_unknown_to_the_operator_is_told_with_how_to_bring_it() -> None:
    _, check = await said([EARLY], [])
    assert (check.outcome, "plugins.image" in check.remedy) == (Outcome.WARN, True)


async def test_why_it_is_broken_is_known_where_it_is_installed() -> None:
    broken = replace(GONE, message="AttributeError: no gone")
    for running in ([GONE], None):
        check = (await said([broken], running))[1]
        assert (check.outcome, "AttributeError: no gone" in check.message) == (Outcome.WARN, True)
        assert check.remedy.startswith("correct or uninstall")


async def test_where_the_operator_does_not_answer_it_says_so_and_what_can_be_loaded_here() -> None:
    count, check = await said([EARLY], None)
    assert (count.outcome, count.message) == (
        Outcome.WARN,
        "1 plug-in installed here; what the operator has is not known: nobody there",
    )
    assert (check.outcome, check.message) == (Outcome.OK, "early-bird 1.0.0 can be loaded here")


def turned(type_: str, reason: str, message: str) -> dict[str, Any]:
    """A ControlLoop that is not ready for that."""
    told = {"type": "Ready", "status": "False", "reason": reason, "message": message}
    return {**loop_raw(type_), "status": {"conditions": [{**told, "lastTransitionTime": "2026-11-23T08:00:00Z"}]}}


async def test_control_loops_say_what_a_loop_fails_at_and_which_loop_is_nowhere(tmp_path: Path) -> None:
    loops = [
        turned("Sleepy", "PluginFailing", "it gave no answer within 2 s"),
        turned("Lost", "UnknownType", "no loop of type Lost is installed"),
        turned("Healing", "AdmissionUnproven", "nothing is executed"),
    ]
    async with answering(http(200, json.dumps({"items": loops, "metadata": {}}))) as server:
        told = outcomes(await said([], [SLEEPY], at(server.url, tmp_path)))
    assert told["plug-in Loop Sleepy"][1].endswith(": ControlLoop sleepy: it gave no answer within 2 s")
    assert told["plug-in Loop Lost"] == (Outcome.WARN, "ControlLoop lost: no loop of type Lost is installed")
    assert len(told) == 2


async def test_the_operator_is_asked_through_the_api_server_for_what_needs_no_token(tmp_path: Path) -> None:
    async with answering(http(200, page(EARLY, SLEEPY), TEXT)) as server:
        checks = await examine_plugins(REAL, at(server.url, tmp_path))
    assert [each.name for each in checks] == ["plug-ins", "plug-in Loop Early", "plug-in Loop Sleepy"]
    path = "/api/v1/namespaces/autonomic-system/services/http:autonomic:http/proxy/metrics"
    assert any(head.startswith(f"GET {path}") for head, _ in server.requests)


async def test_an_operator_behind_tls_is_found_as_well(tmp_path: Path) -> None:
    refused = http(503, '{"message": "malformed HTTP response"}')
    async with answering(http(200, page(EARLY), TEXT), first=refused) as server:
        settings = at(server.url, tmp_path)
        assert await REAL.running(settings) == (EARLY,)
    assert "/services/https:autonomic:http/proxy/metrics" in server.requests[-1][0]


@pytest.mark.parametrize("tls", [False, True])
async def test_in_the_operator_s_pod_its_own_replica_is_asked(tls: bool, tmp_path: Path) -> None:
    paper = Authority(tmp_path).issue("autonomic") if tls else None
    given: dict[str, str] = {"pod_name": "autonomic-0"}
    if paper:
        given |= {"http_certificate_file": str(paper.certificate), "http_key_file": str(paper.key)}
    async with answering(http(200, page(EARLY), TEXT), tls=serving(paper) if paper else None) as server:
        settings = Settings.read(http_port=str(urlsplit(server.url).port), **given)
        assert await REAL.running(settings) == (EARLY,)


async def test_a_replica_that_does_not_answer_is_named_by_its_address() -> None:
    with pytest.raises(Unavailable, match=r"no operator answers at http://127\.0\.0\.1:9/metrics"):
        await REAL.running(Settings.read(http_port="9", pod_name="autonomic-0"))


def test_how_plug_ins_stand_is_read_off_the_page_that_is_rendered() -> None:
    assert standings(page(EARLY, SLEEPY, DOWN, GONE)) == (EARLY, SLEEPY, DOWN, GONE)
    assert standings("<html>") == ()


def test_a_page_that_is_none_is_told() -> None:
    with pytest.raises(Unavailable, match="the page of metrics can't be read"):
        standings("autonomic_plugin{ x")


def test_packages_of_the_folder_are_looked_at_and_what_they_print_is_no_part_of_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(
        tmp_path, "brittle", f"print('hello')\n{BRITTLE}", loops={"Raising": "brittle:raising", "Gone": "brittle:no"}
    )
    monkeypatch.setenv("AUTONOMIC_PLUGINS_FOLDER", str(tmp_path))
    result = CliRunner().invoke(cli.app(run=lambda _: None), ["doctor", "-o", "json"])
    told = {each["name"]: each for each in json.loads(result.stdout)["checks"]}
    assert told["plug-in Loop Raising"]["outcome"] == "ok"
    assert "AttributeError" in told["plug-in Loop Gone"]["message"]
    assert "hello" in result.stderr


def test_a_folder_of_plug_ins_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AUTONOMIC_PLUGINS_FOLDER", str(tmp_path / "plugins"))
    with pytest.raises(SettingsError, match=r"AUTONOMIC_PLUGINS_FOLDER is '.*plugins': no folder is there: fill it"):
        Settings.read()
