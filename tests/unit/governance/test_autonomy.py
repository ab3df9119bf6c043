"""Autonomy by budget: the less of it is left, the less is done without a person."""

from decimal import Decimal
from typing import Any

import pytest

from autonomic.domain.contracts import SLAContract
from autonomic.domain.view import View
from autonomic.governance.autonomy import asks_person, budget_left
from tests.unit.domain.specimens import NOW, contract_raw, loop, plan

SIGNAL = {
    "type": "Signal",
    "signal": {"playbook": "crashes", "trigger": "errors", "value": "1", "since": "2025-01-01T11:00:00Z"},
}


def view(left: str | None = None, ask_below: str | None = None, name: str = "agent", **spec: Any) -> View:
    """A contract with that much of its budget left, and a loop that asks below that."""
    seen = [{"name": "success", "sli": "99%", "budgetRemaining": left, "alert": "Breach"}] if left else []
    held = SLAContract.read(contract_raw(name, **spec) | {"status": {"objectives": seen}})
    more: dict[str, Any] = {"autonomy": {"askBelow": ask_below}} if ask_below else {}
    return View(
        NOW, contracts={held.key: held}, loops={"reliability": loop(**more), "healing": loop("Healing", **more)}
    )


@pytest.mark.parametrize(
    ("left", "asks"), [("80.0%", False), ("10.1%", False), ("10.0%", True), ("0.0%", True), ("-12.5%", True)]
)
def test_what_is_automatic_with_most_of_the_budget_left_asks_a_person_near_its_end(left: str, asks: bool) -> None:
    assert bool(asks_person(plan(), view(left))) == asks


def test_it_says_how_much_is_left_and_from_where_on_a_person_decides() -> None:
    assert asks_person(plan(), view("8.0%")) == "budget: 8.0% of it is left, and at 10.0% or less a person decides"


@pytest.mark.parametrize(("bound", "asks"), [("0.5", True), ("0.3", False), ("1", True), ("0", False)])
def test_the_loop_says_from_where_on_and_0_never_asks(bound: str, asks: bool) -> None:
    assert bool(asks_person(plan(), view("40.0%", bound))) == asks


def test_the_budget_is_the_one_that_is_left_now_and_that_of_the_plan_where_it_is_not_known_now() -> None:
    assert budget_left(plan(), view("5.0%")) == Decimal("0.05")
    assert budget_left(plan(), view("Unknown")) == Decimal("0.4")
    assert budget_left(plan(), View(NOW)) == Decimal("0.4")


def test_a_budget_that_is_not_known_asks_a_person() -> None:
    unknown = plan(evidence={"summary": "?", "budgetRemaining": "Unknown"})
    assert asks_person(unknown, View(NOW)) == "budget: how much of it is left is not known, so a person decides"


def test_a_plan_that_no_objective_asked_for_is_held_against_the_contracts_of_its_target() -> None:
    heals = plan(trigger=SIGNAL, evidence={"summary": "?"}, controlLoop="healing")
    assert asks_person(heals, view("8.0%")) is not None
    assert asks_person(heals, view("80.0%")) is None
    other = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "other"}
    assert budget_left(heals, view("8.0%", targetRef=other)) is None


def test_where_no_budget_is_behind_a_plan_none_asks() -> None:
    heals = plan(trigger=SIGNAL, evidence={"summary": "?"}, controlLoop="healing")
    assert asks_person(heals, view("Unknown")) is None
    assert asks_person(heals, View(NOW)) is None
