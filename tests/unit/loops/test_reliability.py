"""ReliabilityLoop: which alert asks for which cure, and what is told."""

from datetime import timedelta
from typing import Any

import pytest

from autonomic.cycle.reporting import differs
from autonomic.domain.contracts import SLAContract, SLAContractStatus
from autonomic.domain.findings import Analysis, Finding
from autonomic.domain.meta import condition as find
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.readings import Answers, Reading, Unknown
from autonomic.domain.units import milliseconds
from autonomic.domain.view import View
from autonomic.domain.words import MODE_ANNOTATION, Mode, Truth
from autonomic.loops.reliability import ReliabilityLoop
from autonomic.slo.questions import ask_about
from tests.unit.domain.specimens import FAST, NOW, SLOW, contract, loop, namespace, objective, plan
from tests.unit.slo.answering import answers_for, counted

LOOP = ReliabilityLoop()
WELL = {"28d": counted(10, 100_000), "1h": counted(0, 1000), "5m": counted(0, 100)}
BREACH = {"28d": counted(10, 100_000), "1h": counted(100, 1000), "5m": counted(10, 100)}
SPENT = {"28d": counted(500, 100_000), "1h": counted(10, 1000), "5m": counted(1, 100)}
SPENT_BUT_CALM = {**SPENT, "5m": counted(0, 100)}
NAN = (Unknown("NotANumber", "NaN"), Unknown("NotANumber", "NaN"))


def view(kept: SLAContract, **more: Any) -> View:
    return View(more.pop("now", NOW), **{"contracts": {kept.key: kept}, "namespaces": {"shop": namespace()}, **more})


def answered(seen: View, counts: dict[str, tuple[Reading, Reading]]) -> Answers:
    answers: dict[Any, Reading] = {}
    for each in seen.contracts.values():
        for promise in each.spec.objectives:
            answers |= answers_for(ask_about(promise, seen.now, exact=seen.exact_counts), counts)
    return answers


def analyzed(
    counts: dict[str, tuple[Reading, Reading]], kept: SLAContract | None = None, mode: str = "Enforce", **more: Any
) -> Analysis:
    seen = view(kept or contract(), **more)
    return LOOP.analyze(loop(mode=mode), seen, answered(seen, counts))


def only(analysis: Analysis) -> Finding:
    (finding,) = analysis.findings
    return finding


def told(kept: SLAContract, analysis: Analysis) -> SLAContract:
    return kept.model_copy(update={"status": analysis.reports[0].status})


def test_a_breach_asks_for_the_cure_its_owner_allowed() -> None:
    finding = only(analyzed(BREACH))
    assert finding.permitted[0].scale is not None
    assert finding.permitted[0].scale.by == 2
    assert finding.trigger.slo_alert is not None
    assert finding.trigger.slo_alert.level == "Breach"
    assert finding.justification == (
        "agent: the error budget of success burns 20.0 times too fast, 98.0% of it is left (Breach)."
    )
    assert finding.evidence.summary == (
        "100 of 1000 events failed in 1h (burn 20.0), 10 of 100 events failed in 5m (burn 20.0); the tier fires above 14.4"
    )


def test_it_is_verified_on_the_short_window_of_the_tier_that_fired() -> None:
    slo = only(analyzed(BREACH)).verification.slo
    assert slo is not None
    assert (slo.window, slo.burn_below) == ("5m", "14.4")


def test_a_spent_budget_that_still_burns_asks_and_is_verified_below_1() -> None:
    kept = contract(adaptations=[{"levels": ["Exhausted"], "actions": [{"type": "Restart", "restart": {}}]}])
    slo = only(analyzed(SPENT, kept)).verification.slo
    assert slo is not None
    assert (slo.window, slo.burn_below) == ("5m", "1")


EXHAUSTED = [{"levels": ["Breach", "Exhausted"], "actions": [{"type": "Restart", "restart": {}}]}]


def test_a_spent_budget_that_no_longer_burns_asks_for_nothing() -> None:
    kept = contract(adaptations=EXHAUSTED)
    assert analyzed(SPENT, kept).findings
    analysis = analyzed(SPENT_BUT_CALM, kept)
    assert analysis.findings == ()
    assert isinstance(analysis.reports[0].status, SLAContractStatus)
    assert analysis.reports[0].status.objectives[0].alert == "Exhausted"


def test_a_burn_of_exactly_1_over_a_spent_budget_asks_for_nothing() -> None:
    at_one = {**SPENT, "5m": counted(5, 1000)}
    assert analyzed(at_one, contract(adaptations=EXHAUSTED)).findings == ()


@pytest.mark.parametrize("counts", [WELL, {**BREACH, "28d": NAN}, {**BREACH, "1h": NAN}, {**BREACH, "5m": NAN}])
def test_what_is_well_or_unknown_asks_for_nothing(counts: dict[str, Any]) -> None:
    assert analyzed(counts).findings == ()


