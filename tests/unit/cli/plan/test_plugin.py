"""How kubectl finds the plugin, and asks it for completions."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

PROGRAMS = Path(sys.executable).parent


def complete(*words: str) -> list[str]:
    """What kubectl is offered for the last word."""
    # No cluster: a kubeconfig that is not there.
    environment = {"KUBECONFIG": "/no/such/file", "PATH": "/usr/bin:/bin"}
    command = [str(PROGRAMS / "kubectl_complete-autonomic"), *words]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert answer.stderr == ""
    return answer.stdout.splitlines()


@pytest.mark.parametrize("name", ["autonomic", "kubectl-autonomic", "kubectl_complete-autonomic"])
def test_the_programs_are_found_by_the_names_that_kubectl_looks_for(name: str) -> None:
    assert [each.name for each in entry_points(group="console_scripts", name=name)] == [name]


def test_commands_are_completed() -> None:
    assert complete("ex") == ["explain", ":4"]
    assert complete("")[:3] == ["approve", "deny", "diff"]


def test_where_no_cluster_answers_nothing_is_offered_and_nothing_is_printed() -> None:
    assert complete("approve", "") == [":4"]
    assert complete("pause", "re") == [":4"]
