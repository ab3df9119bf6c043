"""The whole matrix, row by row, and the selection of it that the tests live through."""

from collections.abc import Iterator, Sequence

from tests.faults.calamities import CALAMITIES, strike, woken_up
from tests.faults.cases import ActionCase
from tests.faults.cells import Row
from tests.faults.judge import judge
from tests.faults.kills import kill_cells, killed, rounds
from tests.faults.mishaps import groups, mishap_cells, suffered
from tests.faults.points import Point, only_new, points
from tests.faults.stage import Stage
from tests.faults.story import Story, make_ready
from tests.faults.table import ACTIONS

LATE = ("claim", "patch", "patch 1", "make", "answered 1", "verifying")
"""The writes in whose middle a leader is paused."""


def writes(stage: Stage, cases: Sequence[ActionCase]) -> list[Point]:
    """Every write of those kinds of plan, one that is kept and one that is undone; each only once."""
    kept = [Story(stage, case, "kept") for case in cases]
    undone = [Story(stage, case, "undone") for case in cases]
    make_ready((*kept, *undone))
    for story in (*kept, *undone):
        story.begin()
    for story in (*kept, *undone):
        story.end()
        stage.proxy.record.wait(lambda entry, its=story: its.is_end(entry.asked), 10, "the last write")  # type: ignore[misc]
        found = judge(story)
        assert not found.complaints, f"{story.case.name}, {story.ending}, without any fault: {found}"
    of_kept = [point for story in kept for point in points(stage.proxy.record, story)]
    of_undone = [point for story in undone for point in points(stage.proxy.record, story)]
    return [*of_kept, *only_new(of_undone, of_kept)]


def kill_matrix(stage: Stage, found: list[Point]) -> Iterator[Row]:
    """The operator killed at every write and every moment."""
    for each in rounds(kill_cells(found)):
        yield from killed(stage, each)


def mishap_matrix(stage: Stage, found: list[Point]) -> Iterator[Row]:
    """Every write refused, or its answer lost."""
    for each in groups(mishap_cells([point for point in found if not point.case.kills_alone])):
        yield from suffered(stage, each)


def calamity_matrix(stage: Stage) -> Iterator[Row]:
    """Everything else that happens to operators."""
    for calamity in CALAMITIES:
        yield from strike(stage, calamity)


def waking_matrix(stage: Stage, found: list[Point]) -> Iterator[Row]:
    """A leader that was paused wakes up after another took over."""
    late = [point for point in found if point.ending == "kept" and point.name in LATE]
    claims = [point for point in late if point.holds_up and not point.case.kills_alone]
    # Only one claim is on its way at a time.
    yield from woken_up(stage, [*(point for point in late if not point.holds_up), *claims[:1]])
    for claim in claims[1:]:
        yield from woken_up(stage, [claim])


def whole(stage: Stage) -> Iterator[Row]:
    """All cells."""
    found = writes(stage, ACTIONS)
    yield from kill_matrix(stage, found)
    yield from mishap_matrix(stage, found)
    yield from calamity_matrix(stage)
    yield from waking_matrix(stage, found)
