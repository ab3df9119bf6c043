"""One incident through all four doors: the operator, its HTTP API, the command line, the library. One brain, one plan."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from typer.testing import CliRunner

from autonomic import cli
from autonomic.sdk import AutonomicLayer
from testbed.cache import program_path
from testbed.cluster import local_cluster
from testbed.installation import enforce, install
from testbed.kernel import children, gone
from testbed.opa import Opa
from testbed.operator_process import OperatorProcess, start_operator
from testbed.people import ADMIN, DAVE, ROOT
from testbed.programs.catalogue import OPA
from testbed.prometheus import Prometheus
from testbed.run import Run
from testbed.showcase import POLICIES
from testbed.waiting import until
from testbed.world import Workload

SECONDS = 60.0
KINDS = "redlines,controlloops,selfhealingplaybooks,deployments"
Manifest = dict[str, Any]
PLAYBOOK = {
    "apiVersion": "autonomic.maestro.dev/v1alpha1",
    "kind": "SelfHealingPlaybook",
    "spec": {
        "scope": "Task",
        "mode": "Enforce",
        "triggers": [{"name": "fails", "type": "Signal", "signal": {"type": "TaskFailureCount"}, "count": 2}],
        "target": {"ref": {"apiVersion": "apps/v1", "kind": "Deployment", "name": Workload.name}},
        "actions": [{"type": "Scale", "scale": {"by": 4, "max": 10}}],
    },
}
CALM = {
    "files": [
        {
            "name": "calm.rego",
            "rego": "package autonomic.owners.calm\n\n"
            'denials contains {"rule": "calm", "reason": "it is quiet here"} if input.steps\n',
        }
    ]
}
ENDLESS = """package autonomic.owners.endless

denials contains "never" if {
	input.steps
	all := numbers.range(1, 3000)
	count([1 | some a in all; some b in all; some c in all; a + b == c]) == 0
}
"""


@pytest.fixture(scope="module")
def operator(own_run: Run, prometheus: Prometheus, opa: Opa) -> Iterator[tuple[OperatorProcess, Workload]]:
    """An operator that leads, and a workload that it may act on."""
    cluster = local_cluster(own_run)
    install(cluster)
    enforce(cluster, "1s")
    cluster.create_namespace("doors")
    folder = own_run.data / "signals"
    folder.mkdir()
    env = {"AUTONOMIC_INGESTION_DELAY": "1ms", "AUTONOMIC_SIGNALS_FOLDER": str(folder)}
    started = start_operator(own_run, cluster, prometheus.url, opa.url, extra_env=env)
    yield started, Workload(cluster, "doors", prometheus)
    started.stop()


def _ask(operator: OperatorProcess, token: str, path: str, body: Any, kind: str = "application/json") -> httpx.Response:
    """What the operator answers, once it leads."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}

    def answered() -> httpx.Response | None:
        answer = httpx.post(operator.http_url + path, content=json.dumps(body), headers=headers, timeout=30)
        return None if answer.status_code == 503 else answer

    return until(answered, SECONDS, "the operator to lead", ignoring=(httpx.HTTPError,))


def _post(operator: OperatorProcess, world: Workload, path: str, body: Any, kind: str = "application/json") -> Manifest:
    """What it answers an administrator."""
    answer = _ask(operator, world.cluster.tokens[ADMIN], path, body, kind)
    assert answer.is_success, answer.text
    found: Manifest = answer.json()
    return found


def _by_the_operator(operator: OperatorProcess, world: Workload, times: list[datetime]) -> Manifest:
    """The signals are pushed; the plan waits for a person."""
    events = [
        {
            "specversion": "1.0", "type": "dev.maestro.signal.TaskFailureCount.v1", "source": "/doors", "id": str(number),
            "namespace": world.namespace, "time": at.isoformat(),
            "data": {"value": 1, "labels": {"deployment": world.name}},
        }
        for number, at in enumerate(times)
    ]  # fmt: skip
    _post(operator, world, "/autonomic/signals", events, "application/cloudevents-batch+json")
    return world.plan("AwaitingApproval")


