"""Reliability comes before cost, and a fallback whose own budget is used up is no way out."""

from typing import Any

import pytest

from autonomic.domain.contracts import SLAContract
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.view import View
from autonomic.loops.vetoes import veto, vetoed
from tests.unit.domain.cost_specimens import AGENT, FEWER, SWITCH, budget
from tests.unit.domain.specimens import NOW, condition, contract_raw, meta, plan

NOTIFY = {"type": "Notify", "targetRef": AGENT, "notify": {"channel": "oncall", "message": "money runs out"}}


def promised(alert: str = "None", left: str = "80.0%", name: str = "agent", target: str = "agent") -> SLAContract:
    """A contract whose objective says so."""
    raw = contract_raw(name, targetRef={**AGENT, "name": target})
    told = {"name": "success", "sli": "99.9%", "budgetRemaining": left, "alert": alert}
    return SLAContract.read(raw | {"status": {"objectives": [told]}})


def refused(*contracts: SLAContract, actions: list[Any] | None = None, **more: Any) -> str | None:
    """What speaks against the actions of the budget `team`."""
    asking = budget(ladder=[{"at": "0.9", "actions": actions or [FEWER]}])
    budgets = {asking.key: asking, **more.pop("budgets", {})}
    view = View(NOW, contracts={each.key: each for each in contracts}, budgets=budgets, **more)
    wanted = asking.spec.ladder[0].actions
    targets = [(each.target_ref or asking.spec.target_ref).within("shop") for each in wanted]  # type: ignore[union-attr]
    return veto(asking.key, wanted, targets, view)


def test_a_workload_that_is_well_may_be_saved_on() -> None:
    assert refused(promised()) is None
    assert refused() is None


@pytest.mark.parametrize("alert", ["Warning", "Breach", "Exhausted"])
def test_a_contract_that_burns_vetoes_what_would_touch_its_workload(alert: str) -> None:
    assert refused(promised(alert)) == f"reliability comes first: the alert of agent/success is {alert}"


def test_a_contract_of_which_nothing_is_known_vetoes_too() -> None:
    assert refused(promised("Unknown", "Unknown")) == "reliability comes first: it is not known how agent/success is"


@pytest.mark.parametrize(("left", "speaks"), [("20.1%", False), ("20.0%", True), ("-3.0%", True)])
def test_a_low_error_budget_vetoes(left: str, speaks: bool) -> None:
    assert (refused(promised(left=left)) is not None) is speaks


def test_a_contract_of_another_workload_has_no_say() -> None:
    assert refused(promised(), promised("Breach", name="web", target="web")) is None


def test_what_anyone_may_read_is_held_against_every_contract_of_the_namespace() -> None:
    asking = budget(targetRef=None, ladder=[{"at": "0.9", "actions": [SWITCH]}])
    burning = promised("Breach", name="web", target="web")
    view = View(NOW, contracts={burning.key: burning}, budgets={asking.key: asking})
    ref = asking.spec.ladder[0].actions[0].target_ref
    assert ref is not None
    assert veto(asking.key, asking.spec.ladder[0].actions, [ref.within("shop")], view) is not None


def test_people_are_told_whatever_burns() -> None:
    assert refused(promised("Exhausted"), actions=[NOTIFY]) is None


@pytest.mark.parametrize(
    ("known", "own", "wanted"),
    [
        ("True", "Normal", None),
        ("True", "Throttle", "its own budget small is Throttle"),
        ("Unknown", "Normal", "it is not known how much of budget small is spent"),
    ],
)
def test_a_fallback_is_no_way_out_where_its_own_budget_is_spent_or_not_known(
    known: str, own: str, wanted: str | None
) -> None:
    status = {"own": own, "level": own, "spent": "101%", "conditions": [condition("SpendKnown", known)]}
    fallback = budget("small", status, scope={"models": ["small"]})
    said = refused(promised(), actions=[SWITCH], budgets={fallback.key: fallback})
    assert said is None if wanted is None else (said or "").startswith(f"model small is no way out: {wanted}")


def test_what_gives_back_is_never_held_up() -> None:
    burning = promised("Breach")
    asking = budget()
    view = View(NOW, contracts={burning.key: burning}, budgets={asking.key: asking})
    for back, held in (({}, True), ({"givesBack": "saved"}, False)):
        trigger = {"type": "Budget", "budget": {"budget": "team", "rung": "Constrained", **back}}
        assert (vetoed(plan(trigger=trigger), view) is not None) is held


@pytest.mark.parametrize(("success", "speaks"), [("0.850", True), ("0.950", False), ("", False)])
def test_a_model_that_a_route_measured_below_its_least_success_is_no_way_out(success: str, speaks: bool) -> None:
    route = AdaptiveRoute.read(
        {
            "metadata": meta("agents"),
            "spec": {
                "taskTypes": ["code"],
                "candidates": [{"name": "best", "model": "large"}, {"name": "cheap", "model": "small"}],
                "baseline": "best",
                "objective": {"constraints": {"minSuccess": "0.9"}},
            },
            "status": {"profiles": [{"taskType": "code", "candidate": "cheap", "success": success}]},
        }
    )
    said = refused(promised(), actions=[SWITCH], routes={route.key: route})
    why = f"model small is no way out: route agents measured that it does {success} of code well, and minSuccess is 0.9"
    assert said == (why if speaks else None)
