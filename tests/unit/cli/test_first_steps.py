"""What somebody meets who has just installed the command: where clusters are looked for, and plain words for a slip."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autonomic import __version__, cli
from autonomic.adapters.kubernetes.connection import usual
from testbed.kubeconfig import with_token
from tests.unit.cli.test_mistakes import FILES

NOBODY = "http://127.0.0.1:9"
ASKING = ("doctor", "backtest --from 1d", "slo show x")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without anything in it, outside a pod."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AUTONOMIC_PROMETHEUS_URL", NOBODY)
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def run(command: str) -> Result:
    """What it printed, and its exit code."""
    return CliRunner().invoke(cli.app(run=lambda _: None), command.split())


def written(path: Path) -> Path:
    """A kubeconfig of a cluster that does not answer."""
    path.parent.mkdir(exist_ok=True)
    return with_token(path, NOBODY, path.parent / "none", "token")


@pytest.mark.parametrize("command", ASKING)
def test_a_cluster_is_found_where_kubectl_finds_it(command: str, home: Path) -> None:
    assert "set KUBECONFIG, or run in a pod" in run(command).output
    written(home / ".kube" / "config")
    assert "127.0.0.1:9" in run(command).output.replace("\n", "")


@pytest.mark.parametrize("command", ASKING)
def test_several_kubeconfigs_are_merged_as_kubectl_merges_them(
    command: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", f"{home}/missing:{written(home / 'config')}")
    assert "127.0.0.1:9" in run(command).output.replace("\n", "")


def test_what_is_named_and_a_pod_s_own_account_come_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_home = written(home / ".kube" / "config")
    assert usual(None) == at_home
    assert usual(Path("named")) == Path("named")
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    assert usual(None) is None


@pytest.mark.parametrize("command", [*ASKING, "plan top"])
def test_a_kubeconfig_that_is_none_is_told_in_words(command: str, home: Path) -> None:
    (home / ".kube").mkdir()
    (home / ".kube" / "config").touch()
    output = run(command).output
    assert "what is read as a kubeconfig is none" in output
    assert "object" not in output


@pytest.mark.parametrize("command", [name for name in FILES if name != "crds"])
def test_a_file_that_is_not_there_is_told_in_the_same_words_everywhere(command: str, home: Path) -> None:
    given = FILES[command].format(file=home / "missing", text=home / "missing")
    assert f"{home / 'missing'}: No such file or directory" in run(f"{command} {given}").output


def test_what_a_file_says_is_shown_as_it_stands_and_only_its_beginning(home: Path) -> None:
    (home / "passwd").write_text("root:x:0:0:root\n" * 1000)
    output = run(f"slo import {home / 'passwd'}").output
    assert "root:x:0:0:root" in output
    assert len(output) < 400


def test_the_version_is_an_option_too() -> None:
    assert run("--version").output == run("version").output == f"autonomic {__version__}\n"


def test_a_page_that_can_not_be_written_is_told_before_history_is_read(home: Path) -> None:
    contracts = home / "contracts"
    contracts.mkdir()
    result = run(f"backtest --from 1d --contracts {contracts} --html {home}/missing/page.html")
    assert (result.exit_code, result.output) == (2, f"{home}/missing: No such file or directory\n")


@pytest.mark.parametrize("at", ["yesterday", "2026-01-05T10:00:00", "1767607200", "2026-02-30T10:00:00Z"])
def test_a_moment_that_is_none_is_told_with_how_to_write_one(at: str, home: Path) -> None:
    (home / "shop.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n")
    result = run(f"simulate {home / 'shop.yaml'} --at {at}")
    assert result.exit_code == 2
    assert "at: write a time with its offset, such as 2026-11-23T08:00:00Z" in result.output


READERS = ("simulate", "slo import", "slo rules", "playbook lint", "backtest --contracts")
TENFOLD = "".join(f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 10)}]\n" for level in range(1, 12))
"""Eleven lines that stand for a hundred thousand million values."""


@pytest.mark.parametrize("text", [f"l0: &l0 [x]\n{TENFOLD}", "a: &a [1, *a]\n", "a: &a {b: *a}\n"])
@pytest.mark.parametrize("command", READERS)
def test_aliases_that_stand_for_more_than_anybody_means_are_refused(command: str, text: str, home: Path) -> None:
    (home / "many.yaml").write_text(text)
    result = run(f"{command} {home / 'many.yaml'}")
    assert (result.exit_code, "line 1: its aliases stand for more than 1,000,000 values" in result.output) == (2, True)


def test_an_alias_is_what_it_stands_for(home: Path) -> None:
    meta = "metadata: &meta {name: shop, labels: {autonomic.maestro.dev/enabled: 'true'}}"
    (home / "two.yaml").write_text(f"apiVersion: v1\nkind: Namespace\n{meta}\nspec: {{same: [*meta, *meta]}}\n")
    assert run(f"simulate {home / 'two.yaml'}").exit_code == 0


@pytest.mark.parametrize("text", ["[" * 5000, '{"a":' * 5000])
@pytest.mark.parametrize("command", READERS)
def test_what_is_nested_without_end_is_told_in_words(command: str, text: str, home: Path) -> None:
    (home / "deep.yaml").write_text(text)
    result = run(f"{command} {home / 'deep.yaml'}")
    assert (result.exit_code, "too many levels within one another" in result.output) == (2, True)


def test_a_kubeconfig_that_is_nested_without_end_is_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "deep").write_text("[" * 5000)
    monkeypatch.setenv("KUBECONFIG", str(home / "deep"))
    for command in ("doctor", "plan top"):
        assert "what is read as a kubeconfig is none" in run(command).output


def test_a_misspelt_kind_of_ours_is_never_taken_for_somebody_else_s(home: Path) -> None:
    contract = "apiVersion: autonomic.maestro.dev/v1alpha1\nkind: SLAcontract\nmetadata: {name: a, namespace: shop}\n"
    (home / "shop.yaml").write_text(contract)
    result = run(f"simulate {home / 'shop.yaml'}")
    assert result.exit_code == 2
    assert "has no such kind: it has AdaptationPlan, " in result.output
    assert "SLAContract" in result.output


def test_a_file_without_a_playbook_is_told(home: Path) -> None:
    (home / "empty.yaml").touch()
    result = run(f"playbook lint {home / 'empty.yaml'}")
    assert (result.exit_code, result.output) == (1, f"there is no playbook in {home / 'empty.yaml'}\n")


def test_who_thinks_better_of_it_sees_no_stack_trace() -> None:
    script = (
        "import os, signal, autonomic.__main__ as m, autonomic.cli as c\n"
        "c.app = lambda run: os.kill(os.getpid(), signal.SIGINT)\n"
        "m.main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout + done.stderr) == (130, "")
