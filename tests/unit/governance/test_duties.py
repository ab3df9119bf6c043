"""How many must approve, and who may not."""

from typing import Any

import pytest

from autonomic.domain.contracts import SLAContract
from autonomic.domain.cost import CostBudget
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.redlines import RedLine
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.governance.duties import EDITOR_ANNOTATION, quorum
from autonomic.governance.reviews import Quorum
from tests.unit.domain.cost_specimens import budget_raw
from tests.unit.domain.specimens import NOW, contract_raw, namespace, plan, playbook_raw, redline, target

FACTS = (StepFacts("Scale", target(), (), frozenset(), "scale from 2 to 4 replicas", 2, 4),)
SIGNAL = {
    "type": "Signal",
    "signal": {"playbook": "crashes", "trigger": "errors", "value": "1", "since": "2025-01-01T11:00:00Z"},
}

BUDGET = {"type": "Budget", "budget": {"budget": "team", "rung": "Throttle"}}


def edited(raw: dict[str, Any], by: str | None) -> dict[str, Any]:
    """The object as admission stamps it when that person changes it."""
    return raw | {"metadata": raw["metadata"] | ({"annotations": {EDITOR_ANNOTATION: by}} if by else {})}


def view(*lines: RedLine, editor: str | None = "ann") -> View:
    held = SLAContract.read(edited(contract_raw(), editor))
    book = SelfHealingPlaybook.read(edited(playbook_raw(), editor))
    spent = CostBudget.read(edited(budget_raw(), editor))
    return View(
        NOW,
        namespaces={"shop": namespace()},
        redlines={each.metadata.name: each for each in lines},
        contracts={held.key: held},
        playbooks={book.key: book},
        budgets={spent.key: spent},
    )


def test_one_person_is_enough_where_nobody_asks_for_more() -> None:
    assert quorum(plan(), FACTS, view(redline())) == Quorum(1)


@pytest.mark.parametrize(("asked", "needed"), [(1, 3), (2, 3), (5, 5)])
def test_the_most_that_a_line_or_the_policy_asks_for_is_needed(asked: int, needed: int) -> None:
    lines = view(redline("a", reviewers=3), redline("b", reviewers=2))
    assert quorum(plan(), FACTS, lines, asked).needed == needed


def test_a_line_that_does_not_hold_for_the_plan_asks_for_nobody() -> None:
    other = redline(reviewers=3, separationOfDuties=True, appliesTo={"names": ["other"]})
    assert quorum(plan(), FACTS, view(other)) == Quorum(1)


@pytest.mark.parametrize("trigger", [None, SIGNAL, BUDGET], ids=["contract", "playbook", "budget"])
def test_where_duties_are_separated_the_last_editor_may_not_approve(trigger: dict[str, Any] | None) -> None:
    more: dict[str, Any] = {"trigger": trigger} if trigger else {}
    mine = plan(**more)
    assert quorum(mine, FACTS, view(redline(separationOfDuties=True))) == Quorum(1, barred="ann")
    assert quorum(mine, FACTS, view(redline())) == Quorum(1)


def test_an_editor_who_is_not_known_leaves_nobody_who_may_approve() -> None:
    found = quorum(
        plan(reviews=[{"decision": "Approved", "by": "bea"}]),
        FACTS,
        view(redline(separationOfDuties=True), editor=None),
    )
    assert (
        found.unknown == "who last edited SLAContract shop/agent is not known, so nobody may approve: change its spec"
    )
    assert not found.met(plan(reviews=[{"decision": "Approved", "by": "bea"}]))
