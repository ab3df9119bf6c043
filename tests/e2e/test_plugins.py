"""The example package of plug-ins, installed and at work on a real control plane, beside packages that are broken and slow."""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from testbed.api import ApiError
from testbed.cluster import local_cluster
from testbed.installation import Installation, enforce, install
from testbed.opa import Opa
from testbed.operator_process import OperatorProcess, start_operator
from testbed.people import ADMIN, ROOT
from testbed.prometheus import Prometheus
from testbed.run import Run
from testbed.waiting import until
from testbed.world import World, contract, phase
from tests.unit.plugins import packages

EXAMPLE = Path(__file__).parents[2] / "examples" / "plugins"
LABEL = "autonomic.maestro.dev"
SECONDS = 120.0
GONE = {"kind": "Loop", "name": "Gone", "package": "brittle 0.1", "state": "Broken"}
LOOPS = {"Gone": "brittle:gone", "Sleepy": "brittle:Sleepy", "Healing": "brittle:healing"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the packages are installed: the example as anybody would, the others as an installer leaves them."""
    folder = tmp_path_factory.mktemp("plugins")
    offline = ("--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check", "--quiet")
    command: list[str | Path] = [sys.executable, "-m", "pip", "install", *offline, "--target", folder, EXAMPLE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    (folder / "drops").mkdir()
    packages.install(folder, "brittle", packages.BRITTLE, loops=LOOPS)
    return folder


@pytest.fixture(scope="module")
def installed(own_run: Run) -> Installation:
    """A cluster in which no other operator leads; the layer's own ReliabilityLoop leaves the contract to the plug-in's."""
    installed = install(local_cluster(own_run))
    enforce(installed.cluster)
    suspended = '{"spec": {"suspend": true}}'
    installed.cluster.kubectl("patch", "controlloop", "reliability", "--type=merge", "-p", suspended)
    return installed


@pytest.fixture(scope="module")
def operator(
    own_run: Run, installed: Installation, prometheus: Prometheus, opa: Opa, folder: Path
) -> Iterator[OperatorProcess]:
    environment = {
        "AUTONOMIC_INGESTION_DELAY": "1s",
        "AUTONOMIC_LEASE_SECONDS": "5",
        "EARLY_BIRD_NOTEBOOK": str(folder / "notes"),
        "EARLY_BIRD_DROPS": str(folder / "drops"),
        "AUTONOMIC_PLUGINS_FOLDER": str(folder),
    }
    process = start_operator(own_run, installed.cluster, prometheus.url, opa.url, extra_env=environment)
    yield process
    process.stop()


@pytest.fixture(scope="module")
def world(installed: Installation, operator: OperatorProcess, prometheus: Prometheus) -> Iterator[World]:
    """A workload with healthy traffic, and a ControlLoop for each of the loops that plug-ins bring."""
    namespace = f"test-{secrets.token_hex(4)}"
    installed.cluster.create_namespace(namespace)
    told = World(installed.cluster, operator, namespace, prometheus)
    with told.traffic:
        told.deploy()
        loops = [control_loop(name) for name in ("Early", "Sleepy", "Gone")]
        until(lambda: told.apply(*loops), SECONDS, "the kind to be served", ignoring=(ApiError,))
        yield told
    installed.cluster.delete_namespace(namespace)


def control_loop(kind: str) -> dict[str, Any]:
    """A ControlLoop of a type that a plug-in brings."""
    spec = {"type": kind, "mode": "Enforce", "interval": "2s"}
    return {
        "apiVersion": f"{LABEL}/v1alpha1",
        "kind": "ControlLoop",
        "metadata": {"name": kind.lower()},
        "spec": spec,
    }


def plugins(world: World) -> dict[str, dict[str, Any]]:
    """What the HTTP API says of each plug-in, by its name."""
    token = {"Authorization": f"Bearer {world.cluster.tokens[ADMIN]}"}
    answer = httpx.get(f"{world.operator.http_url}/autonomic/health", headers=token, timeout=30)
    assert answer.status_code == 200, answer.text
    return {each["name"]: each for each in answer.json()["plugins"]}


def ready(world: World, loop: str) -> bool:
    """Whether the ControlLoop is."""
    return bool(world.condition("controlloop", loop, "Ready", namespaced=False).get("status") == "True")


def failing(world: World, loop: str) -> str:
    """What the ControlLoop says is wrong with its plug-in, as soon as it does."""

    def told() -> str | None:
        found = world.condition("controlloop", loop, "Ready", namespaced=False)
        return str(found["message"]) if found.get("reason") == "PluginFailing" else None

    return until(told, SECONDS, f"ControlLoop {loop} to name its plug-in")


def mode(world: World) -> str:
    """The ConfigMap's key."""
    return str(world.get("configmap", "settings")["data"]["mode"])


def furnish(world: World) -> None:
    """A ConfigMap whose owner lets one key be changed, and a contract that lets the plug-in's loop in."""
    noted = {f"{LABEL}/writable-keys": "mode"}
    named = {"name": "settings", "namespace": world.namespace, "annotations": noted}
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": named, "data": {"mode": "full"}}
    down = {
        "type": "Plugin",
        "targetRef": {"apiVersion": "v1", "kind": "ConfigMap", "name": "settings"},
        "plugin": {"name": "step-down", "parameters": {"key": "mode", "steps": "full,lean,least"}},
    }
    tell = {"type": "Notify", "notify": {"channel": "notebook", "message": "the agent does less"}}
    promise = contract(world, within="60s")
    promise["metadata"]["annotations"] = {f"{LABEL}/loops": "Early"}
    promise["spec"]["adaptations"] = [{"levels": ["Exhausted"], "actions": [down, tell]}]
    world.apply(settings, promise)


def test_the_example_s_loop_proposes_its_action_and_a_person_s_yes_carries_it_out(world: World, folder: Path) -> None:
    until(lambda: ready(world, "early"), SECONDS, f"the loop to be ready; log: {world.operator.log}")
    furnish(world)
    world.traffic.set(good=10, bad=40)
    plan = world.plan("AwaitingApproval", seconds=SECONDS)
    assert plan["spec"]["controlLoop"] == "early"
    assert [each["type"] for each in plan["spec"]["actions"]] == ["SetConfig", "Notify"]
    assert plan["spec"]["requiresPerson"] is True
    assert plan["spec"]["justification"].startswith("Chosen by plug-in action step-down: ")
    assert mode(world) == "full"
    world.review(plan)
    until(lambda: mode(world) == "lean", SECONDS, "the key to be one step down")
    world.traffic.set(good=50, bad=0)
    done = world.plan("Succeeded", "RolledBack", "Failed", "Inconclusive", seconds=SECONDS)
    assert phase(done) == "Succeeded", done["status"]
    (line,) = (folder / "notes").read_text().splitlines()
    assert line.endswith("the agent does less")


def test_a_signal_that_the_example_s_source_reads_is_received_once(world: World, folder: Path) -> None:
    event = {
        "specversion": "1.0",
        "type": "dev.maestro.signal.TaskFailureCount.v1",
        "source": "/drops",
        "id": "1",
        "namespace": world.namespace,
        "data": {"value": 2, "labels": {"deployment": "agent"}},
    }
    (folder / "drops" / "1.tmp").write_text(json.dumps(event))
    (folder / "drops" / "1.tmp").rename(folder / "drops" / "1.json")
    again = 'autonomic_signals_duplicates_total{sender="plug-in drops"} '

    def page() -> str | None:
        text = httpx.get(f"{world.operator.http_url}/metrics").text
        return text if again in text and f"{again}0" not in text else None

    assert 'autonomic_signals_accepted_total{sender="plug-in drops"} 1\n' in until(page, SECONDS, "it to be read twice")


def test_a_broken_plug_in_is_named_by_the_api_the_metrics_an_event_and_its_control_loop(world: World) -> None:
    found = plugins(world)
    assert {**found["Gone"], **GONE} == found["Gone"]
    assert "AttributeError" in found["Gone"]["message"]
    assert "no plug-in replaces" in found["Healing"]["message"]
    assert {found[name]["state"] for name in ("Early", "step-down", "notebook", "drops")} == {"Working"}
    page = httpx.get(f"{world.operator.http_url}/metrics").text
    assert 'autonomic_plugin{kind="Loop",name="Gone",package="brittle 0.1",state="Broken"} 1.0' in page
    assert "plug-in Loop Gone of brittle 0.1" in failing(world, "gone")
    events = world.cluster.kubectl("get", "events", "-A", "--field-selector", "reason=PluginBroken", as_=ROOT)
    assert "Gone" in events


def test_a_plug_in_that_hangs_is_left_alone_while_the_other_loops_turn(world: World) -> None:
    until(lambda: plugins(world)["Sleepy"]["state"] == "LeftAlone", SECONDS, "the slow plug-in to be left alone")
    assert "plug-in Loop Sleepy of brittle 0.1" in failing(world, "sleepy")
    assert plugins(world)["Early"]["state"] == "Working"
    assert ready(world, "healing")


def test_doctor_in_the_operator_s_pod_lists_them_with_what_to_do_about_each(world: World) -> None:
    command = [sys.executable, "-m", "autonomic", "doctor", "-o", "json"]
    done = subprocess.run(command, env=dict(world.operator.env), capture_output=True, text=True, timeout=SECONDS)
    told = {each["name"]: each for each in json.loads(done.stdout)["checks"]}
    assert "7 in the operator that runs" in told["plug-ins"]["message"]
    works = {
        "plug-in Loop Early",
        "plug-in Action step-down",
        "plug-in Notifier notebook",
        "plug-in SignalSource drops",
    }
    assert {name for name, each in told.items() if each["message"].endswith(" works in the operator")} == works
    assert "AttributeError" in told["plug-in Loop Gone"]["message"]
    assert "no plug-in replaces" in told["plug-in Loop Healing"]["message"]
    sleepy = told["plug-in Loop Sleepy"]
    assert (sleepy["outcome"], "ControlLoop sleepy: plug-in Loop Sleepy" in sleepy["message"]) == (
        "warn",
        True,
    )
    assert all(each["remedy"] for each in told.values() if each["outcome"] == "warn")


def test_a_simulation_over_http_asks_them_too_and_one_that_hangs_holds_up_nobody(world: World) -> None:
    figure = {"contract": f"{world.namespace}/agent", "errorRatio": "50%", "lasting": "2h"}
    token = {"Authorization": f"Bearer {world.cluster.tokens[ADMIN]}"}
    for _ in range(2):
        url = f"{world.operator.http_url}/autonomic/simulate"
        answer = httpx.post(url, json={"figures": [figure]}, headers=token, timeout=60)
        assert answer.status_code == 200, answer.text
        outcome = answer.json()
        assert any(note.startswith("plug-in Loop Sleepy of brittle 0.1: ") for note in outcome["notes"])
        assert [(each["loop"], each["action"]) for each in outcome["plans"] if each["proposed"]] == [
            ("early", "set a key (mode: lean -> least), notify notebook")
        ], outcome
    assert plugins(world)["Early"]["state"] == "Working"
