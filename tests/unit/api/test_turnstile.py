"""How much one caller may have under way, so that there is room for others."""

import pytest
from fastapi import HTTPException

from autonomic.api.turnstile import Turnstile
from tests.unit.api.conftest import ALICE, DAVE, ERIN


def test_one_caller_leaves_room_for_others() -> None:
    gate = Turnstile("streams", 1, 2)
    with gate.passed(ALICE):
        with pytest.raises(HTTPException) as refused, gate.passed(ALICE):
            pass
        assert (refused.value.status_code, refused.value.detail) == (
            429, f"{ALICE.name} has 1 streams under way, and no more are taken: end one of them",
        )  # fmt: skip
        with gate.passed(DAVE):
            pass


def test_all_callers_together_have_a_bound() -> None:
    gate = Turnstile("streams", 1, 2)
    with (
        gate.passed(ALICE),
        gate.passed(DAVE),
        pytest.raises(HTTPException, match="come back later"),
        gate.passed(ERIN),
    ):
        pass


def test_who_leaves_makes_room_even_by_a_fault() -> None:
    gate = Turnstile("streams", 1, 1)
    with pytest.raises(ZeroDivisionError), gate.passed(ALICE):
        _ = 1 / 0
    with gate.passed(DAVE):
        pass
