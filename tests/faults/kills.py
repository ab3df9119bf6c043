"""The operator is killed at a write: before it is sent, after it is committed, after the answer.

Several plans are brought to their moments side by side, each is stopped there by the proxy, and then the one operator that
carries them all is killed: for each of them it is dead at its very moment. A write that others wait for comes last.
"""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from testbed.faults.fault import Fault, Kill, Moment, Where
from tests.faults.cells import Cell, Row, lived
from tests.faults.points import Point
from tests.faults.stage import Stage
from tests.faults.story import Story, make_ready

SIDE_BY_SIDE = 12
"""The operator carries 16 jobs at once; a plan that is stopped takes one."""
REACH_SECONDS = 45.0


@dataclass(frozen=True)
class KillCell:
    """The operator dies at that moment of that write."""

    point: Point
    moment: Moment

    @property
    def holds_up(self) -> str:
        """What stands still from then on until the operator is dead."""
        report = self.point.name == "report"  # what comes next is the loop's, too
        return self.point.holds_up if self.moment is not Moment.AFTER_ANSWER or report else ""

    @property
    def cell(self) -> Cell:
        """In words."""
        return Cell(self.point.case, self.point.ending, f"killed {self.moment.value}", self.point.name)


def kill_cells(found: Iterable[Point]) -> list[KillCell]:
    """Every write and every moment."""
    return [KillCell(point, moment) for point, moment in product(found, Moment)]


def rounds(cells: Iterable[KillCell]) -> Iterator[list[KillCell]]:
    """Which cells are lived through side by side: at most one in a round that holds up claims, and one that holds up loops."""
    left = list(cells)
    while left:
        taken = [each for each in left if not each.holds_up][:SIDE_BY_SIDE]
        for what in ("claim", "loop"):
            taken += [each for each in left if each.holds_up == what][:1]
        left = [each for each in left if each not in taken]
        yield taken


def killed(stage: Stage, cells: list[KillCell]) -> list[Row]:
    """One round: everything is stopped at its moment, the operator is killed and started again, and all come to their ends."""
    stories = [(each, Story(stage, each.point.case, each.point.ending)) for each in cells]
    make_ready(story for _, story in stories)
    missed = {id(story) for what in ("", "claim", "loop") for story in _bring(stage, stories, what)}
    stage.keeper.kill()
    stage.proxy.clear()
    stage.proxy.thaw()
    stage.keeper.revive()
    rows = []
    for each, story in stories:
        story.end()
        also = (("stuck", "its moment never came"),) if id(story) in missed else ()
        rows.append(lived(each.cell, story, *also))
    return rows


def _bring(stage: Stage, stories: list[tuple[KillCell, Story]], what: str) -> list[Story]:
    """Brings the stories that hold up `what` to their moments; those that did not get there."""
    reached = []
    for each, story in stories:
        if each.holds_up != what:
            continue
        stopped = threading.Event()
        scope = Where(namespace=story.namespace, resources=_resources(each))
        stage.proxy.add(Fault(each.point.within(story.namespace), Kill(stopped.set, scope), each.moment))
        story.begin()
        reached.append((story, stopped))
    return [story for story, stopped in reached if not stopped.wait(REACH_SECONDS)]


def _resources(cell: KillCell) -> tuple[str, ...]:
    """What no longer passes: the plan and its targets. The playbook's reports and Events go on: others wait behind them."""
    targets = (target.resource for target in cell.point.case.targets)
    return ("adaptationplans", *targets, *(("selfhealingplaybooks",) if cell.point.name == "report" else ()))
