"""The attack table: whoever tries, and however, nothing of it is done."""

import pytest

from testbed.api import ApiError
from testbed.installation import Installation
from tests.attacks.attack import Attack, attempted, summary
from tests.attacks.ground import ground
from tests.attacks.table import EVERY, rows

LEAST = 60


@pytest.mark.timeout(900)
def test_every_attack_is_refused(installed: Installation) -> None:
    seen = list(rows(installed))
    assert [row for row in seen if not row.refused] == []
    assert summary(seen) == {"attempts": len(EVERY), "refused": len(EVERY)}
    assert len(seen) >= LEAST


def test_an_attack_that_does_what_it_tries_is_no_refusal(installed: Installation) -> None:
    with ground(installed) as made:
        done = attempted(Attack("approve", "alice", lambda each: each.plan().add(each.alice)), made)
        missed = attempted(Attack("read nothing", "root", lambda each: each.root.get("/api/v1/nothing")), made)
    assert (done.refused, done.answer) == (False, "it was done")
    assert not missed.refused


def test_a_conflict_is_no_refusal() -> None:
    def conflict(_: object) -> None:
        raise ApiError(409, {"message": "the object was modified"})

    assert not attempted(Attack("", "", conflict), None).refused  # type: ignore[arg-type]
