"""What has no place in its namespace asks the loops nothing, is said once, and never counts among what is governed."""

from datetime import timedelta
from typing import Any

import pytest

from autonomic.domain.contracts import SLAContract
from autonomic.domain.cost import CostBudget
from autonomic.domain.crowding import TOO_MANY, Crowd, crowd, rank
from autonomic.domain.findings import Analysis
from autonomic.domain.meta import condition as find
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.readings import Unknown
from autonomic.domain.resource import Resource
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.loops.cost import CostOptimizationLoop
from autonomic.loops.cost_standing import standings
from autonomic.loops.healing import HealingLoop
from autonomic.loops.rightsizing import RightsizingLoop
from autonomic.loops.storm import unwell
from tests.unit.domain.cost_specimens import account, budget_raw
from tests.unit.domain.specimens import NOW, condition, contract_raw, loop, namespace, playbook_raw

RIGHTSIZING = {"window": "14d"}


def dated(raw: dict[str, Any], minute: int) -> dict[str, Any]:
    stamp = (NOW + timedelta(minutes=minute)).isoformat()
    return {**raw, "metadata": {**raw["metadata"], "creationTimestamp": stamp}}


def one_place(*held: Resource) -> dict[tuple[str, str], Crowd]:
    """The oldest of them has the only place."""
    kind = held[0].names.kind
    found = crowd(kind, "shop", sorted(rank(each.metadata) for each in held), 1)
    return {(kind, "shop"): found} if found else {}


def budgets(*raws: dict[str, Any], **more: Any) -> View:
    found = [CostBudget.read(dated(raw, minute)) for minute, raw in enumerate(raws)]
    known = {each.key: each for each in found}
    rooms = {"shop": namespace()}
    return View(NOW, budgets=known, crowds=one_place(*found), namespaces=rooms, **more)


def told_so(analysis: Analysis, at: int, *more: dict[str, Any]) -> dict[str, Any]:
    """The status that the report asks for, as the cluster keeps it."""
    wire = analysis.reports[at].status.wire()
    return {**wire, "conditions": [*wire["conditions"], *more]}


def test_a_budget_that_is_left_out_is_unknown_and_asks_for_nothing_however_much_is_spent() -> None:
    accounts = {"shop/old": account("10"), "shop/young": account("99")}
    analysis = CostOptimizationLoop().analyze(
        loop("Cost"), budgets(budget_raw("old"), budget_raw("young"), accounts=accounts), {}
    )
    assert analysis.findings == ()
    young = analysis.reports[1].status.conditions  # type: ignore[attr-defined]
    ready, known = find(young, "Ready"), find(young, "SpendKnown")
    assert ready is not None and (ready.status, ready.reason) == (Truth.FALSE, TOO_MANY)
    assert known is not None and known.status is Truth.UNKNOWN


@pytest.mark.parametrize(("rests", "reports"), [(False, 1), (True, 2)])
def test_a_budget_that_says_so_is_looked_at_no_more_unless_its_workload_has_to_come_back(
    rests: bool, reports: int
) -> None:
    first = CostOptimizationLoop().analyze(loop("Cost"), budgets(budget_raw("old"), budget_raw("young")), {})
    asleep = [condition("Awake", "False", "Asleep", NOW.isoformat())] if rests else []
    told = budget_raw("young", told_so(first, 1, *asleep))
    again = CostOptimizationLoop().analyze(loop("Cost"), budgets(budget_raw("old"), told), {})
    assert len(again.reports) == reports


def test_nobody_looks_beyond_a_parent_that_is_left_out() -> None:
    chain = [budget_raw(f"b{number}", parent={"where": "Namespace", "name": f"b{number + 1}"}) for number in range(3)]
    found = standings(budgets(*chain, budget_raw("b3", status={"own": "Throttle", "level": "Throttle"})))
    assert (found["shop/b0"].pressed_by, found["shop/b0"].fault) == ("", None)


def test_a_budget_that_is_left_out_has_nothing_rightsized() -> None:
    def asked(*raws: dict[str, Any]) -> int:
        return len(list(RightsizingLoop().monitor(budgets(*raws))))

    alone, other = budget_raw("young", rightsizing=RIGHTSIZING), budget_raw("old")
    assert asked(alone) > 0
    assert asked(other, alone) == 0


def playbooks(*raws: dict[str, Any]) -> View:
    found = [SelfHealingPlaybook.read(dated(raw, minute)) for minute, raw in enumerate(raws)]
    known = {each.key: each for each in found}
    return View(NOW, playbooks=known, crowds=one_place(*found), namespaces={"shop": namespace()})


def test_a_playbook_that_is_left_out_asks_nothing_and_is_reported_once() -> None:
    old, young = playbook_raw("old"), playbook_raw("young")
    first, healing = playbooks(old, young), HealingLoop()
    assert len(list(healing.monitor(first))) == len(list(healing.monitor(playbooks(old))))
    answers = dict.fromkeys(healing.monitor(first), Unknown("Unavailable", "nobody answers"))
    analysis = healing.analyze(loop("Healing"), first, answers)
    ready = find(analysis.reports[1].status.conditions, "Ready")  # type: ignore[attr-defined]
    assert ready is not None and (ready.status, ready.reason) == (Truth.FALSE, TOO_MANY)
    told = {**young, "status": told_so(analysis, 1)}
    assert len(healing.analyze(loop("Healing"), playbooks(old, told), answers).reports) == 1


def test_workloads_that_nobody_judges_do_not_hide_a_storm() -> None:
    burning = {"objectives": [{"name": "success", "sli": "1%", "budgetRemaining": "1%", "alert": "Breach"}]}
    raws = [{**contract_raw("old"), "status": burning}] + [
        contract_raw(f"young-{number}", targetRef={"apiVersion": "apps/v1", "kind": "Deployment", "name": f"w{number}"})
        for number in range(9)
    ]
    found = [SLAContract.read(dated(raw, minute)) for minute, raw in enumerate(raws)]
    view = View(NOW, contracts={each.key: each for each in found}, namespaces={"shop": namespace()})
    assert unwell(view) == (1, 10)
    crowded = View(NOW, contracts=view.contracts, namespaces=view.namespaces, crowds=one_place(*found))
    assert unwell(crowded) == (1, 1)
