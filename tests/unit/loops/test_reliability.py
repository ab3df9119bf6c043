"""ReliabilityLoop: which alert asks for which cure, once the contract's status says it."""

from datetime import timedelta
from typing import Any

import pytest

from autonomic.domain.budgets import Assessment
from autonomic.domain.contracts import SLAContract
from autonomic.domain.findings import Analysis, Finding
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.readings import Unknown
from autonomic.domain.units import milliseconds
from autonomic.domain.view import View
from autonomic.domain.words import MODE_ANNOTATION, Level, Mode
from autonomic.loops.reliability import ReliabilityLoop
from autonomic.slo.promises import Group
from autonomic.slo.reporting import Known, report
from tests.unit.domain.specimens import FAST, NOW, SLOW, contract, loop, namespace, objective, plan
from tests.unit.slo.answering import Counts, judged

LOOP = ReliabilityLoop()
WELL: dict[str, Counts] = {"28d": (10, 100_000), "1h": (0, 1000), "5m": (0, 100)}
BREACH: dict[str, Counts] = {"28d": (10, 100_000), "1h": (100, 1000), "5m": (10, 100)}
SPENT: dict[str, Counts] = {"28d": (500, 100_000), "1h": (10, 1000), "5m": (1, 100)}
SPENT_BUT_CALM: dict[str, Counts] = {**SPENT, "5m": (0, 100)}
UNREAD = Unknown("NotANumber", "NaN")


def view(kept: SLAContract, **more: Any) -> View:
    return View(more.pop("now", NOW), **{"contracts": {kept.key: kept}, "namespaces": {"shop": namespace()}, **more})


def seen_by(kept: SLAContract, counts: dict[str, Counts], **more: Any) -> tuple[Assessment, ...]:
    (promise,) = kept.spec.objectives
    return (judged(counts, alerting=promise.alerting.wire(), **more),)


def told(kept: SLAContract, seen: tuple[Assessment, ...]) -> SLAContract:
    """The contract, when its status says what was seen."""
    return kept.model_copy(update={"status": report(kept, seen, Known(seen[0].at)).status})


def looked(kept: SLAContract, seen: tuple[Assessment, ...], mode: str = "Enforce", **more: Any) -> Analysis:
    return LOOP.analyze(loop(mode=mode), view(kept, assessments={kept.key: seen}, **more), {})


def analyzed(
    counts: dict[str, Counts], kept: SLAContract | None = None, mode: str = "Enforce", **more: Any
) -> Analysis:
    """What the loop makes of it once the status says it."""
    kept, seen = judge(kept or contract(), counts, more.get("now", NOW))
    return looked(kept, seen, mode, **more)


def judge(
    kept: SLAContract, counts: dict[str, Counts], now: Any = NOW, **more: Any
) -> tuple[SLAContract, tuple[Assessment, ...]]:
    seen = seen_by(kept, counts, now=now, **more)
    return told(kept, seen), seen


def only(analysis: Analysis) -> Finding:
    (finding,) = analysis.findings
    return finding


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
    assert analyzed(SPENT_BUT_CALM, kept).findings == ()
    assert judge(kept, SPENT_BUT_CALM)[0].status.objectives[0].alert == "Exhausted"


def test_a_burn_of_exactly_1_over_a_spent_budget_asks_for_nothing() -> None:
    at_one: dict[str, Counts] = {**SPENT, "5m": (5, 1000)}
    assert analyzed(at_one, contract(adaptations=EXHAUSTED)).findings == ()


def test_what_is_well_or_unknown_asks_for_nothing() -> None:
    assert analyzed(WELL).findings == ()
    assert looked(*judge(contract(), BREACH, problem=UNREAD)).findings == ()


def test_nothing_is_asked_for_before_the_status_says_the_level() -> None:
    kept, seen = judge(contract(), BREACH)
    assert looked(kept, seen).findings
    assert looked(contract(), seen).findings == ()
    calm, _ = judge(contract(), WELL)
    assert looked(calm, seen).findings == ()
    graver, spent = judge(contract(adaptations=EXHAUSTED), SPENT)
    assert looked(graver, spent).findings
    assert looked(told(graver, seen), spent).findings == ()


def test_an_alert_that_is_kept_after_its_tier_asks_only_while_it_burns() -> None:
    cooling: dict[str, Counts] = {**BREACH, "5m": (1, 100)}
    kept, _ = judge(contract(), BREACH)
    assert looked(*judge(kept, cooling, NOW + timedelta(minutes=1), shown=Level.BREACH)).findings
    over: dict[str, Counts] = {**BREACH, "5m": (0, 100)}
    assert looked(*judge(kept, over, NOW + timedelta(minutes=1), shown=Level.BREACH)).findings == ()


