"""What takes longer says on a terminal what it is at, and nothing to a script."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from autonomic import cli
from autonomic.cli import waiting

COMMANDS = {
    "plan top": "asking the cluster",
    "plan history": "asking the cluster",
    "plan explain x": "asking the cluster",
    "plan diff x": "asking the cluster",
    "cost report": "asking the cluster",
    "cost idle up": "asking Prometheus",
    "slo show x": "asking Prometheus",
    "audit verify {file}": "following the journal",
    "simulate {file}": "trying",
    "doctor": "looking",
}


def said(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> str:
    """What is drawn on the standard error while it runs; nothing answers anywhere."""
    (folder / "file.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n")
    drawn = Console(file=StringIO(), force_terminal=terminal, stderr=False)
    monkeypatch.setattr(waiting, "err", drawn)
    monkeypatch.setenv("KUBECONFIG", str(folder / "missing"))
    for server in ("PROMETHEUS", "OPA"):
        monkeypatch.setenv(f"AUTONOMIC_{server}_URL", "http://127.0.0.1:9")
    CliRunner().invoke(cli.app(run=lambda _: None), command.format(file=folder / "file.yaml").split())
    assert isinstance(drawn.file, StringIO)
    return drawn.file.getvalue()


@pytest.mark.parametrize(("command", "words"), COMMANDS.items())
def test_a_terminal_is_told_what_goes_on(
    command: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f"{words} ..." in said(command, tmp_path, monkeypatch, terminal=True)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_script_is_told_nothing_of_it(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(command, tmp_path, monkeypatch, terminal=False) == ""
