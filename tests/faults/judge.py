"""What a story must not show at its end: a change that is lost, doubled, stuck, or that nobody allowed."""

from collections.abc import Iterator
from dataclasses import dataclass

from testbed.world import Manifest, phase
from tests.faults.story import Story
from tests.faults.table import SOMETHING, Target
from tests.faults.witness import revision


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
    name = target.make(story.namespace)["metadata"]["name"]
    states = story.stage.witness.revisions(target.resource, story.namespace, name)
    values = _distinct([target.read(each) for each in states])
    undoes = story.ending == "undone" and story.case.reversible
    wanted = 3 if undoes else 2
    shown = " -> ".join(str(each) for each in values)
    if len(values) > wanted:
        yield "doubled", f"{name} was {shown}"
    if len(values) < wanted:
        yield "lost", f"{name} was {shown}"
    if any(value != target.before and not _is_after(value, target) for value in values):
        yield "unsafe", f"{name} was {shown}, and should never be but {target.before} or {target.after}"
    yield from _allowed(story, target, plan, states)


def _is_after(value: object, target: Target) -> bool:
    return value == target.after or (target.after is SOMETHING and value != target.before)


def _allowed(story: Story, target: Target, plan: Manifest, states: list[Manifest]) -> Iterator[tuple[str, str]]:
    """Everything that the server stores has a place in one order: the yes and the claim come before the change."""
    changed = next((revision(each) for each in states if target.read(each) != target.before), None)
    if changed is None:
        return
    lives = story.stage.witness.revisions("adaptationplans", story.namespace, plan["metadata"]["name"])
    before = [each for each in lives if revision(each) < changed]
    if not any(_is_allowed(each) for each in before):
        yield "unsafe", "it was changed before anybody approved"
    if not any(each.get("status", {}).get("execution") for each in before):
        yield "unsafe", "it was changed before the claim was on record"


def _is_allowed(plan: Manifest) -> bool:
    approved = any(review["decision"] == "Approved" for review in plan["spec"].get("reviews", []))
    return approved or plan.get("status", {}).get("governance", {}).get("verdict") == "Approve"


def _distinct(values: list[object]) -> list[object]:
    return [value for at, value in enumerate(values) if at == 0 or values[at - 1] != value]


def _why(plan: Manifest) -> str:
    known = plan.get("status", {}).get("conditions", [])
    return next((each["message"] for each in known if each["type"] == "Finished"), "")
