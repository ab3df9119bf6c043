"""What is worked out of a plan, and of all plans together, once each."""

import pytest

from autonomic.domain.plans import AdaptationPlan, AdaptationPlanStatus
from autonomic.domain.view import View
from tests.unit.domain.specimens import NOW, condition, plan

FINISHED = {"conditions": [condition("Finished", "True", "Succeeded")]}


def view(*plans: AdaptationPlan) -> View:
    return View(NOW, plans={each.key: each for each in plans})


def test_a_copy_of_a_plan_does_not_keep_what_was_worked_out_of_the_first() -> None:
    open_ = plan()
    assert open_.finished is None
    closed = open_.model_copy(update={"status": AdaptationPlanStatus.model_validate(FINISHED)})
    assert closed.finished is not None
    meta = open_.metadata.model_copy(update={"name": "other"})
    assert (open_.key, open_.model_copy(update={"metadata": meta}).key) == ("shop/agent-success-1", "shop/other")


def test_what_was_worked_out_of_a_plan_is_neither_written_nor_compared() -> None:
    used, fresh = plan(), plan()
    assert (used.finished, used.refs[0].name, used.key) == (None, "agent", fresh.key)
    assert used == fresh
    assert used.wire() == fresh.wire()


def test_plans_are_found_by_the_objects_that_they_act_on_each_once() -> None:
    one, other = plan("one"), plan("other", FINISHED)
    seen = view(one, other)
    assert list(seen.book.of((*one.refs, *one.refs))) == [one, other]
    assert list(seen.book.unfinished) == [one]
    assert list(seen.book.unsuccessful) == []


def test_a_plan_that_failed_and_one_that_was_undone_are_unsuccessful() -> None:
    ended = [plan(name, {"conditions": [condition("Finished", "True", name)]}) for name in ("Failed", "RolledBack")]
    assert list(view(*ended, plan("open")).book.unsuccessful) == ended


@pytest.mark.parametrize("reason", ["Denied", "Expired", "Superseded", "Succeeded"])
def test_a_plan_that_nobody_wanted_any_more_is_not_unsuccessful(reason: str) -> None:
    ended = plan("one", {"conditions": [condition("Finished", "True", reason)]})
    assert list(view(ended).book.unsuccessful) == []
