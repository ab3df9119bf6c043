"""One plan's life in a namespace of its own: made, approved by a person where one is asked, cured or not, ended."""

import json
import threading
from dataclasses import dataclass, field
from typing import Any, Literal

import requests

from autonomic.domain.plans import AdaptationPlanSpec
from autonomic.governance.digest import digest
from testbed.api import ApiError
from testbed.cluster import ENABLED_LABEL
from testbed.faults.asked import Asked
from testbed.waiting import WaitedTooLongError, until
from testbed.world import FINAL, Manifest, phase
from tests.faults.signals import selector
from tests.faults.stage import Stage
from tests.faults.table import ActionCase

Ending = Literal["kept", "undone"]
API = "/apis/autonomic.maestro.dev/v1alpha1"
SECONDS = 120.0
HOLD = "2s"
_UNSIGNED = "sha256:" + "0" * 64
_CLAIMED = ("Executing", "Verifying", *FINAL)


@dataclass
class Story:
    """One life. With `kept` the trouble ceases once the plan is carried out; with `undone` it stays.

    `waits` is set when a person is asked (or when the plan was claimed without one); the person answers after `may_go_on`.
    """

    stage: Stage
    case: ActionCase
    ending: Ending
    namespace: str = ""
    waits: threading.Event = field(default_factory=threading.Event)
    may_go_on: threading.Event = field(default_factory=threading.Event)
    asked_person: bool = False
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.namespace = f"story-{next(self.stage.numbers)}"
        self.may_go_on.set()

    def prepare(self) -> None:
        """The namespace and the targets."""
        root = self.stage.root
        root.post("/api/v1/namespaces", {"metadata": {"name": self.namespace, "labels": {ENABLED_LABEL: "true"}}})
        for target in self.case.targets:
            root.post(target.path(self.namespace), target.make(self.namespace))

    def begin(self) -> None:
        """The trouble, what asks for a plan, and everything after it, in the background."""
        for path in (target.path(self.namespace) for target in self.case.targets):
            until(lambda path=path: self._settled(path), 30, f"{path} to be rolled out")  # type: ignore[misc]
        self.stage.signals.begin(self.namespace)
        if self.case.permitted:
            self.stage.root.post(f"{API}/namespaces/{self.namespace}/selfhealingplaybooks", self._playbook())
        else:
            self.stage.installation.operator.post(f"{API}/namespaces/{self.namespace}/adaptationplans", self._plan())
        self._thread = threading.Thread(target=self._live, name=self.namespace, daemon=True)
        self._thread.start()

    def end(self, seconds: float = SECONDS) -> None:
        """Back when the plan has ended, or the time is over; the trouble and what asked for the plan are gone."""
        assert self._thread is not None
        self._thread.join(seconds)
        self.stage.signals.forget(self.namespace)
        if self.case.permitted:
            self.stage.root.delete(f"{API}/namespaces/{self.namespace}/selfhealingplaybooks/cure")

    @property
    def plans(self) -> list[Manifest]:
        """All plans of the story."""
        return self.stage.witness.plans(self.namespace)

    @property
    def over(self) -> bool:
        """Whether there is a plan and it has ended."""
        return bool(self.plans) and phase(self.plans[0]) in FINAL

    def is_end(self, asked: Asked) -> bool:
        """Whether that request is the write that ends the plan."""
        if asked.namespace != self.namespace or (asked.resource, asked.subresource) != ("adaptationplans", "status"):
            return False
        return json.loads(asked.body)["status"].get("phase") in FINAL if asked.writes else False

    def _live(self) -> None:
        try:
            reached = self._reach("AwaitingApproval", *_CLAIMED)
            self.waits.set()
            if reached == "AwaitingApproval":
                self.asked_person = True
                self.may_go_on.wait(SECONDS)
                until(self._approve, SECONDS, "the approval", ignoring=(ApiError, requests.RequestException))
            self._reach(*_CLAIMED)
            if self.ending == "kept":
                self.stage.signals.cease(self.namespace)
            self._reach(*FINAL)
        except WaitedTooLongError:
            return  # the judge sees that it is stuck

    def _reach(self, *phases: str) -> str:
        def probe() -> str | None:
            return next((phase(plan) for plan in self.plans if phase(plan) in phases), None)

        return self.stage.witness.wait(probe, SECONDS, f"a plan in {self.namespace} to be {' or '.join(phases)}")

    def _approve(self) -> bool:
        meta = self.plans[0]["metadata"]
        path = f"{API}/namespaces/{self.namespace}/adaptationplans/{meta['name']}"
        live = self.stage.alice.get(path)
        if not live["spec"].get("reviews"):
            review = {"decision": "Approved", "digest": live["spec"]["digest"], "message": "go on"}
            self.stage.alice.patch(path, {"spec": {"reviews": [review]}})
        return True

    def _settled(self, path: str) -> bool:
        found = self.stage.root.get(path)["items"]
        return all(
            each.get("status", {}).get("updatedReplicas", 0) == each["spec"]["replicas"]
            and each["status"].get("observedGeneration") == each["metadata"]["generation"]
            for each in found
            if each.get("kind", "Deployment") == "Deployment" and "replicas" in each.get("spec", {})
        )

    def _playbook(self) -> dict[str, Any]:
        target = self.case.targets[0].make(self.namespace)
        ref = {"apiVersion": target["apiVersion"], "kind": target["kind"], "name": target["metadata"]["name"]}
        trigger = {
            "name": "trouble",
            "type": "Prometheus",
            "prometheus": {"selector": selector(self.namespace)},
            "op": "GT",
            "value": "0",
            "for": HOLD,
        }
        spec = {
            "scope": "Infra",
            "mode": "Enforce",
            "triggers": [trigger],
            "target": {"ref": ref},
            "actions": [self.case.permitted],
            "cooldown": "10m",
            "verification": {"settle": "1s", "within": self._within},
        }
        return {
            "apiVersion": "autonomic.maestro.dev/v1alpha1",
            "kind": "SelfHealingPlaybook",
            "metadata": {"name": "cure"},
            "spec": spec,
        }

    @property
    def _within(self) -> str:
        return "60s" if self.ending == "kept" else "4s"

    def _plan(self) -> dict[str, Any]:
        """A plan of several steps, which no playbook makes: as the operator itself would write it."""
        signal = {"expr": f"max({selector(self.namespace)})", "op": "GT", "value": "0", "quiet": HOLD}
        verification = {"type": "Signal", "settle": "1s", "within": self._within, "signal": signal}
        document = {
            "controlLoop": "healing",
            "trigger": {"type": "Plan", "plan": {"plan": "another", "uid": self.namespace}},
            "actions": [self._step(target) for target in self.case.targets],
            "justification": "Two workloads belong together.",
            "evidence": {"summary": "a test"},
            "verification": verification,
            "requiresPerson": False,
            "expiresAt": "2100-01-01T00:00:00Z",
            "policyRevision": "",
            "nonce": f"{abs(hash(self.namespace)):032x}",
            "digest": _UNSIGNED,
        }
        spec = AdaptationPlanSpec.model_validate(document)
        return {
            "apiVersion": "autonomic.maestro.dev/v1alpha1",
            "kind": "AdaptationPlan",
            "metadata": {"name": "several-steps"},
            "spec": spec.model_copy(update={"digest": digest(spec)}).wire(),
        }

    def _step(self, target: Any) -> dict[str, Any]:
        made = target.make(self.namespace)
        live = self.stage.root.get(f"{target.path(self.namespace)}/{made['metadata']['name']}")
        pinned = {
            "apiVersion": made["apiVersion"],
            "kind": made["kind"],
            "name": made["metadata"]["name"],
            "uid": live["metadata"]["uid"],
        }
        return {**target.step, "targetRef": pinned}
