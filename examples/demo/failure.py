"""What went otherwise than told, and what a person needs to see to find out why."""

from examples.demo.conductor import NAMESPACE
from examples.demo.stage import Stage
from testbed.cluster import CommandFailedError

_LOG_LINES = 25


class NotAsToldError(AssertionError):
    """An expectation that failed: `expected` and `seen` are sentences, `plan` is the plan's name where there is one."""

    def __init__(self, expected: str, seen: str, plan: str | None = None) -> None:
        super().__init__(f"expected {expected}; seen: {seen}")
        self.expected = expected
        self.seen = seen
        self.plan = plan


def show(problem: NotAsToldError, stage: Stage) -> None:
    """Print what was expected and seen, the plan, and the end of the operator's log."""
    narrator = stage.narrator
    narrator.failed("This did not go as told.")
    narrator.say(f"Expected: {problem.expected}\nSeen:     {problem.seen}")
    plans = (problem.plan,) if problem.plan else ()
    command = ("-n", NAMESPACE, "describe", "adaptationplan", *plans)
    narrator.command("admin", ("kubectl", *command))
    try:
        narrator.output(stage.cluster.kubectl(*command))
    except CommandFailedError as error:
        narrator.output(error.stderr)
    narrator.say(f"The operator's last lines ({stage.operator.log}):")
    narrator.output("\n".join(stage.operator.logs.splitlines()[-_LOG_LINES:]))
