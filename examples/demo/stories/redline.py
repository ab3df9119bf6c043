"""The third incident: what the contract asks for is more than a RedLine allows. Nobody is even asked."""

from examples.demo.scene import Scene

AGENT = "billing-agent"
RED_LINE = "ledger-connections"
LOAD = 60
REPLICAS = 2


class ForbiddenByRedLine:
    """The plan is denied, and the reason names the RedLine."""

    title = "3 · A RedLine forbids it"
    promise = f"Denied: the reason names the RedLine {RED_LINE}, and the Deployment was not touched."

    def __init__(self) -> None:
        self._plan = ""

    def begin(self, scene: Scene) -> None:
        """From the load to the denial."""
        scene.narrator.say(
            f"{AGENT} gets {LOAD} tasks a second. Its contract asks for five workers; a RedLine says four:"
        )
        scene.conductor.set(AGENT, LOAD)
        scene.show("get", "redline", RED_LINE)
        self._plan = scene.await_plan(AGENT)
        scene.await_phase(self._plan, "Denied")

    def end(self, scene: Scene) -> None:
        """Denied for the right reason, and nothing done."""
        scene.narrator.say(
            "Nobody is asked, because nobody may say yes to this. The plan says which line it would cross:"
        )
        why = scene.show_reasons(self._plan)
        replicas = scene.replicas(AGENT)
        scene.expect_only(self._plan, AGENT)
        scene.expect(f"RedLine {RED_LINE}" in why, f"a reason that names RedLine {RED_LINE}", why, self._plan)
        scene.expect(replicas == REPLICAS, f"{REPLICAS} replicas of {AGENT}, as before", replicas, self._plan)
        scene.narrator.say("The load falls again.")
        scene.conductor.set(AGENT)
