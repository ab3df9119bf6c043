"""A write is refused, or its answer is lost, while the operator lives on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from testbed.faults.answers import status_of
from testbed.faults.fault import Answer, CutJson, Fault, Hang, Moment, OfRequest, Reset
from testbed.waiting import WaitedTooLongError
from tests.faults.cells import Cell, Row, lived
from tests.faults.points import Point
from tests.faults.stage import Stage
from tests.faults.story import Story, make_ready

RETRY_AFTER = 4
"""Seconds; longer than the operator would wait by itself."""
SIDE_BY_SIDE = 12
BEFORE, COMMITTED = Moment.BEFORE_SEND, Moment.AFTER_COMMIT
_NOT_YET = {
    **status_of(403),
    "message": 'it is forbidden: User "autonomic" cannot patch resource "it" in API group "" in the namespace "it"',
}
"""What an API server says that has yet to read its RBAC."""
MISHAPS: dict[str, tuple[OfRequest, Moment]] = {
    "403 of RBAC": (Answer(403, document=_NOT_YET), BEFORE),
    "409": (Answer(409), BEFORE),
    "429": (Answer(429, retry_after=RETRY_AFTER), BEFORE),
    "500 though committed": (Answer(500), COMMITTED),
    "503": (Answer(503), BEFORE),
    "reset": (Reset(), COMMITTED),
    "hang": (Hang(), COMMITTED),
    "cut JSON": (CutJson(), COMMITTED),
}


@dataclass(frozen=True)
class MishapCell:
    """That mishap befalls that write."""

    point: Point
    name: str

    @property
    def cell(self) -> Cell:
        """In words."""
        return Cell(self.point.case, self.point.ending, self.name, self.point.name)


def mishap_cells(found: Iterable[Point]) -> list[MishapCell]:
    """Every write and every mishap."""
    return [MishapCell(point, name) for point, name in product(found, MISHAPS)]


def groups(cells: list[MishapCell]) -> Iterator[list[MishapCell]]:
    """Which cells are lived through side by side: what hangs, and with it holds up others, comes at the end."""
    hangs = [each for each in cells if each.name == "hang"]
    left = [each for each in cells if each.name != "hang"]
    while left:
        yield left[:SIDE_BY_SIDE]
        left = left[SIDE_BY_SIDE:]
    while hangs:
        taken = [each for each in hangs if not each.point.holds_up][: SIDE_BY_SIDE - 2]
        for what in ("claim", "loop"):
            taken += [each for each in hangs if each.point.holds_up == what][:1]
        hangs = [each for each in hangs if each not in taken]
        yield taken


def suffered(stage: Stage, cells: list[MishapCell]) -> list[Row]:
    """One group, to all its ends."""
    stories = [(each, Story(stage, each.point.case, each.point.ending)) for each in cells]
    make_ready(story for _, story in stories)
    armed = []
    for each, story in stories:
        what, moment = MISHAPS[each.name]
        fault = Fault(each.point.within(story.namespace), what, moment)
        stage.proxy.add(fault)
        armed.append(fault)
        story.begin()
    rows = []
    for (each, story), fault in zip(stories, armed, strict=True):
        story.end()
        rows.append(lived(each.cell, story, *_also(stage, fault)))
        stage.proxy.discard(fault)
    return rows


def _also(stage: Stage, fault: Fault) -> Iterator[tuple[str, str]]:
    try:
        stage.proxy.record.struck(fault, 2)
    except WaitedTooLongError:
        yield "stuck", "the write never came"
        return
    if isinstance(fault.what, Answer) and fault.what.retry_after is not None:
        yield from _hasty(stage, fault.what.retry_after, fault)


def _hasty(stage: Stage, wanted: int, fault: Fault) -> Iterator[tuple[str, str]]:
    """The same request again, sooner than the server asked for."""
    entries = stage.proxy.record.entries()
    first = next(entry for entry in entries if entry.fault == fault)
    like = (first.asked.method, first.asked.path)
    again = [each for each in entries if (each.asked.method, each.asked.path) == like and each.came > first.done]
    waited = (again[0].came - first.done).total_seconds() if again else float(wanted)
    if waited < wanted:
        yield "unsafe", f"asked to wait {wanted} s, it came back after {waited:.1f} s"
