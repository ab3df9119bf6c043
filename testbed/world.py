"""One workload with a contract, its traffic, and the hands of people: what the stories of the main job are told with."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from testbed.audit import Write
from testbed.cluster import Cluster, CommandFailedError
from testbed.operator_process import OperatorProcess
from testbed.people import ADMIN, ALICE, Person
from testbed.prometheus import Prometheus
from testbed.traffic import Traffic
from testbed.waiting import until

SECONDS = 60.0
FINAL = ("Denied", "Succeeded", "RolledBack", "Failed", "Inconclusive", "Expired", "Superseded")
LAST_LINES = 80
Manifest = dict[str, Any]


class Workload:
    """A namespace with one Deployment `name`, its traffic, and everything that people do to it."""

    name = "agent"

    def __init__(self, cluster: Cluster, namespace: str, prometheus: Prometheus) -> None:
        self.cluster = cluster
        self.namespace = namespace
        self.traffic = Traffic(prometheus, namespace)

    def apply(self, *manifests: Manifest, as_: Person = ADMIN) -> str:
        """`kubectl apply` of the manifests."""
        return self.cluster.kubectl("apply", "-f", "-", as_=as_, input=yaml.safe_dump_all(manifests))

    def get(self, kind: str, name: str = "", namespaced: bool = True) -> Manifest:
        """One object, or a list where no name is given."""
        where = ("-n", self.namespace) if namespaced else ()
        answer: Manifest = json.loads(
            self.cluster.kubectl("get", kind, *([name] if name else []), *where, "-o", "json")
        )
        return answer

    def deploy(self, replicas: int = 2, labels: Mapping[str, str] | None = None) -> None:
        """The Deployment, rolled out."""
        self.apply(deployment(self.namespace, self.name, replicas, labels or {}))
        self.cluster.kubectl("rollout", "status", f"deployment/{self.name}", "-n", self.namespace, "--timeout=30s")

    @property
    def replicas(self) -> int:
        """What the Deployment wants."""
        return int(self.get("deployment", self.name)["spec"]["replicas"])

    def plans(self) -> list[Manifest]:
        """All plans of the namespace, oldest first."""
        found: list[Manifest] = self.get("adaptationplans")["items"]
        return sorted(found, key=lambda plan: plan["metadata"]["creationTimestamp"])

    def plan(self, *phases: str, seconds: float = SECONDS) -> Manifest:
        """The first plan of the namespace, as soon as it is in one of the phases."""

        def probe() -> Manifest | None:
            plans = self.plans()
            return plans[0] if plans and phase(plans[0]) in phases else None

        return until(probe, seconds, f"a plan in {self.namespace} to be {' or '.join(phases)}")

    def review(
        self, plan: Manifest, decision: str = "Approved", as_: Person = ALICE, message: str = "", **review: str
    ) -> str:
        """A review, with plain `kubectl patch`."""
        entry = {"decision": decision, "digest": plan["spec"]["digest"], "message": message, **review}
        before = self.get("adaptationplan", plan["metadata"]["name"])["spec"].get("reviews", [])
        patch = json.dumps({"spec": {"reviews": [*before, entry]}})
        name = plan["metadata"]["name"]
        return self.cluster.kubectl(
            "patch", "adaptationplan", name, "-n", self.namespace, "--type=merge", "-p", patch, as_=as_
        )

    def refused(self, plan: Manifest, decision: str = "Approved", as_: Person = ALICE, **review: str) -> str:
        """What the server says to a review that it must refuse."""
        try:
            self.review(plan, decision, as_, **review)
        except CommandFailedError as error:
            return error.stderr
        raise AssertionError(f"the review by {as_.name} was accepted")

    def condition(self, kind: str, name: str, condition: str, namespaced: bool = True) -> Manifest:
        """One condition of an object; empty when it is not set."""
        known = self.get(kind, name, namespaced).get("status", {}).get("conditions", [])
        return next((each for each in known if each["type"] == condition), {})


class World(Workload):
    """A workload beside a running operator, whose writes can be counted."""

    def __init__(self, cluster: Cluster, operator: OperatorProcess, namespace: str, prometheus: Prometheus) -> None:
        super().__init__(cluster, namespace, prometheus)
        self.operator = operator

    def patches(self) -> list[str]:
        """The writes of the operator to the Deployment that were carried out, as far as the server could answer them."""
        return [str(write) for write in self._writes() if write.resource == "deployments" and write.succeeded]

    @property
    def changes(self) -> int:
        """How often the Deployment's spec was changed since it was made, whether or not anybody heard the answer."""
        return int(self.get("deployment", self.name)["metadata"]["generation"]) - 1

    def story(self) -> str:
        """For a test that failed: the contract, the plans, what the operator wrote here, and the end of its log."""
        objects = self.cluster.kubectl("get", "slacontracts,adaptationplans", "-n", self.namespace, "-o", "yaml")
        writes = "\n".join(str(write) for write in self._writes())
        return "\n".join((objects, writes, *self.operator.logs.splitlines()[-LAST_LINES:]))

    def _writes(self) -> list[Write]:
        known = self.cluster.writes(user=self.operator.user)
        return [write for write in known if write.namespace == self.namespace and not write.dry_run]