def _supposed(world: Workload, times: list[datetime], at: datetime) -> list[Manifest]:
    """The same signals, as they are supposed at that moment."""
    return [
        {
            "type": "TaskFailureCount", "namespace": world.namespace, "labels": {"deployment": world.name},
            "ago": f"{int((at - each).total_seconds() * 1000)}ms",
        }
        for each in times
    ]  # fmt: skip


def _by_the_command(documents: list[Manifest], folder: Path, *options: str) -> Manifest:
    file = folder / "doors.yaml"
    file.write_text(yaml.safe_dump_all(documents))
    typed = CliRunner().invoke(cli.app(run=lambda _: None), ["simulate", str(file), *options, "-o", "json"])
    assert typed.exit_code == 0, typed.output
    answer: Manifest = json.loads(typed.stdout)
    return answer


async def _by_the_library(supposed: Manifest, opa: str, policies: Path | None = None) -> Manifest:
    async with AutonomicLayer(opa=opa, policies=policies) as layer:
        return (await layer.simulate(supposed, live=False)).wire()


@dataclass(frozen=True)
class Incident:
    """What happened, what the operator made of it, and the same as each other door is told it."""

    made: Manifest
    asked: Manifest
    """For the HTTP API: over what the operator knows; what it did then is supposed not to have happened."""
    given: Manifest
    """For the library: over what there was before anything happened."""

    @property
    def documents(self) -> list[Manifest]:
        """For the command line: the same as for the library, in a file."""
        told = {name: value for name, value in self.given.items() if name != "objects"}
        return [*self.given["objects"], {"apiVersion": PLAYBOOK["apiVersion"], "kind": "Scenario", **told}]

    def supposing(self, **more: Any) -> "Incident":
        """The same, with something more supposed."""
        return replace(self, asked={**self.asked, **more}, given={**self.given, **more})


@pytest.fixture(scope="module")
def incident(operator: tuple[OperatorProcess, Workload]) -> Incident:
    """A workload fails twice, and a playbook knows what to do."""
    process, world = operator
    world.deploy()
    world.apply({**PLAYBOOK, "metadata": {"name": "failures", "namespace": world.namespace}})
    objects = _objects(world)
    now = datetime.now(UTC).replace(microsecond=0)
    times = [now - timedelta(seconds=2), now - timedelta(seconds=1)]

    made = _by_the_operator(process, world, times)
    (wanted,) = [each for each in objects if each["kind"] == "SelfHealingPlaybook"]
    # All of the second in which the operator made it.
    at = datetime.fromisoformat(made["spec"]["expiresAt"]) - timedelta(hours=1) + timedelta(milliseconds=999)
    key = f"{world.namespace}/{made['metadata']['name']}"
    return Incident(
        made,
        asked={"at": at.isoformat(), "objects": [wanted], "without": [f"AdaptationPlan/{key}"]},
        given={"at": at.isoformat(), "objects": objects, "signals": _supposed(world, times, at)},
    )


def _objects(world: Workload) -> list[Manifest]:
    """What there is."""
    rows = json.loads(world.cluster.kubectl("get", KINDS, "-A", "-o", "json"))["items"]
    room = json.loads(world.cluster.kubectl("get", "namespace", world.namespace, "-o", "json"))
    return [room, *(each for each in rows if each["metadata"].get("namespace") in (None, world.namespace))]


def _same(spec: Manifest) -> Manifest:
    """The plan but for its nonce, and for the digest, which covers that."""
    return {name: value for name, value in spec.items() if name not in ("nonce", "digest", "reviews")}