@pytest.mark.parametrize(("until", "asks"), [("2025-01-01T12:00:01Z", False), ("2025-01-01T12:00:00Z", True)])
def test_nothing_is_proposed_before_the_pause_ends(until: str, asks: bool) -> None:
    assert bool(analyzed(BREACH, contract(pausedUntil=until)).findings) == asks


def test_a_level_that_no_adaptation_names_asks_for_nothing() -> None:
    assert analyzed(BREACH, contract(adaptations=[{"levels": ["Warning"], **actions("a")}])).findings == ()
    assert analyzed(BREACH, contract(adaptations=[])).findings == ()


def actions(name: str) -> dict[str, Any]:
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    return {"actions": [{"type": "Restart", "restart": {}, "targetRef": ref}]}


LADDER = contract(
    adaptations=[
        {"levels": ["Warning"], **actions("never")},
        {"levels": ["Breach"], **actions("first")},
        {"levels": ["Breach", "Exhausted"], **actions("second")},
    ]
)


def test_the_mildest_untried_cure_comes_first_and_each_once_an_incident() -> None:
    kept, proposed = LADDER, []
    plans: dict[str, AdaptationPlan] = {}
    for minute in range(4):
        analysis = analyzed(BREACH, kept, now=NOW + timedelta(minutes=minute), plans=dict(plans))
        kept = told(kept, analysis)
        for finding in analysis.findings:
            proposed.append(finding.targets[0].name)
            plans[f"shop/{finding.name}"] = plan(finding.name)
    assert proposed == ["first", "second"]


def test_an_incident_that_ended_and_came_back_may_try_again() -> None:
    first = analyzed(BREACH)
    plans = {f"shop/{only(first).name}": plan(only(first).name)}
    kept = told(contract(), first)
    assert analyzed(BREACH, kept, plans=plans, now=NOW + timedelta(minutes=1)).findings == ()
    calm = told(kept, analyzed(WELL, kept, plans=plans, now=NOW + timedelta(minutes=2)))
    again = analyzed(BREACH, calm, plans=plans, now=NOW + timedelta(minutes=3))
    assert only(again).name != only(first).name


def test_a_graver_level_and_a_gap_in_the_data_are_the_same_incident() -> None:
    kept = contract(adaptations=EXHAUSTED)
    names = set()
    unread = {**BREACH, "28d": NAN, "1h": NAN, "5m": NAN}
    for minute, counts in enumerate([BREACH, SPENT, unread, BREACH]):
        analysis = analyzed(counts, kept, now=NOW + timedelta(minutes=minute))
        kept = told(kept, analysis)
        names |= {each.name for each in analysis.findings}
    assert len(names) == 1


def test_the_same_finding_has_the_same_name_after_a_restart() -> None:
    first = analyzed(BREACH)
    kept = told(contract(), first)
    later = analyzed(BREACH, kept, now=NOW + timedelta(minutes=7))
    assert only(later).name == only(first).name


def test_a_changed_contract_is_another_finding() -> None:
    changed = contract()
    changed = changed.model_copy(update={"metadata": changed.metadata.model_copy(update={"generation": 2})})
    assert only(analyzed(BREACH, changed)).name != only(analyzed(BREACH)).name


@pytest.mark.parametrize(
    ("loop_mode", "annotation", "ceiling", "wanted"),
    [
        ("Enforce", None, Mode.ENFORCE, Mode.ENFORCE),
        ("Propose", None, Mode.ENFORCE, Mode.PROPOSE),
        ("Enforce", "Observe", Mode.ENFORCE, Mode.OBSERVE),
        ("Enforce", None, Mode.OBSERVE, Mode.OBSERVE),
    ],
)
def test_the_strictest_mode_wins(loop_mode: str, annotation: str | None, ceiling: Mode, wanted: Mode) -> None:
    annotations = {MODE_ANNOTATION: annotation} if annotation else {}
    spaces = {"shop": namespace(annotations=annotations)}
    assert only(analyzed(BREACH, mode=loop_mode, namespaces=spaces, ceiling=ceiling)).mode is wanted


def conditions_of(analysis: Analysis) -> dict[str, tuple[Truth, str]]:
    status = analysis.reports[0].status
    assert isinstance(status, SLAContractStatus)
    return {each.type: (each.status, each.reason) for each in status.conditions}


def test_a_breach_is_told_in_conditions() -> None:
    assert conditions_of(analyzed(BREACH)) == {
        "Ready": (Truth.TRUE, "Evaluated"),
        "DataAvailable": (Truth.TRUE, "Available"),
        "BudgetWarning": (Truth.FALSE, "Quiet"),
        "Breached": (Truth.TRUE, "Firing"),
        "Exhausted": (Truth.FALSE, "Quiet"),
    }


