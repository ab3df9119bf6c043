"""The values that a target had in a story, each with its place in the order of everything that the server stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from testbed.world import Manifest
from tests.faults.cases import Target
from tests.faults.outlets import Told
from tests.faults.story import Story
from tests.faults.witness import revision


@dataclass(frozen=True)
class Seen:
    """The value from that revision on."""

    revision: int
    value: object


def history(story: Story, target: Target) -> list[Seen]:
    """Every change of the value, oldest first; the first one is how it was before the story began."""
    if target.deed == "Create":
        return _counted(revision(each) for each in _made(story, target))
    if target.deed == "Call":
        return _counted(each.revision for each in _first_of_each_key(told(story, target)))
    states = story.stage.witness.revisions(target.resource, story.namespace, target.name(story.namespace))
    before = [each for each in states if revision(each) <= story.since]
    return _changes(Seen(revision(each), target.read(each)) for each in [*before[-1:], *states[len(before) :]])


def told(story: Story, target: Target) -> list[Told]:
    """The calls that the story's plans made for that target's step."""
    assert isinstance(target.step, dict), "a call has a step of its own"
    return story.stage.outlets.told(story.namespace, target.step["type"])


def _made(story: Story, target: Target) -> list[Manifest]:
    """What was made beside the target, each life once, as it was at first."""
    name = target.name(story.namespace)
    lives = story.stage.witness.lives(target.resource, story.namespace)
    return [each for each in lives if each["metadata"]["name"] != name]


def _first_of_each_key(calls: Iterable[Told]) -> Iterator[Told]:
    known: set[str] = set()
    for each in calls:
        if each.key not in known:
            known.add(each.key)
            yield each


def _counted(revisions: Iterable[int]) -> list[Seen]:
    return [Seen(0, 0), *(Seen(each, number) for number, each in enumerate(sorted(revisions), 1))]


def _changes(states: Iterable[Seen]) -> list[Seen]:
    changes: list[Seen] = []
    for each in states:
        if not changes or changes[-1].value != each.value:
            changes.append(each)
    return changes