def test_the_same_incident_gives_the_same_plan_through_every_door(
    operator: tuple[OperatorProcess, Workload], incident: Incident, opa: Opa, tmp_path: Path
) -> None:
    process, world = operator
    made = incident.made
    answers = [
        _post(process, world, "/autonomic/simulate", incident.asked),
        _by_the_command(incident.documents, tmp_path, "--opa", opa.url),
        asyncio.run(_by_the_library(incident.given, opa.url)),
    ]
    for answer in answers:
        assert [each["proposed"] for each in answer["plans"]] == [True], answer
        (plan,) = answer["plans"]
        assert plan["name"] == made["metadata"]["name"]
        assert plan["verdict"] == made["status"]["governance"]["verdict"] == "RequireApproval"
        assert plan["reasons"] == made["status"]["governance"]["reasons"]
        assert _same(plan["spec"]) == _same(made["spec"])
        assert plan["spec"]["nonce"] != made["spec"]["nonce"]
    assert [each["metadata"]["name"] for each in world.plans()] == [made["metadata"]["name"]]


def test_a_policy_that_nobody_has_applied_decides_the_same_through_every_door(
    operator: tuple[OperatorProcess, Workload], incident: Incident, tmp_path: Path
) -> None:
    process, world = operator
    program, quiet = str(program_path(OPA)), incident.supposing(policies=CALM)
    answers = [
        _post(process, world, "/autonomic/simulate", quiet.asked),
        _by_the_command(quiet.documents, tmp_path, "--opa", program, "--policies", str(POLICIES)),
        asyncio.run(_by_the_library(quiet.given, program, POLICIES)),
    ]
    assert [[plan["verdict"] for plan in each["plans"]] for each in answers] == [["Deny"]] * len(answers)
    assert {each["plans"][0]["reasons"][0] for each in answers} == {"owners.calm.calm: it is quiet here"}
    assert len({each["policies"]["revision"] for each in answers}) == 1


def test_who_may_view_one_namespace_simulates_there_and_nowhere_else(
    operator: tuple[OperatorProcess, Workload],
) -> None:
    process, world = operator
    role = ("--clusterrole=autonomic-viewer", f"--user={DAVE.name}", "--namespace", world.namespace)
    world.cluster.kubectl("create", "rolebinding", "dave-views", *role, as_=ROOT)
    token, path = world.cluster.tokens[DAVE], "/autonomic/simulate"
    here, there = f"{path}?namespace={world.namespace}", f"{path}?namespace=kube-system"
    assert _ask(process, token, here, {}).status_code == 200
    for elsewhere in (path, there, f"{there}&live=false"):
        answer = _ask(process, token, elsewhere, {})
        assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
        assert f"{DAVE.name} may not create simulations" in answer.json()["detail"]
    assert _ask(process, "invented", here, {}).status_code == 401
    refused = _ask(process, token, here, {"policies": CALM})
    assert (refused.status_code, f"{DAVE.name} may not create policies" in refused.json()["detail"]) == (403, True)


def test_an_operator_that_is_told_to_end_amid_a_simulation_ends_in_order_and_leaves_no_opa(
    operator: tuple[OperatorProcess, Workload], incident: Incident
) -> None:
    process, world = operator
    pid, token = process.service.process.pid, world.cluster.tokens[ADMIN]
    endless = incident.supposing(policies={"files": [{"name": "endless.rego", "rego": ENDLESS}]})
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(_once, process, token, endless.asked)
        (opa,) = until(lambda: _servers(pid), SECONDS, "the simulation's OPA", ignoring=(FileNotFoundError,))
        assert process.stop() == 0
        asked.result()
    assert gone(opa)
    process.start()


def _once(operator: OperatorProcess, token: str, body: Manifest) -> None:
    """Asks; an operator that ends may answer or not."""
    path = f"{operator.http_url}/autonomic/simulate"
    with suppress(httpx.HTTPError):
        httpx.post(path, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS)


def _servers(pid: int) -> list[int]:
    """Every OPA that a process has started to ask it, and that is there."""
    return [each for each in children(pid) if b"--server" in Path(f"/proc/{each}/cmdline").read_bytes()]
