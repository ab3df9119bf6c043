"""Every command, given what it can not use: a sentence and an exit code of its own, and never a stack trace."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner, Result

from autonomic import cli
from autonomic.settings import Settings

CLUSTER = {
    "plan approve": "x", "plan deny": "x", "plan diff": "x", "plan explain": "x", "plan undo": "x", "plan keep": "x",
    "plan pause": "x", "plan resume": "x", "plan top": "", "plan history": "", "cost report": "", "slo show": "x",
    "audit verify": "{text} --head cluster", "backtest": "", "doctor": "",
}  # fmt: skip
"""What asks a cluster, with what it needs beside it."""
FILES = {
    "slo import": "{file}", "slo export": "{file}", "slo rules": "{file}", "slo show": "x -f {file}",
    "playbook lint": "{file}", "playbook test": "{file} --signals {file}", "route simulate": "{file}",
    "simulate": "{file}", "backtest": "--contracts {file}", "audit verify": "{file}", "crds": "--check {file}",
}  # fmt: skip
"""What reads files."""
ALONE = {"run", "version", "cost idle"}
"""What reads neither; `run` reads settings alone (test_commands.py), `cost idle` asks Prometheus."""
UNFIT = {"text": b"hello", "yaml": b"a: b: [", "list": b"- 1\n- 2\n", "noise": bytes(range(128, 256)), "empty": b""}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Files that are none of ours, a folder, and one that is not there; nothing answers anywhere."""
    for name, content in UNFIT.items():
        (tmp_path / name).write_bytes(content)
    for server in ("PROMETHEUS", "OPA"):
        monkeypatch.setenv(f"AUTONOMIC_{server}_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "missing"))
    return {name: str(tmp_path / name) for name in (*UNFIT, "missing")} | {"folder": str(tmp_path)}


def run(command: str, arguments: str = "") -> Result:
    """What it printed, and its exit code."""
    return CliRunner().invoke(cli.app(run=_never), [*command.split(), *arguments.split()])


def _never(_: Settings) -> None:
    raise AssertionError("no operator is run here")


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command that does something, by its words. Typer brings a click of its own, whose types it does not show."""
    inside = getattr(command, "commands", {})
    for name, each in inside.items():
        yield from leaves(each, (*path, name))
    if not inside:
        yield " ".join(path), command


EVERY = dict(leaves(typer.main.get_command(cli.app(run=_never))))


def held(result: Result, codes: tuple[int, ...]) -> None:
    """It ended with one of these codes, said why, and showed no stack trace."""
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert (result.exit_code in codes, bool(result.output), "Traceback" in result.output) == (True, True, False)


def test_every_command_is_tried_here() -> None:
    assert EVERY.keys() == CLUSTER.keys() | FILES.keys() | ALONE


@pytest.mark.parametrize("command", EVERY)
def test_an_option_that_nothing_knows_is_named(command: str) -> None:
    result = run(command, "--nonsense")
    held(result, (2,))
    assert "No such option" in result.output


@pytest.mark.parametrize("kubeconfig", [*UNFIT, "missing", "folder"])
@pytest.mark.parametrize("command", CLUSTER)
def test_a_kubeconfig_that_can_not_be_used_ends_a_command_with_a_sentence(
    command: str, kubeconfig: str, files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", files[kubeconfig])
    held(run(command, CLUSTER[command].format(**files)), (1, 2, 5))


@pytest.mark.parametrize("kind", [*UNFIT, "missing", "folder"])
@pytest.mark.parametrize("command", FILES)
def test_a_file_that_can_not_be_used_ends_a_command_with_a_sentence(
    command: str, kind: str, files: dict[str, str]
) -> None:
    codes = (0, 1, 2, 3) if kind == "empty" else (1, 2, 3)  # of nothing, nothing is wrong
    result = run(command, FILES[command].format(file=files[kind]))
    if result.output or kind != "empty":
        held(result, codes)


@pytest.mark.parametrize("asked", ["requests_total", "requests_total{", "a b"])
def test_a_prometheus_that_gives_no_answer_is_named_and_a_selector_that_is_none_too(
    asked: str, files: dict[str, str]
) -> None:
    result = CliRunner().invoke(cli.app(run=_never), ["cost", "idle", asked])
    held(result, (1, 2))
    assert ("127.0.0.1:9" in result.output) == (result.exit_code == 1)


@pytest.mark.parametrize(
    "command", [name for name, each in EVERY.items() if any(o.name == "output" for o in each.params)]
)
def test_what_has_a_form_has_json_and_yaml_and_names_them_where_another_is_asked_for(command: str) -> None:
    if command == "slo rules":  # its forms are those of two programs
        return
    result = run(command, f"-o nonsense {(CLUSTER | FILES).get(command, 'x')}")
    held(result, (2,))
    assert "'json'" in result.output
    assert "'yaml'" in result.output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_is_told_how_to_complete(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_AUTONOMIC_COMPLETE", f"source_{shell}")
    result = CliRunner().invoke(cli.app(run=_never), [], prog_name="autonomic")
    assert (result.exit_code, "_AUTONOMIC_COMPLETE" in result.output) == (0, True)


def test_words_are_completed_and_a_cluster_that_is_shut_offers_no_names(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def offered(words: str) -> str:
        monkeypatch.setenv("_AUTONOMIC_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
        return CliRunner().invoke(cli.app(run=_never), [], prog_name="autonomic").output

    assert set(offered("autonomic p").split()) >= {"plan", "playbook"}
    assert offered("autonomic slo show a").strip() == ""
