"""The second incident: something outside fails, and more workers can't help. The change is taken back."""

from examples.demo.scene import Scene
from testbed.people import BOB

AGENT = "research-agent"
BEFORE, TRIED = 2, 4


class Upstream:
    """The contract knows one cure; it is tried, found useless, and rolled back."""

    title = "2 · A provider fails, and more workers do not help"
    promise = "RolledBack: more workers were tried, nothing got better by the deadline, and the replicas are as before."

    def __init__(self) -> None:
        self._plan = ""

    def begin(self, scene: Scene) -> None:
        """From the fault to the cure that is being verified."""
        scene.narrator.say(f"The model provider behind {AGENT} begins to fail four calls in ten.")
        scene.conductor.set(AGENT, fault="upstream")
        self._plan = scene.await_plan(AGENT)
        scene.narrator.say("The contract knows one cure, more workers, so that is proposed.")
        scene.await_phase(self._plan, "AwaitingApproval")
        scene.show("get", "adaptationplan", self._plan)
        scene.narrator.say("Bob approves it.")
        scene.approve(self._plan, BOB, "worth a try")
        scene.await_pods(AGENT, TRIED, self._plan)
        scene.show("get", "deployment", AGENT)

    def end(self, scene: Scene) -> None:
        """Not better by the deadline, so undone."""
        scene.narrator.say("More workers, and as many failures. At the deadline the change is taken back.")
        scene.await_phase(self._plan, "RolledBack")
        scene.narrator.say("The plan says why, and the Deployment is as it was:")
        why = scene.show_verified(self._plan)
        scene.show("get", "deployment", AGENT)
        replicas = scene.replicas(AGENT)
        scene.expect_only(self._plan, AGENT)
        scene.expect("not better by the deadline" in why, "the plan to say what was not better", why, self._plan)
        scene.expect(replicas == BEFORE, f"{BEFORE} replicas of {AGENT} again", replicas, self._plan)
        reviewer = scene.status(self._plan).get("reviewedBy")
        scene.expect(reviewer == BOB.name, f"reviewed by {BOB.name}", reviewer, self._plan)
        scene.narrator.say("The provider recovers.")
        scene.conductor.set(AGENT)
