"""Which pods are whose workers, as lists and watch events tell it; and how the program refuses to start."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from examples.conductor.cluster import PodTable, deployment_of
from examples.conductor.manifests import deployment, namespace
from examples.conductor.workers import Pod, Workload

ROOT = Path(__file__).parents[3]


def pod(uid: str, owner: str = "triage-agent", *, ready: bool = True, **metadata: Any) -> dict[str, Any]:
    return {
        "metadata": {
            "uid": uid,
            "labels": {"pod-template-hash": "7d4f9"},
            "ownerReferences": [{"kind": "ReplicaSet", "name": f"{owner}-7d4f9"}],
            **metadata,
        },
        "status": {"conditions": [{"type": "Ready", "status": "True" if ready else "False"}]},
    }


def test_a_table_holds_what_the_last_list_and_the_events_since_say() -> None:
    table = PodTable("demo")
    table.replace([pod("gone-before-the-list")])
    table.replace([pod("a"), pod("b")])
    table.apply("ADDED", pod("c", ready=False))
    table.apply("MODIFIED", pod("b", ready=False))
    table.apply("DELETED", pod("a"))
    assert table.of("triage-agent") == {Pod("b", ready=False), Pod("c", ready=False)}


def test_a_pod_that_is_being_deleted_exists_but_is_not_ready() -> None:
    table = PodTable("demo")
    table.replace([pod("a", deletionTimestamp="2026-01-01T00:00:00Z")])
    assert table.of("triage-agent") == {Pod("a", ready=False)}


def test_a_pod_without_conditions_is_not_ready() -> None:
    table = PodTable("demo")
    table.replace([pod("a") | {"status": {}}])
    assert table.of("triage-agent") == {Pod("a", ready=False)}


def test_pods_of_deployments_with_a_common_prefix_are_told_apart() -> None:
    table = PodTable("demo")
    table.replace([pod("a", owner="triage"), pod("b", owner="triage-agent")])
    assert table.of("triage") == {Pod("a", ready=True)}
    assert table.of("triage-agent") == {Pod("b", ready=True)}


@pytest.mark.parametrize(
    "metadata",
    [
        {"ownerReferences": []},
        {"ownerReferences": [{"kind": "StatefulSet", "name": "triage-agent-7d4f9"}]},
        {"ownerReferences": [{"kind": "ReplicaSet", "name": "triage-agent"}]},
        {"labels": {}},
    ],
)
def test_a_pod_that_no_deployment_made_belongs_to_none(metadata: dict[str, Any]) -> None:
    assert deployment_of(pod("a", **metadata)) is None


def test_the_namespace_of_an_agent_has_opted_in() -> None:
    assert namespace("demo")["metadata"]["labels"] == {"autonomic.maestro.dev/enabled": "true"}


def test_a_deployment_selects_the_pods_that_it_makes() -> None:
    made = deployment(Workload("demo", "triage-agent"), replicas=2)
    assert made["spec"]["selector"]["matchLabels"] == made["spec"]["template"]["metadata"]["labels"]
    assert (made["metadata"]["namespace"], made["spec"]["replicas"]) == ("demo", 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--agent", "triage-agent", "--port", "0"], "write namespace/name, such as demo/triage-agent"),
        (["--port", "0"], "--agent"),
        (["--agent", "demo/triage-agent", "--port", "0"], "KUBECONFIG leads to no cluster"),
    ],
)
def test_a_start_that_cannot_work_is_refused_with_the_way_out(
    arguments: list[str], message: str, tmp_path: Path
) -> None:
    environment = os.environ | {"KUBECONFIG": str(tmp_path / "absent")}
    command = [sys.executable, "-m", "examples.conductor", *arguments]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert message in ended.stderr
