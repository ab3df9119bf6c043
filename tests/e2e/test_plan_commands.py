"""`kubectl autonomic`, by the real kubectl, with people's own tokens; and the journal that their plans leave."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest

from testbed.cache import program_path
from testbed.cluster import Cluster, local_cluster
from testbed.installation import enforce, install
from testbed.opa import Opa
from testbed.operator_process import OperatorProcess, start_operator
from testbed.people import ADMIN, ALICE, DAVE, Person
from testbed.programs.catalogue import KUBECTL
from testbed.prometheus import Prometheus
from testbed.run import Run
from testbed.waiting import until
from testbed.world import Manifest, World, contract, phase

PROGRAMS = Path(sys.executable).parent
SECONDS = 60
ENVIRONMENT = {"AUTONOMIC_INGESTION_DELAY": "1s", "AUTONOMIC_LEASE_SECONDS": "5", "AUTONOMIC_PLAN_EXPIRY": "5m"}
Answer = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Scene:
    """A cluster of its own with an operator that keeps a journal in a file."""

    cluster: Cluster
    operator: OperatorProcess
    journal: Path

    def run(self, *arguments: str, as_: Person = ALICE) -> Answer:
        """`kubectl ARGUMENTS`, without a terminal."""
        command = [str(program_path(KUBECTL)), *arguments]
        return subprocess.run(
            command,
            env=self.environment(as_),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )

    def autonomic(self, *arguments: str, as_: Person = ALICE) -> Answer:
        """`kubectl autonomic ARGUMENTS`."""
        return self.run("autonomic", *arguments, as_=as_)

    def verify(self, path: Path, *arguments: str) -> Answer:
        """`autonomic audit verify` of a journal, as an administrator."""
        return self.autonomic("audit", "verify", str(path), *arguments, as_=ADMIN)

    def typed(self, answer: str, *arguments: str, as_: Person = ALICE) -> tuple[int, str]:
        """`kubectl autonomic ARGUMENTS` at a terminal at which somebody types `answer`: its exit code, and the screen."""
        ours, theirs = pty.openpty()
        command = [str(program_path(KUBECTL)), "autonomic", *arguments]
        os.write(ours, f"{answer}\n".encode())
        code = subprocess.run(
            command, env=self.environment(as_), stdin=theirs, stdout=theirs, stderr=theirs, timeout=SECONDS, check=False
        ).returncode
        os.close(theirs)
        screen = b""
        while piece := _read(ours):
            screen += piece
        os.close(ours)
        return code, re.sub(r"\x1b\[[0-9;]*m", "", screen.decode())

    def environment(self, person: Person) -> dict[str, str]:
        """That of somebody who installed the plugin."""
        own = {"KUBECONFIG": str(self.cluster.kubeconfigs[person]), "KUBECACHEDIR": str(self.cluster.folder / "cache")}
        return {**os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}", "COLUMNS": "200", **own}


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux tells the end of a terminal so
        return b""


@pytest.fixture(scope="module")
def scene(prometheus: Prometheus, opa: Opa) -> Iterator[Scene]:
    """The chart, both loops in Enforce, and the operator."""
    with Run() as run:
        cluster = local_cluster(run)
        install(cluster)
        enforce(cluster, "2s")
        journal = run.data / "journal.jsonl"
        environment = {**ENVIRONMENT, "AUTONOMIC_JOURNAL": str(journal)}
        operator = start_operator(run, cluster, prometheus.url, opa.url, extra_env=environment)
        yield Scene(cluster, operator, journal)
        operator.stop()


@pytest.fixture
def world(scene: Scene, prometheus: Prometheus) -> Iterator[World]:
    """A workload of two replicas with healthy traffic, in a namespace of its own."""
    name = f"shop-{os.urandom(3).hex()}"
    scene.cluster.create_namespace(name)
    told = World(scene.cluster, scene.operator, name, prometheus)
    with told.traffic:
        told.deploy()
        yield told
    scene.cluster.delete_namespace(name)


def awaiting(world: World) -> Manifest:
    """A plan that waits for a person."""
    world.apply(contract(world, by=2))
    world.traffic.set(good=30, bad=20)
    return world.plan("AwaitingApproval")


def test_a_plan_is_read_approved_at_a_terminal_explained_and_undone(scene: Scene, world: World) -> None:
    plan = awaiting(world)
    name, there = plan["metadata"]["name"], ("-n", world.namespace)
    code, screen = scene.typed("y", "approve", name, *there, "-m", "load test")
    assert code == 0, screen
    assert plan["spec"]["digest"] in screen
    assert re.search(r"/spec/replicas +2 +4 +2", screen)
    assert f"approved {world.namespace}/{name} as alice@example.com" in screen
    until(lambda: world.replicas == 4, 60, "the Deployment to have 4 replicas")
    world.traffic.set(good=50, bad=0)
    assert phase(world.plan("Succeeded", "RolledBack", "Failed")) == "Succeeded"

    told = scene.autonomic("explain", name, *there).stdout
    for said in ("became Breach", "more than", "approved by alice@example.com: load test", "2 -> 4"):
        assert said in told
    times = re.findall(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)  ", told, re.MULTILINE)
    assert times == sorted(times)
    assert len(times) >= 7

    undone = scene.autonomic("undo", name, *there, "--yes", "-m", "the load test is over")
    assert undone.returncode == 0, undone.stderr
    world.plan("RolledBack")
    assert world.replicas == 2
    row = scene.autonomic("history", *there).stdout.splitlines()[1]
    assert re.search(rf"{name} +Deployment/agent +scale from 2 to 4 replicas +RolledBack +alice@example.com", row)


def test_events_tell_each_transition_once_and_in_order(scene: Scene, world: World) -> None:
    plan = awaiting(world)
    name = plan["metadata"]["name"]
    scene.autonomic("approve", name, "-n", world.namespace, "--yes")
    world.plan("Verifying", "Succeeded")
    world.traffic.set(good=50, bad=0)
    world.plan("Succeeded")
    wanted = ["PlanAwaitsApproval", "PlanExecuting", "PlanVerifying", "PlanSucceeded"]
    until(lambda: _told(world, plan)[-1:] and _told(world, plan)[-1][0] == wanted[-1], 60, "the last Event")
    told = _told(world, plan)
    assert len(set(told)) == len(told)
    # While a plan waits its reasons may change, as the budget does; each is told.
    assert [reason for reason, _ in groupby(reason for reason, _ in told)] == wanted
    described = world.cluster.kubectl("describe", "adaptationplan", name, "-n", world.namespace)
    shown = re.findall(r"(Plan[A-Z]\w+) +<?\d*", described[described.index("Events:") :])
    assert shown == [reason for reason, _ in told]


def _told(world: World, plan: Manifest) -> list[tuple[str, str]]:
    """Reason and message of each Event, in order of time."""
    chosen = f"involvedObject.uid={plan['metadata']['uid']}"
    answer = world.cluster.kubectl("get", "events", "-n", world.namespace, "--field-selector", chosen, "-o", "json")
    events = sorted(json.loads(answer)["items"], key=lambda event: event["eventTime"])
    return [(event["reason"], event["message"]) for event in events]


def test_nobody_is_asked_without_a_terminal_and_nothing_is_approved(scene: Scene, world: World) -> None:
    name = awaiting(world)["metadata"]["name"]
    answer = scene.autonomic("approve", name, "-n", world.namespace)
    assert answer.returncode == 2
    assert "give --yes" in answer.stderr
    code, screen = scene.typed("n", "approve", name, "-n", world.namespace)
    assert (code, "nothing was done" in screen) == (1, True)
    assert world.get("adaptationplan", name)["spec"]["reviews"] == []


def test_who_may_not_approve_is_told_so_in_a_sentence(scene: Scene, world: World) -> None:
    name = awaiting(world)["metadata"]["name"]
    answer = scene.autonomic("approve", name, "-n", world.namespace, "--yes", as_=DAVE)
    assert answer.returncode == 1
    assert re.search("dave@example.com may not review plans|ask for the ClusterRole autonomic-", answer.stderr)
    assert "Traceback" not in answer.stderr


def test_a_denied_plan_stays_denied(scene: Scene, world: World) -> None:
    name, there = awaiting(world)["metadata"]["name"], ("-n", world.namespace)
    assert scene.autonomic("deny", name, *there, "-m", "not during the sale").returncode == 0
    world.plan("Denied")
    late = scene.autonomic("approve", name, *there, "--yes")
    assert (late.returncode, "is Denied: you can approve a plan that is" in late.stderr) == (1, True)
    listed = json.loads(scene.autonomic("history", *there, "-o", "json", "--owner", "agent").stdout)["items"]
    assert [(each["outcome"], each["by"]) for each in listed] == [("Denied", "alice@example.com")]
    assert "not during the sale" in listed[0]["why"]


def test_a_target_that_moved_is_shown_before_anybody_says_yes(scene: Scene, world: World) -> None:
    name, there = awaiting(world)["metadata"]["name"], ("-n", world.namespace)
    scene.operator.stop()  # it would look again, and show the plan as it is now
    world.cluster.kubectl("scale", "deployment", world.name, "--replicas=3", *there)
    shown = scene.autonomic("diff", name, *there)
    assert shown.returncode == 0, shown.stderr
    assert (
        "the target moved: the plan was to scale from 2 to 4 replicas, now it would scale from 3 to 4" in shown.stdout
    )
    document = json.loads(scene.autonomic("diff", name, *there, "-o", "json").stdout)
    assert document["changes"][0]["fields"] == [{"path": "/spec/replicas", "before": "3", "after": "4", "live": "3"}]
    scene.operator.start()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("approve", "nothing", "--yes"), 3, "there is no plan nothing in namespace default"),
        (("explain", "nothing", "-n", "kube-system"), 3, "there is none at all: give its namespace with -n"),
        (("top", "--context", "elsewhere"), 2, "give --kubeconfig and --context"),
        (("top", "--kubeconfig", "/no/such/file"), 2, "set KUBECONFIG"),
        (("pause",), 2, "name the loops, or give --all"),
        (("pause", "reliabilty"), 3, "there is no loop reliabilty; there are cost, healing, reliability, rightsizing"),
        (("pause", "reliability"), 1, "ask for the ClusterRole autonomic-governor"),
    ],
)
def test_a_mistake_ends_with_its_code_and_the_way_out(
    scene: Scene, arguments: tuple[str, ...], code: int, said: str
) -> None:
    answer = scene.autonomic(*arguments)
    assert said in answer.stderr
    assert (answer.returncode, "Traceback" in answer.stderr) == (code, False)


def test_loops_are_paused_and_resumed_by_who_may_govern(scene: Scene) -> None:
    paused = scene.autonomic("pause", "--all", as_=ADMIN)
    assert paused.returncode == 0, paused.stderr
    looked = scene.autonomic("top", "-A")
    assert len(re.findall(r"Paused", looked.stdout)) == 4
    assert "was paused already" in scene.autonomic("pause", "healing", as_=ADMIN).stdout
    assert scene.autonomic("resume", "--all", as_=ADMIN).returncode == 0
    states = json.loads(scene.autonomic("top", "-o", "json").stdout)["loops"]
    assert all(each["state"] != "Paused" for each in states)


def test_names_are_completed_by_kubectl_itself(scene: Scene, world: World) -> None:
    name = awaiting(world)["metadata"]["name"]
    offered = scene.run("__complete", "autonomic", "approve", "-n", world.namespace, "").stdout
    assert offered.splitlines() == [name, ":4"]
    assert "explain" in scene.run("__complete", "autonomic", "ex").stdout
    assert "reliability" in scene.run("__complete", "autonomic", "pause", "rel").stdout


def test_plans_are_readable_in_120_columns(scene: Scene, world: World) -> None:
    long = contract(world, by=2)
    long["metadata"]["name"] = "payments-gateway"
    long["spec"]["objectives"][0]["name"] = "availability"
    world.apply(long)
    world.traffic.set(good=30, bad=20)
    name = world.plan("AwaitingApproval")["metadata"]["name"]
    scene.autonomic("deny", name, "-n", world.namespace)
    world.plan("Denied")
    listed = world.cluster.kubectl("get", "adaptationplans", "-n", world.namespace)
    assert max(len(line.rstrip()) for line in listed.splitlines()) <= 120, listed


def test_the_journal_is_whole_over_restarts_and_whatever_is_done_to_it_is_found(
    scene: Scene, world: World, tmp_path: Path
) -> None:
    name = awaiting(world)["metadata"]["name"]
    scene.autonomic("approve", name, "-n", world.namespace, "--yes")
    until(lambda: world.replicas == 4, 60, "the Deployment to have 4 replicas")
    scene.operator.kill9()
    scene.operator.start()
    world.traffic.set(good=50, bad=0)
    world.plan("Succeeded")
    scene.operator.restart()
    until(lambda: scene.verify(scene.journal, "--head", "cluster").returncode == 0, 60, "the head in the cluster")
    lines = scene.journal.read_bytes().splitlines(keepends=True)
    kinds = [json.loads(line)["kind"] for line in lines]
    for kind in (
        "Begun",
        "PlanProposed",
        "PlanAwaitsApproval",
        "PlanExecuting",
        "Apply",
        "PlanVerifying",
        "PlanSucceeded",
    ):
        assert kind in kinds

    copy = tmp_path / "journal"
    for changed, said in (
        ([*lines[:3], lines[3].replace(b"e", b"a", 1), *lines[4:]], "line 4: Edited"),
        ([*lines[:3], *lines[4:]], "line 4: Missing"),
        ([*lines[:3], lines[4], lines[3], *lines[5:]], "line 4: Reordered"),
        (lines[:2], "Cut: it ends with record 2"),
    ):
        copy.write_bytes(b"".join(changed))
        answer = scene.verify(copy, "--head", "cluster")
        assert (answer.returncode, said in answer.stdout) == (1, True), answer.stdout + answer.stderr
