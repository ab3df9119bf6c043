"""The cost report: budgets as they stand, and what was saved."""

from typing import Any

from autonomic.cost.report import BudgetLine, report
from autonomic.domain.plans import AdaptationPlan
from tests.unit.cost.saving_plans import finished, plan
from tests.unit.domain.cost_specimens import budget
from tests.unit.domain.specimens import NOW, condition

WELL = [condition("Ready", "True"), condition("SpendKnown", "True")]
STATUS: dict[str, Any] = {"level": "Downgrade", "spent": "92%", "amount": "92.00 USD", "conditions": WELL}


def line(*plans: AdaptationPlan, **status: Any) -> BudgetLine:
    return report([budget(status={**STATUS, **status})], plans, NOW).items[0]


def savings(found: BudgetLine) -> list[tuple[int, str, int]]:
    return [(each.plans, each.daily, each.unknown) for each in (found.proposed, found.taken, found.realised)]


def test_a_budget_is_shown_as_its_status_says() -> None:
    found = line()
    assert (found.budget, found.level, found.limit, found.per) == ("team", "Downgrade", "100.00 USD", "1d")
    assert (found.spent, found.amount, found.problem) == ("92%", "92.00 USD", "")
    assert savings(found) == [(0, "", 0)] * 3


def test_what_waits_is_proposed_and_what_stands_is_taken_and_realised_by_what_was_measured() -> None:
    found = line(
        plan("a"), plan("b", finished("Succeeded", "9.1"), expected="10"), plan("c", finished("Succeeded", "1"))
    )
    assert savings(found) == [(1, "12.50 USD", 0), (2, "22.50 USD", 0), (2, "10.10 USD", 0)]


def test_what_was_denied_rolled_back_or_given_back_saves_nothing() -> None:
    denied = {"phase": "Denied", "conditions": [condition("Finished", "True", "Denied")]}
    back = plan("d", finished("Succeeded"), gives_back="c")
    found = line(
        plan("a", denied), plan("b", finished("RolledBack", "-3")), plan("c", finished("Succeeded", "5")), back
    )
    assert savings(found) == [(0, "", 0)] * 3


def test_what_was_saved_so_far_is_what_was_measured_for_as_long_as_the_change_stood() -> None:
    stands = plan("a", finished("Succeeded", "24"))  # since eleven, an hour before now
    assert line(stands, plan("b"), plan("c", finished("RolledBack", "99"))).saved == "1.00 USD"
    ended = finished("Succeeded")
    ended["conditions"] = [condition("Finished", "True", "Succeeded") | {"lastTransitionTime": "2025-01-01T11:30:00Z"}]
    assert line(stands, plan("d", ended, gives_back="a")).saved == "0.50 USD"
    assert line(plan("e", finished("Succeeded"))).saved == ""


def test_a_plan_that_can_not_say_what_it_saves_counts_and_adds_nothing() -> None:
    found = line(plan("a", expected=None), plan("b", finished("Succeeded"), expected="2"))
    assert savings(found) == [(1, "", 1), (1, "2.00 USD", 0), (1, "", 1)]


def test_plans_of_another_namespace_or_budget_are_not_counted() -> None:
    mine, other = plan("a"), plan("b")
    moved = mine.model_copy(update={"metadata": mine.metadata.model_copy(update={"namespace": "bank"})})
    found = report([budget(), budget("ads")], [moved, other], NOW)
    assert [(each.budget, each.proposed.plans) for each in found.items] == [("ads", 0), ("team", 1)]


def test_why_spend_is_unknown_is_said() -> None:
    unsure = {**condition("SpendKnown", "Unknown", "Stale"), "message": "the newest sample is old"}
    assert line(conditions=[WELL[0], unsure]).problem == "Stale: the newest sample is old"
    assert line(conditions=[]).problem == "the operator has not looked at it yet"


def test_budgets_are_in_the_order_of_their_names() -> None:
    found = report([budget(name) for name in ("c", "a", "b")], [], NOW)
    assert ([each.budget for each in found.items], found.total) == (["a", "b", "c"], 3)
