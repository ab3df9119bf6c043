"""The fourth incident: a worker wedges. A playbook knows that trouble, and policy alone approves the cure."""

from examples.demo.scene import Scene

AGENT = "review-agent"
PLAYBOOK = "wedged-workers"


class Wedged:
    """The signal triggers the playbook; its plan needs nobody; the pods are new."""

    title = "4 · A known trouble is healed while nobody looks"
    promise = "Succeeded: policy approved the restart by itself, every pod is new, and the signal is quiet."

    def __init__(self) -> None:
        self._plan = ""
        self._before: frozenset[str] = frozenset()

    def begin(self, scene: Scene) -> None:
        """From the fault to the plan that policy approves."""
        self._before = scene.pods(AGENT)
        scene.narrator.say(
            f"One worker of {AGENT} wedges: it fails every task it takes. The playbook watches for that."
        )
        scene.conductor.set(AGENT, fault="wedged")
        self._plan = scene.await_plan(AGENT)
        scene.show("get", "selfhealingplaybook", PLAYBOOK)

    def end(self, scene: Scene) -> None:
        """Healed, and by whom."""
        scene.await_phase(self._plan, "Succeeded")
        scene.show("get", "adaptationplan", self._plan)
        scene.narrator.say("No person was asked, because policy approves this by itself here:")
        scene.show_reasons(self._plan)
        status, after = scene.status(self._plan), scene.pods(AGENT)
        verdict = status["governance"]["verdict"]
        scene.expect_only(self._plan, AGENT)
        scene.expect(verdict == "Approve", "the verdict Approve", verdict, self._plan)
        scene.expect("review" not in status, "no review", status.get("review"), self._plan)
        scene.expect(not after & self._before, "none of the old pods to be left", after & self._before, self._plan)
