"""What is news of what changed in the Store."""

from typing import Any

import pytest

from autonomic.cycle.feed import Feed
from autonomic.cycle.news import NewsDesk
from autonomic.cycle.store import Store
from autonomic.loops.arbitration import names_a_rival
from tests.unit.domain.specimens import NOW, condition, contract_raw, meta, plan_spec


class Desk:
    """A Store, and what is told of it."""

    def __init__(self) -> None:
        self.store, self.feed, self._version = Store(), Feed("life"), 0
        self.begun = NewsDesk(self.store, self.feed, lambda: NOW)

    def plan(self, phase: str, *conditions: dict[str, str], **status: Any) -> None:
        """The plan `one` stands there now."""
        body = {"spec": plan_spec().wire(), "status": {"phase": phase, "conditions": list(conditions), **status}}
        self._apply("AdaptationPlan", body, "one")

    def contract(self, alert: str) -> None:
        """The contract's objective has that alert now."""
        shown = {"name": "success", "sli": "98.000%", "budgetRemaining": "10.0%", "alert": alert}
        self._apply("SLAContract", {**contract_raw(), "status": {"objectives": [shown]}}, "agent")

    def _apply(self, kind: str, body: dict[str, Any], name: str) -> None:
        self._version += 1
        self.store.apply(kind, {**body, "metadata": meta(name, resourceVersion=str(self._version))})

    def told(self) -> list[tuple[str, str, dict[str, str | None]]]:
        """Everything that was told."""
        return [(each.kind, each.resource, dict(each.told)) for _, each in self.feed.after(0, 99)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_each_phase_of_a_plan_is_told_once_with_the_one_before(desk: Desk) -> None:
    desk.begun.begin()
    desk.plan("Proposed")
    desk.plan("Proposed")
    desk.plan("Approved", reviewedBy="alice@example.com")
    moves = [(told["from"], told["to"], told["reviewedBy"]) for _, _, told in desk.told()]
    assert moves == [(None, "Proposed", None), ("Proposed", "Approved", "alice@example.com")]


def test_what_is_there_already_is_no_news(desk: Desk) -> None:
    desk.plan("Proposed")
    desk.contract("Breach")
    desk.begun.begin()
    desk.plan("Proposed")
    desk.contract("Breach")
    assert desk.told() == []


def test_nothing_is_told_any_more_once_the_desk_is_closed(desk: Desk) -> None:
    desk.begun.begin()()
    desk.plan("Proposed")
    assert desk.told() == []


def test_a_plan_that_is_gone_is_told(desk: Desk) -> None:
    desk.begun.begin()
    desk.plan("Proposed")
    desk.store.remove("AdaptationPlan", {"metadata": meta("one")})
    assert desk.told()[-1] == (
        "PlanChanged",
        "adaptationplans",
        {"plan": "one", "from": "Proposed", "to": None, "message": "deleted"},
    )


def test_an_alert_that_takes_another_level_is_told_with_its_figures(desk: Desk) -> None:
    desk.begun.begin()
    for alert in ("None", "Breach", "Breach", "None"):
        desk.contract(alert)
    told = desk.told()
    assert [(each["from"], each["to"]) for _, _, each in told] == [("None", "Breach"), ("Breach", "None")]
    assert told[0][:2] == ("AlertChanged", "slacontracts")
    assert (told[0][2]["sli"], told[0][2]["budgetRemaining"]) == ("98.000%", "10.0%")


def test_a_plan_that_gives_way_to_another_is_a_conflict_and_one_whose_reason_is_gone_is_none(desk: Desk) -> None:
    desk.begun.begin()
    said = "plan two of loop healing for the same target goes first"
    desk.plan("Superseded", condition("Finished", "True", "Superseded") | {"message": said})
    assert [(kind, told["message"]) for kind, _, told in desk.told()] == [("PlanChanged", said), ("Conflict", said)]
    assert not names_a_rival("the alert is over")
