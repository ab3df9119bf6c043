"""Brings everything up: control plane, agents, Prometheus, OPA, the chart, the operator, contracts."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from examples.demo.conductor import NAMESPACE, ROOT, Conductor, start_conductor
from examples.demo.narrator import Narrator
from testbed.build import ensure_built
from testbed.choice import open_cluster
from testbed.cluster import Cluster
from testbed.installation import await_kinds
from testbed.opa import Opa, start_opa
from testbed.operator_process import NAMESPACE as OPERATOR_NAMESPACE
from testbed.operator_process import OperatorProcess, start_operator
from testbed.people import ADMIN, Person
from testbed.prometheus import Prometheus, Scrape, start_prometheus
from testbed.run import Run

READY_SECONDS = 60


@dataclass(frozen=True)
class Stage:
    """Everything that runs, and the folder of its logs."""

    cluster: Cluster
    prometheus: Prometheus
    opa: Opa
    conductor: Conductor
    operator: OperatorProcess
    logs: Path
    narrator: Narrator

    def kubectl(self, person: Person, *arguments: str | Path) -> str:
        """Run and tell a kubectl command as that person; what it printed. Raises `CommandFailedError`."""
        return told_kubectl(self.cluster, self.narrator, person, *arguments)


def told_kubectl(cluster: Cluster, narrator: Narrator, person: Person, *arguments: str | Path) -> str:
    """Tell a kubectl command, run it as that person, tell and return its output. Raises `CommandFailedError`."""
    narrator.command(person.short, ("kubectl", *arguments))
    output = cluster.kubectl(*arguments, as_=person)
    narrator.output(output)
    return output


def set_stage(run: Run, narrator: Narrator) -> Stage:
    """Start everything; back when every loop turns. Raises `StartFailedError`, `CommandFailedError`."""
    ensure_built()
    narrator.heading("The stage")
    narrator.say("A Kubernetes control plane (etcd, API server, controllers, scheduler, KWOK for the pods) starts.")
    cluster = open_cluster(run)
    told_kubectl(cluster, narrator, ADMIN, "get", "nodes")
    conductor = _start_agents(run, cluster, narrator)
    narrator.say("Prometheus scrapes them every second; OPA serves the policies of this repository.")
    prometheus = start_prometheus(run, Scrape("conductor", (conductor.address,), "1s"))
    opa = start_opa(run, ROOT / "policies")
    _install(cluster, narrator)
    narrator.say("The operator runs beside the cluster as its own ServiceAccount, with its Deployment's environment.")
    operator = start_operator(run, cluster, prometheus.url, opa.url)
    stage = Stage(cluster, prometheus, opa, conductor, operator, run.logs, narrator)
    _promise(stage)
    return stage


def _start_agents(run: Run, cluster: Cluster, narrator: Narrator) -> Conductor:
    narrator.say("Four agents with two workers each, in a namespace that opts in by its label. Tasks begin to arrive.")
    told_kubectl(cluster, narrator, ADMIN, "apply", *manifests("namespace", "agents"))
    token = cluster.service_account_token(NAMESPACE, "conductor")
    return start_conductor(run, cluster.kubeconfig_for(token))


def _install(cluster: Cluster, narrator: Narrator) -> None:
    narrator.say("The chart brings kinds, RBAC, admission policies, a default RedLine and two loops, here in Enforce.")
    where = ("-n", OPERATOR_NAMESPACE, "--create-namespace")
    values = ("-f", shown_path("examples/demo/manifests/values.yaml"))
    command = ("install", "autonomic", shown_path("charts/autonomic"), *where, *values)
    narrator.command(ADMIN.short, ("helm", *command))
    narrator.output(cluster.helm(*command).split("NOTES:")[0].strip())


def _promise(stage: Stage) -> None:
    await_kinds(stage.cluster)
    stage.narrator.say("Three agents get a contract; one gets a playbook; the platform's owners draw one more RedLine.")
    files = manifests("triage-agent", "research-agent", "billing-agent", "redline", "playbook")
    stage.kubectl(ADMIN, "apply", *files)
    stage.narrator.say(
        "The loops turn once the operator has proved that it is guarded, by writes that must be refused."
    )
    await_all(stage, "controlloop", "condition=Ready")
    await_all(stage, "slacontract", "jsonpath={.status.worst.alert}=None")
    stage.kubectl(ADMIN, "get", "redlines,controlloops")
    stage.kubectl(ADMIN, "-n", NAMESPACE, "get", "slacontracts,selfhealingplaybooks")


def await_all(stage: Stage, kind: str, what: str) -> None:
    """Wait until all objects of that kind are as `what` says, in the words of `kubectl wait --for`."""
    stage.kubectl(ADMIN, "-n", NAMESPACE, "wait", kind, "--all", f"--for={what}", f"--timeout={READY_SECONDS}s")


def manifests(*names: str) -> Sequence[str]:
    """The arguments that name those files of the demo to kubectl."""
    return [word for name in names for word in ("-f", shown_path(f"examples/demo/manifests/{name}.yaml"))]


def shown_path(path: str) -> str:
    """A path of this repository as one would type it from here."""
    return os.path.relpath(ROOT / path)
