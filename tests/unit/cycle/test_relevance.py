"""Whether what asked for a plan still asks for it."""

from typing import Any

import pytest

from autonomic.cycle.plan.relevance import gone, is_over, relevance
from autonomic.domain.contracts import SLAContract
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.view import View
from tests.unit.cycle.world import PERSON, World, message
from tests.unit.domain.cost_specimens import budget
from tests.unit.domain.specimens import NOW, condition, contract_raw, plan, playbook_raw

SIGNAL: dict[str, Any] = {
    "type": "Signal",
    "signal": {"playbook": "crashes", "trigger": "errors", "value": "1", "since": "2025-01-01T11:00:00Z"},
}


def alert(level: str, name: str = "success", incident: str | None = None) -> View:
    seen = {"name": name, "sli": "99%", "budgetRemaining": "1%", "alert": level, "incident": incident}
    kept = SLAContract.read(contract_raw() | {"status": {"objectives": [seen]}})
    return View(NOW, contracts={kept.key: kept})


@pytest.mark.parametrize(
    ("level", "answer"),
    [("Breach", "Yes"), ("Exhausted", "Yes"), ("Warning", "No"), ("None", "No"), ("Unknown", "Unknown")],
)
def test_a_plan_for_a_breach_is_asked_for_while_the_budget_burns(level: str, answer: str) -> None:
    assert relevance(plan(), alert(level)).answer == answer


def test_a_plan_for_an_objective_that_is_gone_is_no_longer_asked_for() -> None:
    assert relevance(plan(), View(NOW)).message == "the objective agent/success is gone"
    assert relevance(plan(), alert("Breach", name="another")).answer == "No"


@pytest.mark.parametrize(
    ("status", "answer"), [("True", "Yes"), ("False", "No"), ("Unknown", "Unknown"), (None, "Unknown")]
)
def test_a_plan_of_a_playbook_is_asked_for_while_its_trigger_holds(status: str | None, answer: str) -> None:
    known: dict[str, Any] = {"conditions": [condition("Triggered", status)] if status else []}
    book = SelfHealingPlaybook.read(playbook_raw() | {"status": known})
    assert relevance(plan(trigger=SIGNAL), View(NOW, playbooks={book.key: book})).answer == answer
    assert relevance(plan(trigger=SIGNAL), View(NOW)).message == "the playbook crashes is gone"


@pytest.mark.parametrize(
    ("incidents", "answer"),
    [
        ([{"target": "web", "triggered": "True"}], "Yes"),
        ([{"target": "web", "triggered": "Unknown"}], "Unknown"),
        ([{"target": "other", "triggered": "True"}], "No"),
        ([], "No"),
    ],
)
def test_a_plan_for_a_target_of_the_signal_is_asked_for_while_that_target_is_in_trouble(
    incidents: list[dict[str, str]], answer: str
) -> None:
    began = [each | {"since": "2025-01-01T11:00:00Z"} for each in incidents]
    known = {"conditions": [condition("Triggered", "True")], "incidents": began}
    named = {"fromSignal": {"label": "deployment", "kind": "Deployment"}}
    failed = {"name": "errors", "type": "Signal", "signal": {"type": "TaskFailureCount"}}
    book = SelfHealingPlaybook.read(playbook_raw(target=named, triggers=[failed]) | {"status": known})
    asked = {"type": "Signal", "signal": SIGNAL["signal"] | {"target": "web"}}
    assert relevance(plan(trigger=asked), View(NOW, playbooks={book.key: book})).answer == answer


@pytest.mark.parametrize(
    ("level", "back", "known", "answer"),
    [
        ("Throttle", {}, "True", "Yes"),
        ("Downgrade", {}, "True", "Yes"),
        ("Constrained", {}, "True", "No"),
        ("Throttle", {}, "Unknown", "Unknown"),
        ("Throttle", {"givesBack": "saved"}, "True", "No"),
        ("Normal", {"givesBack": "saved"}, "True", "Yes"),
        ("Normal", {"givesBack": "saved"}, "Unknown", "Unknown"),
    ],
)
def test_a_plan_of_a_budget_is_asked_for_while_its_rung_is_stood_on_and_one_that_gives_back_while_it_is_not(
    level: str, back: dict[str, str], known: str, answer: str
) -> None:
    told = budget(status={"level": level, "own": level, "conditions": [condition("SpendKnown", known)]})
    asked = plan(trigger={"type": "Budget", "budget": {"budget": "team", "rung": "Downgrade", **back}})
    assert relevance(asked, View(NOW, budgets={told.key: told})).answer == answer
    assert relevance(asked, View(NOW)).message == gone(asked, View(NOW)) == "the budget team is gone"


async def test_an_approval_that_comes_after_the_recovery_changes_nothing() -> None:
    async with World() as world:
        world.policy.failure = None
        world.policy.answer = {
            "allow": False,
            "verdict": "RequireApproval",
            "reasons": [],
            "rules": [],
            "revision": "r",
        }
        world.trouble()
        world.start()
        await world.until("AwaitingApproval")
        world.model.ratio.change(world.clock.now(), "0")
        await world.passes(600)
        await world.review("Approved")
        plan = await world.until("Superseded")
        assert "has recovered without it" in message(plan)
        assert world.moves == []


@pytest.mark.parametrize(("level", "over"), [("None", True), ("Breach", False), ("Unknown", False)])
def test_a_plan_waits_for_a_person_until_its_incident_is_over(level: str, over: bool) -> None:
    assert bool(is_over(plan(), alert(level))) == over
    assert is_over(plan(), alert(level, incident="2025-01-01T11:00:00Z")) is None


async def test_a_plan_whose_signal_went_quiet_while_it_waited_is_superseded_and_frees_its_target() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.model.signal.change(world.clock.now(), "1")
        world.start()
        await world.until("AwaitingApproval")
        world.model.signal.change(world.clock.now(), "0")
        ended = await world.until("Superseded")
        assert "no longer holds" in message(ended)
        assert world.moves == []
