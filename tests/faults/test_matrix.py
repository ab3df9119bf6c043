"""A selection of the crash matrix: the life of a scaling plan, killed at every write, and one fault of every class.

`make faults` lives through all of it.
"""

from collections.abc import Iterable, Iterator

import pytest

from tests.faults.calamities import CALAMITIES, Calamity, strike, woken_up
from tests.faults.cells import Row, summary
from tests.faults.kills import kill_cells
from tests.faults.matrix import kill_matrix, writes
from tests.faults.mishaps import MishapCell, suffered
from tests.faults.points import Point
from tests.faults.stage import Stage, stage
from tests.faults.table import ACTIONS

pytestmark = pytest.mark.timeout(400)
SCALE = ACTIONS[0]
CLASSES = ("403 of RBAC", "409", "429", "500 though committed", "503", "reset", "hang")
QUICK = ("watch gone (410)", "old list on reconnect", "partition", "etcd restarted")
BY_NAME = {each.name: each for each in CALAMITIES}


@pytest.fixture(scope="module")
def made() -> Iterator[Stage]:
    """A control plane of its own: its parts are killed here."""
    with stage([SCALE]) as made:
        yield made


@pytest.fixture(scope="module")
def found(made: Stage) -> list[Point]:
    """Every write of a scaling."""
    return writes(made, [SCALE])


def complaints(rows: Iterable[Row]) -> list[dict[str, object]]:
    return [row.wire() for row in rows if row.judgement.complaints]


def named(found: list[Point], *names: str) -> list[Point]:
    return [each for each in found if each.name in names]


def test_the_writes_of_a_plan_are_those_that_are_known(found: list[Point]) -> None:
    kept = [each.name for each in found if each.ending == "kept"]
    undone = [each.name for each in found if each.ending == "undone"]
    assert kept == ["report", "create", "verdict", "claim", "patch", "verifying", "end"]
    assert undone == ["rolling back", "undo", "end"]


def test_an_operator_killed_at_any_write_of_a_plan_loses_and_doubles_nothing(made: Stage, found: list[Point]) -> None:
    # The report is the playbook's, before there is a plan; it holds up its loop, so each of its moments takes a round.
    points = [each for each in found if each.name != "report"]
    rows = list(kill_matrix(made, points))
    assert complaints(rows) == []
    assert summary(rows)["cells"] == len(kill_cells(points)) == 27


def test_a_patch_that_is_refused_or_unanswered_in_any_way_is_made_once(made: Stage, found: list[Point]) -> None:
    (patch,) = named(found, "patch")
    assert complaints(suffered(made, [MishapCell(patch, name) for name in CLASSES])) == []


@pytest.mark.parametrize("calamity", [BY_NAME[name] for name in QUICK], ids=QUICK)
def test_a_plan_outlives(made: Stage, calamity: Calamity) -> None:
    assert complaints(strike(made, calamity, (SCALE,))) == []


def test_the_late_write_of_a_leader_that_was_paused_is_refused(made: Stage, found: list[Point]) -> None:
    late = [each for each in named(found, "claim", "patch", "verifying") if each.ending == "kept"]
    assert complaints(woken_up(made, late)) == []
