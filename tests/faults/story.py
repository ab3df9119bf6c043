"""One plan's life in a namespace of its own: made, approved by a person where one is asked, cured or not, ended."""

import json
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal

import requests

from autonomic.domain.words import RETRY_LABEL
from testbed.api import ApiError
from testbed.cluster import ENABLED_LABEL
from testbed.faults.asked import Asked
from testbed.waiting import WaitedTooLongError, until
from testbed.world import FINAL, Manifest, phase
from tests.faults.asking import playbook, several_steps
from tests.faults.cases import ActionCase, Target
from tests.faults.stage import Stage
from tests.faults.witness import revision

AT_ONCE = 8
"""Stories that are made ready side by side."""
Ending = Literal["kept", "undone"]
API = "/apis/autonomic.maestro.dev/v1alpha1"
SECONDS = 120.0
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
    since: int = 0
    """The revision as which everything was made ready."""
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.namespace = f"story-{next(self.stage.numbers)}"
        self.may_go_on.set()

    def prepare(self) -> None:
        """The namespace and the targets, rolled out."""
        root, labels = self.stage.root, {ENABLED_LABEL: "true", RETRY_LABEL: "true"}
        root.post("/api/v1/namespaces", {"metadata": {"name": self.namespace, "labels": labels}})
        for target in self.case.targets:
            root.post(target.path(self.namespace), (target.earlier or target.make)(self.namespace))
        self._settle()
        for target in self.case.targets:
            self._finish(target)
        self._settle()
        self.since = int(root.get(f"{API}/namespaces/{self.namespace}/adaptationplans")["metadata"]["resourceVersion"])

    def begin(self) -> None:
        """The trouble, what asks for a plan, and everything after it, in the background."""
        self.stage.signals.begin(self.namespace)
        root, operator = self.stage.root, self.stage.installation.operator
        if self.case.permitted:
            made = playbook(self.case, self.namespace, self._within)
            root.post(f"{API}/namespaces/{self.namespace}/selfhealingplaybooks", made)
        else:
            made = several_steps(root, self.case, self.namespace, self._within)
            operator.post(f"{API}/namespaces/{self.namespace}/adaptationplans", made)
        self._thread = threading.Thread(target=self._live, name=self.namespace, daemon=True)
        self._thread.start()

    def end(self, seconds: float = SECONDS) -> None:
        """Back when the plan has ended, or the time is over; the trouble and what asked for the plan are gone."""
        assert self._thread is not None
        self._thread.join(seconds)
        self.stage.signals.forget(self.namespace)
        self._seen_to_the_end()
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

    def _finish(self, target: Target) -> None:
        """The release after an earlier one, and what a controller would say of it."""
        path = f"{target.path(self.namespace)}/{target.name(self.namespace)}"
        if target.earlier:
            self.stage.root.patch(path, target.make(self.namespace))
        if target.status:
            self.stage.root.patch(f"{path}/status", {"status": dict(target.status)})

    def _settle(self) -> None:
        for path in {target.path(self.namespace) for target in self.case.targets}:
            until(lambda path=path: self._settled(path), 30, f"{path} to be rolled out")  # type: ignore[misc]

    def _seen_to_the_end(self) -> None:
        """Each kind is watched by itself: the end of the plan may be known before the last change of a target."""
        for path in {target.path(self.namespace) for target in self.case.targets}:
            for live in self.stage.root.get(path)["items"]:
                known = (path.rpartition("/")[2], self.namespace, live["metadata"]["name"])
                self.stage.witness.wait(
                    lambda known=known, live=live: any(  # type: ignore[misc]
                        revision(each) >= revision(live) for each in self.stage.witness.revisions(*known)[-1:]
                    ),
                    30,
                    f"{known} to be seen",
                )

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
            and each["status"].get("readyReplicas", 0) == each["status"].get("replicas") == each["spec"]["replicas"]
            and each["status"].get("observedGeneration") == each["metadata"]["generation"]
            for each in found
            if each.get("kind", "Deployment") == "Deployment" and "replicas" in each.get("spec", {})
        )

    @property
    def _within(self) -> str:
        return "60s" if self.ending == "kept" else "4s"


def make_ready(stories: Iterable[Story]) -> None:
    """Prepares them side by side."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(Story.prepare, stories))