def test_no_data_is_told_in_conditions_and_never_as_a_quiet_alert() -> None:
    seen = conditions_of(analyzed({**BREACH, "28d": NAN}))
    assert seen["DataAvailable"] == (Truth.FALSE, "NotANumber")
    assert seen["Ready"] == (Truth.TRUE, "Evaluated")
    assert {seen[name][0] for name in ("BudgetWarning", "Breached", "Exhausted")} == {Truth.UNKNOWN}


def test_a_namespace_that_has_not_opted_in_is_told_and_not_asked_about() -> None:
    seen = view(contract(), namespaces={"shop": namespace(enabled=False)})
    assert list(LOOP.monitor(seen)) == []
    analysis = LOOP.analyze(loop(), seen, {})
    assert conditions_of(analysis)["Ready"] == (Truth.FALSE, "NamespaceNotEnabled")
    assert analysis.findings == ()


def odd() -> SLAContract:
    return contract("odd", objectives=[objective(indicator={"ratio": {"bad": "tasks{", "total": "tasks"}})])


def test_a_selector_that_is_none_is_told_on_its_contract_and_stops_no_other() -> None:
    seen = view(odd(), contracts={each.key: each for each in (odd(), contract())})
    assert list(LOOP.monitor(seen))
    answers = answered(view(contract()), BREACH)
    analysis = LOOP.analyze(loop(), seen, answers)
    assert conditions_of(analysis)["Ready"] == (Truth.FALSE, "InvalidIndicator")
    status = analysis.reports[0].status
    assert isinstance(status, SLAContractStatus)
    ready = find(status.conditions, "Ready")
    assert ready and "indicator.ratio.bad: 'tasks{'" in ready.message
    assert only(analysis).owner.name == "agent"


def test_a_turn_that_sees_the_same_again_writes_nothing_and_tells_nothing() -> None:
    first = analyzed(BREACH)
    kept = told(contract(), first)
    moved = {**BREACH, "5m": counted(12, 110)}
    second = analyzed(moved, kept, now=NOW + timedelta(minutes=1))
    assert not differs(kept, second.reports[0].status)
    assert second.reports[0].facts == ()


def test_a_standing_lack_of_data_is_written_once_though_its_figure_moves() -> None:
    few = {**WELL, "28d": counted(0, 5)}
    kept = told(contract(), analyzed(few))
    second = analyzed({**few, "28d": counted(0, 6)}, kept, now=NOW + timedelta(minutes=1))
    assert not differs(kept, second.reports[0].status)


def test_each_transition_is_told_once_with_both_levels() -> None:
    kept, facts = contract(), []
    for minute, counts in enumerate([WELL, BREACH, BREACH, SPENT, WELL, WELL]):
        analysis = analyzed(counts, kept, now=NOW + timedelta(minutes=minute))
        kept = told(kept, analysis)
        facts += [each.message.partition(";")[0] for each in analysis.reports[0].facts]
    assert facts == [
        "success: None -> Breach",
        "success: Breach -> Exhausted",
        "success: Exhausted -> None",
    ]


def test_the_status_is_worth_a_write_when_the_level_changes() -> None:
    kept = told(contract(), analyzed(WELL))
    assert differs(kept, analyzed(BREACH, kept).reports[0].status)


def test_the_evidence_holds_the_questions_and_their_figures() -> None:
    kept = contract(objectives=[objective(alerting={"windows": [FAST, SLOW]})])
    counts = {**BREACH, "1d": counted(1, 20_000), "2h": counted(3, 2000)}
    queries = only(analyzed(counts, kept)).evidence.queries
    figures = {each.expr: each.value for each in queries}
    assert figures["sum(increase(tasks_total[1h] anchored))"] == "1000"
    assert figures['sum(increase(tasks_total{status="failed"}[2h] anchored))'] == "3"
    assert all(each.at == NOW for each in queries)


def test_the_loop_turns_as_often_as_the_finest_resolution() -> None:
    fine = objective(name="fine", alerting={"windows": [FAST], "resolution": "1s"})
    assert LOOP.pace(view(contract(objectives=[objective(), fine]))) == 1
    assert LOOP.pace(view(contract(), namespaces={})) is None


def test_the_untried_cures_are_alternatives_mildest_first() -> None:
    cures = [{"levels": ["Breach"], **actions("first")}, {"levels": ["Breach"], **actions("second")}]
    found = analyzed(BREACH, contract(adaptations=cures)).findings
    assert [(each.subject, each.targets[0].name) for each in found] == [("success", "first"), ("success", "second")]


def test_a_deadline_is_never_too_early_for_the_window_that_is_watched() -> None:
    (found,) = analyzed(BREACH, contract(verification={"settle": "1m", "within": "2m"})).findings
    assert found.verification.slo and milliseconds(found.verification.within) == milliseconds("1m") + 2 * milliseconds(
        "5m"
    )
