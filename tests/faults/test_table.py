"""The crash matrix is one of all actions."""

from autonomic.execution.actions import BUILT_IN
from tests.faults.table import ACTIONS


def test_every_action_has_its_entry_in_the_matrix() -> None:
    steps = [target.step for case in ACTIONS for target in case.targets]
    permitted = [case.permitted for case in ACTIONS]
    assert {each["type"] for each in (*steps, *permitted) if each} == set(BUILT_IN)
