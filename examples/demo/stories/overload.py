"""The first incident: more tasks than two workers can serve. More workers help, and the plan says so."""

from examples.demo.scene import Scene
from testbed.people import ALICE

AGENT = "triage-agent"
LOAD = 45
"""Tasks a second: four workers serve them, two fail four in ten."""
REPLICAS = 4


class Overload:
    """Load rises; a person approves more workers; the objective is met again."""

    title = "1 · Load rises, and more workers help"
    promise = "Succeeded: the plan was approved by alice, carried out, and found to have helped."

    def __init__(self) -> None:
        self._plan = ""
        self._worst = 0.0

    def begin(self, scene: Scene) -> None:
        """From the load to the Deployment with more ready pods."""
        scene.narrator.say(f"{AGENT} now gets {LOAD} tasks a second; its two workers can do 25. Many come too late.")
        scene.conductor.set(AGENT, LOAD)
        self._plan = scene.await_plan(AGENT)
        self._worst = scene.failure_ratio(AGENT)
        scene.narrator.say("The error budget burns, and a plan appears.")
        scene.show("get", "slacontract", AGENT)
        scene.await_phase(self._plan, "AwaitingApproval")
        scene.show("get", "adaptationplans")
        scene.narrator.say("It waits, and says why:")
        scene.show_reasons(self._plan)
        scene.narrator.say("Alice, an SRE, reads it and approves it. The digest says which plan she read.")
        scene.approve(self._plan, ALICE, "more tasks than usual today, more workers are right")
        scene.narrator.say("The operator asks governance once more, records the inverse, and patches the Deployment.")
        scene.await_pods(AGENT, REPLICAS, self._plan)
        scene.show("get", "deployment", AGENT)

    def end(self, scene: Scene) -> None:
        """Verified on the objective that asked."""
        scene.await_phase(self._plan, "Succeeded")
        scene.show_verified(self._plan)
        scene.narrator.say("Its life, as Kubernetes Events tell it:")
        scene.show_life(self._plan)
        now, replicas = scene.failure_ratio(AGENT), scene.replicas(AGENT)
        scene.narrator.say(f"{self._worst:.0%} of the tasks failed before and {now:.0%} fail now, says Prometheus.")
        scene.expect_only(self._plan, AGENT)
        scene.expect(now < self._worst / 4, f"far fewer failures than {self._worst:.0%}", f"{now:.0%}", self._plan)
        scene.expect(replicas == REPLICAS, f"{REPLICAS} replicas of {AGENT}", replicas, self._plan)
        reviewer = scene.status(self._plan).get("reviewedBy")
        scene.expect(reviewer == ALICE.name, f"reviewed by {ALICE.name}", reviewer, self._plan)