def test_a_contract_that_is_gone_asks_for_nothing() -> None:
    kept, seen = judge(contract(), BREACH)
    assert looked(kept, seen, contracts={}).findings == ()


def test_each_group_asks_for_itself_and_says_so() -> None:
    kept = contract(objectives=[objective(groupBy=["tenant"])])
    groups: list[Group] = [(("tenant", name),) for name in ("acme", "beta", "core")]
    counts = (BREACH, WELL, BREACH)
    seen = tuple(judged(each, group=group, groupBy=["tenant"]) for each, group in zip(counts, groups, strict=True))
    acme, core = looked(told(kept, seen), seen).findings
    assert (acme.subject, core.subject) == ("success[tenant=acme]", "success[tenant=core]")
    assert acme.name != core.name
    assert acme.trigger.slo_alert and acme.verification.slo
    assert (acme.trigger.slo_alert.group, acme.verification.slo.group) == ("tenant=acme", "tenant=acme")
    assert "success[tenant=acme] burns 20.0 times" in acme.justification


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
        kept, seen = judge(kept, BREACH, NOW + timedelta(minutes=minute))
        for finding in looked(kept, seen, plans=dict(plans)).findings[:1]:
            proposed.append(finding.targets[0].name)
            plans[f"shop/{finding.name}"] = plan(finding.name)
    assert proposed == ["first", "second"]


def test_an_incident_that_ended_and_came_back_may_try_again() -> None:
    kept, seen = judge(contract(), BREACH)
    first = only(looked(kept, seen))
    plans = {f"shop/{first.name}": plan(first.name)}
    kept, seen = judge(kept, BREACH, NOW + timedelta(minutes=1))
    assert looked(kept, seen, plans=plans).findings == ()
    kept, seen = judge(kept, WELL, NOW + timedelta(minutes=2))
    kept, seen = judge(kept, BREACH, NOW + timedelta(minutes=3))
    assert only(looked(kept, seen, plans=plans)).name != first.name


def test_a_graver_level_and_a_gap_in_the_data_are_the_same_incident() -> None:
    kept, names = contract(adaptations=EXHAUSTED), set()
    for minute, (counts, problem) in enumerate([(BREACH, None), (SPENT, None), (BREACH, UNREAD), (BREACH, None)]):
        kept, seen = judge(kept, counts, NOW + timedelta(minutes=minute), problem=problem)
        names |= {each.name for each in looked(kept, seen).findings}
    assert len(names) == 1


def test_the_same_finding_has_the_same_name_after_a_restart() -> None:
    kept, seen = judge(contract(), BREACH)
    later, again = judge(kept, BREACH, NOW + timedelta(minutes=7))
    assert only(looked(later, again)).name == only(looked(kept, seen)).name


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


def test_the_evidence_holds_the_questions_and_their_figures() -> None:
    kept = contract(objectives=[objective(alerting={"windows": [FAST, SLOW]})])
    counts: dict[str, Counts] = {**BREACH, "1d": (1, 20_000), "2h": (3, 2000)}
    queries = only(analyzed(counts, kept)).evidence.queries
    figures = {each.expr: each.value for each in queries}
    assert figures["sum (increase(tasks_total[1h] anchored))"] == "1000"
    assert figures['sum by (status) (increase(tasks_total{status="failed"}[2h] anchored))'] == "3"
    assert all(each.at == NOW for each in queries)


def test_the_loop_asks_nothing_and_turns_at_its_own_interval() -> None:
    assert list(LOOP.monitor(view(contract()))) == []
    assert LOOP.pace(view(contract())) is None


def test_the_untried_cures_are_alternatives_mildest_first() -> None:
    cures = [{"levels": ["Breach"], **actions("first")}, {"levels": ["Breach"], **actions("second")}]
    found = analyzed(BREACH, contract(adaptations=cures)).findings
    assert [(each.subject, each.targets[0].name) for each in found] == [("success", "first"), ("success", "second")]


def test_a_deadline_is_never_too_early_for_the_window_that_is_watched() -> None:
    (found,) = analyzed(BREACH, contract(verification={"settle": "1m", "within": "2m"})).findings
    assert found.verification.slo and milliseconds(found.verification.within) == milliseconds("1m") + 2 * milliseconds(
        "5m"
    )
