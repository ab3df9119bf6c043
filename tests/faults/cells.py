"""One cell of the matrix: a plan, what befalls it, where; and, once it was lived through, what came of it."""

from dataclasses import dataclass

from tests.faults.cases import ActionCase
from tests.faults.judge import Judgement, judge
from tests.faults.story import Ending, Story

KINDS = ("lost", "doubled", "stuck", "unsafe")


@dataclass(frozen=True)
class Cell:
    """What befalls a plan, in words: `fault` at the write `at`."""

    case: ActionCase
    ending: Ending
    fault: str
    at: str


@dataclass(frozen=True)
class Row:
    """A cell that was lived through; `also` is what was found beside the judge's complaints, as (kind, sentence)."""

    cell: Cell
    judgement: Judgement

    def wire(self) -> dict[str, object]:
        """One line of the matrix."""
        cell, found = self.cell, self.judgement
        line = {
            "action": cell.case.name,
            "ending": cell.ending,
            "fault": cell.fault,
            "at": cell.at,
            "plan": found.phase,
        }
        counts = {kind: found.count(kind) for kind in KINDS}
        why = "; ".join(sentence for _, sentence in found.complaints)
        return {**line, **counts, **({"why": why} if why else {})}


def lived(cell: Cell, story: Story, *also: tuple[str, str]) -> Row:
    """The row of a cell whose story has ended, with what was found beside the judge's complaints."""
    found = judge(story)
    return Row(cell, Judgement(found.phase, (*found.complaints, *also)))


def summary(rows: list[Row]) -> dict[str, int]:
    """The last line: how many cells, and how many of them have each complaint."""
    return {"cells": len(rows), **{kind: sum(row.judgement.count(kind) for row in rows) for kind in KINDS}}
