"""What a story must not show at its end: a change that is lost, doubled, stuck, or that nobody allowed."""

from collections.abc import Iterator
from dataclasses import dataclass

from testbed.world import Manifest, phase
from tests.faults.cases import SOMETHING, Target
from tests.faults.history import history, told
from tests.faults.outlets import most
from tests.faults.story import Story
from tests.faults.witness import revision

CALLS = 2
"""Most calls under one key: one more where the operator died before it could write the answer down."""


@dataclass(frozen=True)
class Judgement:
    """How a story ended, and each complaint as (kind, sentence); the kinds are lost, doubled, stuck and unsafe."""

    phase: str
    complaints: tuple[tuple[str, str], ...]

    def count(self, kind: str) -> int:
        """1 if there is such a complaint, else 0."""
        return int(any(each == kind for each, _ in self.complaints))


def judge(story: Story) -> Judgement:
    """Looks at every revision of the story's plans and targets."""
    plans = story.plans
    return Judgement(phase(plans[0]) if plans else "none", tuple(_complaints(story, plans)))


def _complaints(story: Story, plans: list[Manifest]) -> Iterator[tuple[str, str]]:
    if not story.over:
        yield "stuck", f"the plan is {phase(plans[0]) if plans else 'not there'}"
        return
    if len(plans) > 1:
        yield "doubled", f"there are {len(plans)} plans"
    wanted = _phase(story)
    if phase(plans[0]) != wanted:
        yield "lost", f"the plan is {phase(plans[0])}, not {wanted}: {_why(plans[0])}"
    for target in story.case.targets:
        yield from _of_target(story, target, plans[0])


def _phase(story: Story) -> str:
    if story.ending == "kept":
        return "Succeeded"
    return "RolledBack" if story.case.reversible else "Failed"


def _of_target(story: Story, target: Target, plan: Manifest) -> Iterator[tuple[str, str]]:
    name, seen = target.name(story.namespace), history(story, target)
    values = [each.value for each in seen]
    wanted = 3 if story.ending == "undone" and story.case.reversible else 2
    shown = " -> ".join(str(each) for each in values)
    if len(values) > wanted:
        yield "doubled", f"{name} was {shown}"
    if len(values) < wanted:
        yield "lost", f"{name} was {shown}"
    if any(value != target.before and not _is_after(value, target) for value in values):
        yield "unsafe", f"{name} was {shown}, and should never be but {target.before} or {target.after}"
    if target.deed == "Call" and most(told(story, target)) > CALLS:
        yield "doubled", f"{name} was told of more than {CALLS} times, though under one key"
    changed = next((each.revision for each in seen if each.value != target.before), None)
    if changed is not None:
        yield from _allowed(story, plan, changed)


def _is_after(value: object, target: Target) -> bool:
    return value == target.after or (target.after is SOMETHING and value != target.before)


def _allowed(story: Story, plan: Manifest, changed: int) -> Iterator[tuple[str, str]]:
    """Everything that the server stores has a place in one order: the yes and the claim come before the change."""
    lives = story.stage.witness.revisions("adaptationplans", story.namespace, plan["metadata"]["name"])
    before = [each for each in lives if revision(each) <= changed]
    if not any(_is_allowed(each) for each in before):
        yield "unsafe", "it was changed before anybody approved"
    if not any(each.get("status", {}).get("execution") for each in before):
        yield "unsafe", "it was changed before the claim was on record"


def _is_allowed(plan: Manifest) -> bool:
    approved = any(review["decision"] == "Approved" for review in plan["spec"].get("reviews", []))
    return approved or plan.get("status", {}).get("governance", {}).get("verdict") == "Approve"


def _why(plan: Manifest) -> str:
    known = plan.get("status", {}).get("conditions", [])
    return next((each["message"] for each in known if each["type"] == "Finished"), "")
