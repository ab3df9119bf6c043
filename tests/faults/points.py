"""The writes of a plan's life, read from a life in which nothing went wrong: where the matrix strikes."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from testbed.faults.asked import Asked
from testbed.faults.fault import Where
from testbed.faults.record import Record
from tests.faults.cases import ActionCase
from tests.faults.story import Ending, Story

_PLANS, _PLAYBOOKS = "adaptationplans", "selfhealingplaybooks"


@dataclass(frozen=True)
class Point:
    """One write: its name for people, and which request it is in the namespace of a story."""

    case: ActionCase
    ending: Ending
    name: str
    where: Where

    def within(self, namespace: str) -> Where:
        """Which request it is in that story."""
        return replace(self.where, namespace=namespace)

    @property
    def holds_up(self) -> str:
        """What stands still while this write has no answer: the `loop`, every `claim`, or nothing but its plan."""
        return {"report": "loop", "create": "loop", "claim": "claim"}.get(self.name, "")


def points(record: Record, story: Story) -> list[Point]:
    """The writes of that story in their order; of its playbook only the first, which comes before the plan.

    What the operator says of a target of its own in its status is no part of a plan's life.
    """
    targets = {target.resource for target in story.case.targets}
    written = record.entries(lambda each: each.asked.writes and each.asked.namespace == story.namespace)
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for asked in (each.asked for each in written):
        like = (asked.method, asked.resource, asked.subresource)
        seen[like] += 1
        of_target = asked.resource in targets and not asked.subresource
        if of_target or asked.resource == _PLANS or (asked.resource == _PLAYBOOKS and seen[like] == 1):
            where = Where((asked.method,), "", (asked.resource,), asked.subresource, writes=True, nth=seen[like])
            found.append(Point(story.case, story.ending, _name(asked), where))
    return _numbered(found)


def only_new(of_undone: Iterable[Point], of_kept: Iterable[Point]) -> list[Point]:
    """The points of a life that is undone, but for those that are the same in one that is kept."""
    known = {(each.case.name, each.name) for each in of_kept}
    return [each for each in of_undone if (each.case.name, each.name) not in known or each.name == "end"]


def _name(asked: Asked) -> str:
    if asked.resource == _PLAYBOOKS:
        return "report"
    body = json.loads(asked.body)
    if asked.resource != _PLANS and asked.method == "POST":
        return "make"
    if asked.resource != _PLANS:
        return "undo" if '/undo"' in json.dumps(body) else "patch"
    if asked.method == "POST":
        return "create"
    return _of_status(body["status"])


def _of_status(status: dict[str, Any]) -> str:
    known = {each["type"]: each for each in status.get("conditions", [])}
    if known.get("Finished", {}).get("status") == "True":
        return "end"
    if known.get("Verified", {}).get("status") == "False":
        return "rolling back"
    if status.get("phase") == "Executing" and any(each.get("done") for each in status["execution"]["steps"]):
        return "answered"
    names = {"AwaitingApproval": "verdict", "Executing": "claim", "Verifying": "verifying"}
    return names.get(str(status.get("phase")), str(status.get("phase")))


def _numbered(found: list[Point]) -> list[Point]:
    """`patch 1`, `patch 2` where there are several of a name."""
    total, seen = Counter(each.name for each in found), Counter[str]()
    named = []
    for each in found:
        seen[each.name] += 1
        named.append(replace(each, name=f"{each.name} {seen[each.name]}") if total[each.name] > 1 else each)
    return named
