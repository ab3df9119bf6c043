"""What a story does and looks at: by the real kubectl, as one of the testbed's people, with a deadline on every wait."""

import json
from dataclasses import dataclass
from typing import Any

from examples.demo.conductor import NAMESPACE, Conductor
from examples.demo.failure import NotAsToldError
from examples.demo.narrator import Narrator
from examples.demo.stage import Stage
from testbed.cluster import CommandFailedError
from testbed.people import ADMIN, Person
from testbed.waiting import WaitedTooLongError, until

PLAN_SECONDS = 30
PHASE_SECONDS = 45
HERE = ("-n", NAMESPACE)


@dataclass(frozen=True)
class Scene:
    """The stage, as a story sees it. Every expectation that fails raises `NotAsToldError`."""

    stage: Stage

    @property
    def narrator(self) -> Narrator:
        """Who tells it."""
        return self.stage.narrator

    @property
    def conductor(self) -> Conductor:
        """Who sets load and faults."""
        return self.stage.conductor

    def show(self, *arguments: str) -> str:
        """Tell and run a kubectl command of the administrator in the demo's namespace; its output."""
        return self.stage.kubectl(ADMIN, *HERE, *arguments)

    def await_plan(self, agent: str) -> str:
        """The name of the plan for that agent, once there is one."""
        try:
            plan = until(lambda: self._plans_of(agent), PLAN_SECONDS, f"a plan for {agent}")[0]
        except WaitedTooLongError as problem:
            raise NotAsToldError(f"a plan for {agent} within {PLAN_SECONDS} s", "none") from problem
        return str(plan["metadata"]["name"])

    def await_phase(self, plan: str, phase: str) -> None:
        """Wait, with kubectl, until the plan is in that phase."""
        wanted = f"--for=jsonpath={{.status.phase}}={phase}"
        self._wait("adaptationplan", plan, wanted, f"plan {plan} to be {phase}", plan)

    def await_pods(self, agent: str, ready: int, plan: str) -> None:
        """Wait, with kubectl, until that many pods of the agent are ready."""
        wanted = f"--for=jsonpath={{.status.readyReplicas}}={ready}"
        self._wait("deployment", agent, wanted, f"{ready} ready pods of {agent}", plan)

    def approve(self, plan: str, person: Person, message: str) -> None:
        """That person reads the plan and approves it with plain kubectl."""
        read = (*HERE, "get", "adaptationplan", plan, "-o")
        self.stage.kubectl(person, *read, "custom-columns=WHY:.spec.justification,FIGURES:.spec.evidence.summary")
        digest = self.stage.kubectl(person, *read, "jsonpath={.spec.digest}")
        review = {"decision": "Approved", "digest": digest.strip(), "message": message}
        body = json.dumps({"spec": {"reviews": [review]}}, separators=(",", ":"))
        self.stage.kubectl(person, *HERE, "patch", "adaptationplan", plan, "--type=merge", "-p", body)

    def show_life(self, plan: str) -> None:
        """Tell the Events of the plan, one for each step of its life."""
        self.show("events", "--for", f"adaptationplan/{plan}")

    def show_verified(self, plan: str) -> str:
        """Tell what the plan says of its verification; that sentence."""
        verified = 'jsonpath={.status.conditions[?(@.type=="Verified")].message}'
        return self.show("get", "adaptationplan", plan, "-o", verified)

    def show_reasons(self, plan: str) -> str:
        """Tell the reasons that governance gave; as JSON."""
        return self.show("get", "adaptationplan", plan, "-o", "jsonpath={.status.governance.reasons}")

    def status(self, plan: str) -> dict[str, Any]:
        """The plan's status as it is now; tells nothing."""
        answer = self._ask("get", "adaptationplan", plan, "-o", "json")
        status: dict[str, Any] = json.loads(answer)["status"]
        return status

    def replicas(self, agent: str) -> int:
        """The replicas that the agent's Deployment asks for; tells nothing."""
        return int(self._ask("get", "deployment", agent, "-o", "jsonpath={.spec.replicas}"))

    def pods(self, agent: str) -> frozenset[str]:
        """The UIDs of the agent's pods; tells nothing."""
        chosen = ("--selector", f"app.kubernetes.io/name={agent}", "-o", "jsonpath={.items[*].metadata.uid}")
        return frozenset(self._ask("get", "pods", *chosen).split())

    def failure_ratio(self, agent: str) -> float:
        """The share of the agent's tasks that failed in the last five seconds, as Prometheus has it."""
        tasks = f'conductor_tasks_total{{namespace="{NAMESPACE}",agent="{agent}"'
        failed, ended = f'sum(rate({tasks},status="failed"}}[5s]))', f"sum(rate({tasks}}}[5s]))"
        return self.stage.prometheus.value(f"{failed} / {ended}") or 0.0

    def expect_only(self, plan: str, agent: str) -> None:
        """Raise `NotAsToldError` unless that is the only plan that was ever made for the agent."""
        names = [str(each["metadata"]["name"]) for each in self._plans_of(agent)]
        self.expect(names == [plan], f"one plan for {agent}", names, plan)

    def expect(self, truth: object, expected: str, seen: object, plan: str | None = None) -> None:
        """Raise `NotAsToldError` unless that is true."""
        if not truth:
            raise NotAsToldError(expected, str(seen), plan)

    def _ask(self, *arguments: str) -> str:
        return self.stage.cluster.kubectl(*HERE, *arguments)

    def _plans_of(self, agent: str) -> list[dict[str, Any]]:
        answer = self._ask("get", "adaptationplans", "-o", "json")
        return [plan for plan in json.loads(answer)["items"] if _target(plan) == agent]

    def _wait(self, kind: str, name: str, wanted: str, what: str, plan: str) -> None:
        try:
            self.show("wait", kind, name, wanted, f"--timeout={PHASE_SECONDS}s")
        except CommandFailedError as error:
            phase = self.status(plan).get("phase")
            raise NotAsToldError(what, f"{error.stderr.strip()}; the plan is {phase}", plan) from error


def _target(plan: dict[str, Any]) -> str:
    return str(plan["spec"]["actions"][0]["targetRef"]["name"])