def phase(plan: Manifest) -> str:
    """The phase of a plan."""
    return str(plan.get("status", {}).get("phase", "Proposed"))


def deployment(namespace: str, name: str, replicas: int, labels: Mapping[str, str]) -> Manifest:
    """A Deployment whose pods KWOK makes ready."""
    pod = {"labels": {"app": name}}
    container = {"name": "worker", "image": "registry.k8s.io/pause:3.10"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name, **labels}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": pod, "spec": {"containers": [container]}},
        },
    }


def contract(world: Workload, by: int = 1, most: int = 10, within: str = "20s", **objective: Any) -> Manifest:
    """95 % of tasks succeed; a burn above 2 over 10 s and 3 s is a breach, answered by scaling."""
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": world.name}
    tier = {"long": "10s", "short": "3s", "factor": "2", "level": "Breach"}
    promise = {
        "name": "success",
        "target": "95",
        "window": {"rolling": "1h"},
        "minEvents": 20,
        "indicator": {
            "ratio": {
                "bad": world.traffic.selector("tasks_total", status="failed"),
                "total": world.traffic.selector("tasks_total"),
            }
        },
        "alerting": {"windows": [tier], "resolution": "1s"},
        **objective,
    }
    scale = {"type": "Scale", "scale": {"by": by, "max": most}}
    return {
        "apiVersion": "autonomic.maestro.dev/v1alpha1",
        "kind": "SLAContract",
        "metadata": {"name": "agent", "namespace": world.namespace},
        "spec": {
            "targetRef": ref,
            "objectives": [promise],
            "adaptations": [{"levels": ["Breach", "Exhausted"], "actions": [scale]}],
            "verification": {"settle": "1s", "within": within},
        },
    }


def playbook(world: Workload, mode: str = "Enforce") -> Manifest:
    """Restart the workload when it has been wedged for two seconds."""
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": world.name}
    trigger = {
        "name": "wedged",
        "type": "Prometheus",
        "prometheus": {"selector": world.traffic.selector("wedged")},
        "op": "GT",
        "value": "0",
        "for": "2s",
    }
    return {
        "apiVersion": "autonomic.maestro.dev/v1alpha1",
        "kind": "SelfHealingPlaybook",
        "metadata": {"name": "unwedge", "namespace": world.namespace},
        "spec": {
            "scope": "Infra",
            "mode": mode,
            "triggers": [trigger],
            "target": {"ref": ref},
            "actions": [{"type": "Restart", "restart": {}}],
            "cooldown": "10m",
            "verification": {"settle": "1s", "within": "20s"},
        },
    }


def redline(name: str, namespace: str, **spec: Any) -> Manifest:
    """A RedLine for one namespace, by its own name as a label."""
    scope = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    return {
        "apiVersion": "autonomic.maestro.dev/v1alpha1",
        "kind": "RedLine",
        "metadata": {"name": name},
        "spec": {"appliesTo": scope, **spec},
    }
