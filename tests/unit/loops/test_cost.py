"""CostOptimizationLoop: what asks for a cheaper way, what does not, and what is given back."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from autonomic.domain.accounts import Account
from autonomic.domain.cost import CostBudget, CostBudgetStatus
from autonomic.domain.findings import Analysis
from autonomic.domain.meta import condition as find
from autonomic.domain.readings import Unknown
from autonomic.domain.spending import Rungs
from autonomic.domain.view import View
from autonomic.domain.words import Mode, Truth
from autonomic.loops.cost import CostOptimizationLoop
from autonomic.loops.cost_standing import standings
from tests.unit.domain.cost_specimens import SWITCH, account, budget
from tests.unit.domain.specimens import NOW, loop, namespace, plan

LOOP = CostOptimizationLoop()
ABSENT = Unknown("Absent", "no series says what is spent")


def seen(*budgets: CostBudget, accounts: Any = None, **more: Any) -> View:
    known = {each.key: each for each in budgets}
    accounts = {"shop/team": accounts} if isinstance(accounts, Account | Unknown) else accounts or {}
    return View(NOW, budgets=known, accounts=accounts, **{"namespaces": {"shop": namespace()}, **more})


def analyzed(view: View, mode: str = "Enforce") -> Analysis:
    return LOOP.analyze(loop("Cost", mode), view, {})


def status(analysis: Analysis, number: int = 0) -> CostBudgetStatus:
    found = analysis.reports[number].status
    assert isinstance(found, CostBudgetStatus)
    return found


def told(analysis: Analysis, name: str = "SpendKnown") -> tuple[Truth, str]:
    found = find(status(analysis).conditions, name)
    assert found is not None
    return found.status, found.reason


def test_below_the_first_rung_nothing_is_asked_for() -> None:
    analysis = analyzed(seen(budget(), accounts=account("89.9")))
    assert (analysis.findings, status(analysis).level, status(analysis).spent) == ((), Rungs.NORMAL, "90%")


def test_at_nine_tenths_a_plan_to_spend_less_is_asked_for_and_says_why() -> None:
    run_out = NOW + timedelta(hours=2)
    spent = account("93", exhausts_at=run_out, because="tasks grew", expected={"small": Decimal(48)})
    analysis = analyzed(seen(budget(), accounts=spent))
    (finding,) = analysis.findings
    assert finding.justification == (
        "team: 93.00 USD of 100.00 USD in 1d are spent (93%), which is Constrained; tasks grew; this is expected to save"
        " 48.00 USD a day; at this rate nothing is left by 2025-01-01 14:00 UTC."
    )
    asked = finding.trigger.budget
    assert asked is not None and (asked.budget, asked.rung, asked.gives_back) == ("team", "Constrained", None)
    assert [each.type for each in finding.permitted] == ["SwitchModel"]
    assert finding.mode is Mode.ENFORCE


def test_a_cheaper_model_is_judged_by_the_cost_of_a_task_and_fewer_replicas_by_the_rate() -> None:
    findings = analyzed(seen(budget(), accounts=account("100"))).findings
    judged = [each.verification.cost for each in findings]
    assert [(each.basis, each.over, each.window) for each in judged if each] == [
        ("Task", "1h", "5m"),
        ("Rate", "1h", "5m"),
    ]
    assert judged[0] is not None and (judged[0].spent, judged[0].tasks) == ("4.000000000", "400.000000000")


def test_where_nothing_counts_tasks_the_rate_decides() -> None:
    (finding,) = analyzed(seen(budget(), accounts=account("93", tasks=None))).findings
    assert finding.verification.cost is not None and finding.verification.cost.basis == "Rate"


@pytest.mark.parametrize("standing", list(Rungs))
def test_what_is_not_known_asks_for_nothing_and_stays_where_it_stood(standing: Rungs) -> None:
    before = budget(status={"own": standing, "level": standing, "incident": None if standing is Rungs.NORMAL else NOW})
    analysis = analyzed(seen(before, accounts=ABSENT))
    assert (analysis.findings, status(analysis).level) == ((), standing)
    assert told(analysis) == (Truth.UNKNOWN, "Absent")
    assert (status(analysis).spent, status(analysis).amount) == ("Unknown", "")


def test_a_budget_that_was_not_looked_at_yet_is_unknown() -> None:
    assert told(analyzed(seen(budget()))) == (Truth.UNKNOWN, "NotAsked")


def test_in_a_namespace_that_did_not_opt_in_nothing_is_asked_for() -> None:
    analysis = analyzed(seen(budget(), accounts=account("99"), namespaces={"shop": namespace(enabled=False)}))
    assert analysis.findings == ()
    assert told(analysis, "Ready") == (Truth.FALSE, "NamespaceNotEnabled")


def test_where_nothing_is_spent_lately_no_saving_could_show_and_none_is_asked_for() -> None:
    assert analyzed(seen(budget(), accounts=account("93", lately=Decimal(0)))).findings == ()


@pytest.mark.parametrize(("saves", "wanted"), [("0", 0), ("0.01", 1), (None, 1)])
def test_a_model_that_is_known_to_be_no_cheaper_is_not_asked_for(saves: str | None, wanted: int) -> None:
    expected = {} if saves is None else {"small": Decimal(saves)}
    assert len(analyzed(seen(budget(), accounts=account("93", expected=expected))).findings) == wanted


def test_climbing_is_told_with_what_is_spent_and_falling_too() -> None:
    (climbed,) = analyzed(seen(budget(), accounts=account("93"))).reports[0].facts
    assert (climbed.name, climbed.warning) == ("CostLevelChanged", True)
    assert climbed.message == "Normal -> Constrained: spent is 93% of 100 USD in 1d"
    high = budget(status={"own": "Throttle", "level": "Throttle", "incident": NOW})
    (fell,) = analyzed(seen(high, accounts=account("10"))).reports[0].facts
    assert (fell.warning, fell.fields["before"], fell.fields["level"]) == (False, "Throttle", "Normal")


def test_a_finding_keeps_its_name_through_an_incident_and_has_another_one_in_the_next() -> None:
    first = analyzed(
        seen(budget(status={"own": "Constrained", "level": "Constrained", "incident": NOW}), accounts=account("93"))
    )
    again = analyzed(
        seen(budget(status={"own": "Constrained", "level": "Constrained", "incident": NOW}), accounts=account("95"))
    )
    later = {"own": "Constrained", "level": "Constrained", "incident": NOW + timedelta(days=1)}
    other = analyzed(seen(budget(status=later), accounts=account("93")))
    assert first.findings[0].name == again.findings[0].name != other.findings[0].name


def test_a_rung_whose_plan_had_its_chance_asks_for_no_other_in_the_same_incident() -> None:
    view = seen(budget(), accounts=account("93"))
    name = analyzed(view).findings[0].name
    for reason, wanted in (("Denied", 0), ("RolledBack", 0), ("Expired", 0), ("Superseded", 1)):
        done = plan(name, status={"conditions": [finished(reason)]})
        assert len(analyzed(replace(view, plans={f"shop/{name}": done})).findings) == wanted


def finished(reason: str) -> dict[str, str]:
    when = NOW.isoformat()
    return {"type": "Finished", "status": "True", "reason": reason, "lastTransitionTime": when}


def chain(top: Account | Unknown, own: Account | Unknown) -> Analysis:
    company = budget("company", ladder=[{"at": "0.9", "name": "Throttle"}])
    team = budget(parent={"name": "company"})
    return analyzed(seen(company, team, accounts={"shop/company": top, "shop/team": own}))


def test_a_budget_above_that_is_pressed_presses_those_below_it() -> None:
    analysis = chain(account("95"), account("10"))
    below = status(analysis, 1)
    assert (below.level, below.own, below.pressed_by) == (Rungs.THROTTLE, Rungs.NORMAL, "shop/company")
    assert [each.subject for each in analysis.findings] == ["Constrained", "Throttle"]
    assert "shop/company above it presses" in analysis.findings[0].justification


def test_a_budget_above_that_is_not_known_presses_nobody_further() -> None:
    analysis = chain(ABSENT, account("10"))
    assert (analysis.findings, status(analysis, 1).level) == ((), Rungs.NORMAL)


def test_what_is_not_known_below_is_not_acted_on_though_the_budget_above_presses() -> None:
    assert chain(account("95"), ABSENT).findings == ()


def test_a_missing_parent_and_a_circle_of_them_are_told_and_the_budget_stands_by_itself() -> None:
    alone = analyzed(seen(budget(parent={"name": "company"}), accounts=account("93")))
    assert told(alone, "Ready") == (Truth.FALSE, "ParentMissing")
    assert len(alone.findings) == 1
    circle = seen(
        budget("a", parent={"name": "b"}), budget("b", parent={"name": "a"}), accounts={"shop/a": account("93")}
    )
    found = find(status(analyzed(circle)).conditions, "Ready")
    assert found is not None and found.reason == "ParentCycle"


def test_a_parent_on_the_platform_is_in_the_operators_namespace() -> None:
    company = CostBudget.read(
        {**budget("company").wire(), "metadata": {"name": "company", "namespace": "home", "uid": "u"}}
    )
    team = budget(parent={"name": "company", "where": "Platform"})
    namespaces = {"shop": namespace(), "home": replace(namespace(), name="home")}
    accounts = {"home/company": account("95"), "shop/team": account("10")}
    view = seen(company, team, accounts=accounts, home="home", namespaces=namespaces)
    assert status(analyzed(view), 1).pressed_by == "home/company"


def saved(rung: str = "Constrained", back: str = "") -> Any:
    """A plan of the budget that switched the model from large to small, and stands."""
    change = {"path": "/data/model", "before": '"large"', "after": '"small"'}
    execution = {"holder": "a", "epoch": 1, "seq": 1, "steps": [
        {"opId": "x/0", "action": 0, "changes": [change], "at": NOW.isoformat()}
    ]}  # fmt: skip
    action = {**SWITCH, "targetRef": {**SWITCH["targetRef"], "uid": "uid-models"}}  # type: ignore[dict-item]
    trigger = {"type": "Budget", "budget": {"budget": "team", "rung": rung, **({"givesBack": back} if back else {})}}
    name = "back" if back else "saved"
    return plan(
        name,
        actions=[action],
        trigger=trigger,
        status={"conditions": [finished("Succeeded")], "execution": execution},
    )


def test_below_release_what_was_saved_is_given_back_exactly() -> None:
    stood = budget(status={"own": "Constrained", "level": "Constrained", "incident": NOW})
    analysis = analyzed(seen(stood, accounts=account("60"), plans={"shop/saved": saved()}))
    (finding,) = analysis.findings
    assert finding.trigger.budget is not None
    assert (finding.trigger.budget.rung, finding.trigger.budget.gives_back) == ("Normal", "saved")
    action = finding.fixed[0].switch_model
    assert action is not None and (action.key, action.model) == ("model", "large")
    assert (finding.permitted, finding.fixed[0].target_ref.uid) == ((), "uid-models")
    assert [(each.before, each.after) for each in finding.exactly] == [('"small"', '"large"')]
    assert finding.verification.type == "Rollout"


@pytest.mark.parametrize("spent", [account("75"), ABSENT], ids=["pressed", "unknown"])
def test_nothing_is_given_back_while_the_pressure_lasts_or_is_not_known(spent: Account | Unknown) -> None:
    stood = budget(status={"own": "Constrained", "level": "Constrained", "incident": NOW})
    analysis = analyzed(seen(stood, accounts=spent, plans={"shop/saved": saved()}))
    assert [each for each in analysis.findings if each.exactly] == []


def test_what_was_given_back_is_not_given_back_twice() -> None:
    plans = {"shop/saved": saved(), "shop/back": saved("Normal", "saved")}
    assert analyzed(seen(budget(), accounts=account("60"), plans=plans)).findings == ()


def test_what_is_unknown_gives_nothing_back_though_it_stands_low() -> None:
    low = budget(status={"own": "Normal", "level": "Normal"})
    plans = {"shop/saved": saved()}
    assert len(analyzed(seen(low, accounts=account("10"), plans=plans)).findings) == 1
    assert analyzed(seen(low, accounts=ABSENT, plans=plans)).findings == ()


def test_what_is_unknown_stands_where_it_stood_and_may_not_act() -> None:
    high = budget(status={"own": "Throttle", "level": "Throttle", "incident": NOW})
    found = standings(seen(high, accounts=ABSENT))["shop/team"]
    assert (found.level, found.acting) == (Rungs.THROTTLE, Rungs.NORMAL)
