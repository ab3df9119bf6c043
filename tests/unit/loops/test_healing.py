"""HealingLoop: what asks for a cure, and what does not."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from autonomic.domain.findings import Analysis, Finding
from autonomic.domain.meta import condition as find
from autonomic.domain.playbooks import SelfHealingPlaybook, SelfHealingPlaybookStatus
from autonomic.domain.promql import Matcher
from autonomic.domain.readings import Absent, Known, Reading, Unknown
from autonomic.domain.view import View
from autonomic.domain.words import MODE_ANNOTATION, Mode, Truth
from autonomic.healing.matching import held, present
from autonomic.loops.healing import HealingLoop
from tests.unit.domain.specimens import NOW, condition, loop, namespace, plan, playbook, playbook_raw

LOOP = HealingLoop()


def view(book: SelfHealingPlaybook | None = None, **more: Any) -> View:
    book = book or playbook()
    return View(more.pop("now", NOW), **{"playbooks": {book.key: book}, "namespaces": {"shop": namespace()}, **more})


def analyzed(value: object, seen: View | None = None, there: Reading | None = None, mode: str = "Enforce") -> Analysis:
    seen = seen or view()
    trigger = next(iter(seen.playbooks.values())).spec.triggers[0]
    answers = {
        present(trigger, seen.now, None): there or Known(Decimal(1)),
        held(trigger, seen.now, None): value if isinstance(value, Absent | Unknown) else Known(Decimal(str(value))),
    }
    return LOOP.analyze(loop("Healing", mode), seen, answers)


def triggered(analysis: Analysis) -> tuple[Truth, str]:
    status = analysis.reports[0].status
    assert isinstance(status, SelfHealingPlaybookStatus)
    found = find(status.conditions, "Triggered")
    assert found is not None
    return found.status, found.reason


def only(analysis: Analysis) -> Finding:
    (finding,) = analysis.findings
    return finding


def test_a_trouble_that_held_for_its_whole_time_asks_for_its_cure() -> None:
    finding = only(analyzed("0.06"))
    assert finding.permitted[0].type == "Restart"
    assert str(finding.targets[0]) == "Deployment shop/agent"
    assert finding.justification == "crashes: errors is 0.06, GT 0.05, for 30s."
    assert finding.verification.signal is not None
    assert finding.verification.signal.expr == 'max(errors{app="agent"})'
    assert finding.mode is Mode.ENFORCE


def test_a_value_at_the_bound_is_no_trouble() -> None:
    analysis = analyzed("0.05")
    assert analysis.findings == ()
    assert triggered(analysis) == (Truth.FALSE, "Quiet")


def test_a_series_younger_than_the_time_is_no_trouble_yet() -> None:
    analysis = analyzed(Absent())
    assert analysis.findings == ()
    assert triggered(analysis) == (Truth.FALSE, "Quiet")


@pytest.mark.parametrize(
    ("value", "there", "reason"),
    [
        (Unknown("NotANumber", "NaN"), None, "NotANumber"),
        ("0.06", Unknown("MetricsUnavailable", "down"), "MetricsUnavailable"),
        ("0.06", Absent(), "NoData"),
    ],
)
def test_what_is_unknown_never_acts(value: object, there: Reading | None, reason: str) -> None:
    analysis = analyzed(value, there=there)
    assert analysis.findings == ()
    assert triggered(analysis) == (Truth.UNKNOWN, reason)


def test_a_namespace_that_has_not_opted_in_is_not_even_asked_about() -> None:
    seen = view(namespaces={})
    assert list(LOOP.monitor(seen)) == []
    analysis = analyzed("0.06", seen)
    assert analysis.findings == ()
    assert triggered(analysis) == (Truth.UNKNOWN, "NamespaceNotEnabled")


def broken(name: str) -> SelfHealingPlaybook:
    trigger = playbook_raw()["spec"]["triggers"][0] | {"prometheus": {"selector": "errors{"}}
    return playbook(name, triggers=[trigger])


def test_a_selector_that_is_none_is_told_on_its_playbook_and_stops_no_other() -> None:
    book, odd = playbook(), broken("odd")
    seen = view(playbooks={odd.key: odd, book.key: book})
    assert len(list(LOOP.monitor(seen))) == 2
    trigger = book.spec.triggers[0]
    answers = {present(trigger, NOW, None): Known(Decimal(1)), held(trigger, NOW, None): Known(Decimal(1))}
    analysis = LOOP.analyze(loop("Healing"), seen, answers)
    assert triggered(analysis) == (Truth.UNKNOWN, "InvalidSelector")
    assert only(analysis).owner.name == "crashes"


def selecting(selector: str) -> SelfHealingPlaybook:
    """A playbook whose trigger looks at that."""
    return playbook(triggers=[playbook_raw()["spec"]["triggers"][0] | {"prometheus": {"selector": selector}}])


def test_where_tenants_share_a_server_a_trigger_sees_its_own_namespace_alone() -> None:
    seen = view(tenant_label="namespace")
    assert all('{app="agent",namespace="shop"}' in each.expr for each in LOOP.monitor(seen))
    trigger, tenant = playbook().spec.triggers[0], Matcher("namespace", "=", "shop")
    answers = {present(trigger, NOW, tenant): Known(Decimal(1)), held(trigger, NOW, tenant): Known(Decimal("0.06"))}
    finding = only(LOOP.analyze(loop("Healing"), seen, answers))
    assert finding.verification.signal is not None
    assert finding.verification.signal.expr == 'max(errors{app="agent",namespace="shop"})'
    assert all('namespace="shop"' in query.expr for query in finding.evidence.queries)


@pytest.mark.parametrize("selector", ['errors{namespace="bank"}', 'errors{namespace=~".+"}', 'errors{namespace!="x"}'])
def test_a_playbook_that_selects_another_tenant_is_refused_with_a_condition_and_nothing_is_asked(selector: str) -> None:
    book = selecting(selector)
    seen = view(book, tenant_label="namespace")
    assert list(LOOP.monitor(seen)) == []
    analysis = LOOP.analyze(loop("Healing"), seen, {})
    assert triggered(analysis) == (Truth.UNKNOWN, "InvalidSelector")
    status = analysis.reports[0].status
    assert isinstance(status, SelfHealingPlaybookStatus)
    ready = find(status.conditions, "Ready")
    assert ready is not None
    assert ready.status is Truth.FALSE
    assert 'namespace is the label of tenants here and this is of shop: leave it out, namespace="shop" is added' in (
        ready.message
    )
    assert analysis.findings == ()


@pytest.mark.parametrize(
    ("loop_mode", "own", "annotation", "ceiling", "wanted"),
    [
        ("Enforce", "Enforce", None, Mode.ENFORCE, Mode.ENFORCE),
        ("Propose", "Enforce", None, Mode.ENFORCE, Mode.PROPOSE),
        ("Enforce", "Observe", None, Mode.ENFORCE, Mode.OBSERVE),
        ("Enforce", "Enforce", "Propose", Mode.ENFORCE, Mode.PROPOSE),
        ("Enforce", "Enforce", None, Mode.OBSERVE, Mode.OBSERVE),
    ],
)
def test_the_strictest_mode_wins(loop_mode: str, own: str, annotation: str | None, ceiling: Mode, wanted: Mode) -> None:
    annotations = {MODE_ANNOTATION: annotation} if annotation else {}
    seen = view(playbook(mode=own), namespaces={"shop": namespace(annotations=annotations)}, ceiling=ceiling)
    assert only(analyzed("0.06", seen, mode=loop_mode)).mode is wanted


def told(book: SelfHealingPlaybook, analysis: Analysis) -> SelfHealingPlaybook:
    return book.model_copy(update={"status": analysis.reports[0].status})


def test_the_same_incident_has_the_same_plan_however_often_it_is_seen() -> None:
    book = playbook()
    first = analyzed("0.06", view(book))
    later = analyzed("0.09", view(told(book, first), now=NOW + timedelta(seconds=30)))
    assert only(later).name == only(first).name


def test_a_trouble_that_went_and_came_back_is_another_incident() -> None:
    book = playbook()
    first = analyzed("0.06", view(book))
    calm = analyzed("0.01", view(told(book, first), now=NOW + timedelta(minutes=1)))
    again = analyzed("0.06", view(told(book, calm), now=NOW + timedelta(minutes=2)))
    assert only(again).name != only(first).name


def ended(name: str, reason: str | None, at: str = "2025-01-01T11:00:00Z") -> dict[str, Any]:
    drawn = plan(name, status={"conditions": [condition("Finished", "True", reason, at)]} if reason else {})
    return {drawn.key: drawn}


@pytest.mark.parametrize("reason", [None, "Denied", "Expired"])
def test_while_a_plan_is_under_way_and_after_a_no_nothing_more_is_proposed(reason: str | None) -> None:
    first = only(analyzed("0.06")).name
    assert analyzed("0.06", view(plans=ended(first, reason))).findings == ()


@pytest.mark.parametrize("reason", ["Succeeded", "RolledBack", "Failed", "Superseded"])
def test_after_an_attempt_that_ended_the_next_has_another_name(reason: str) -> None:
    first = only(analyzed("0.06")).name
    second = only(analyzed("0.06", view(plans=ended(first, reason))))
    assert second.name != first
    both = ended(first, reason) | ended(second.name, "Denied")
    assert analyzed("0.06", view(plans=both)).findings == ()


def test_within_the_cooldown_nothing_is_proposed() -> None:
    signal = {"playbook": "crashes", "trigger": "errors", "value": "1", "since": "2025-01-01T11:00:00Z"}
    finished = condition("Finished", "True", "Succeeded", "2025-01-01T11:58:00Z")
    recent = plan("before", status={"conditions": [finished]}, trigger={"type": "Signal", "signal": signal})
    analysis = analyzed("0.06", view(plans={recent.key: recent}))
    assert analysis.findings == ()
    assert triggered(analysis) == (Truth.TRUE, "Held")


def test_a_transition_is_told_once() -> None:
    book = playbook()
    quiet = analyzed("0.01", view(book))
    assert quiet.reports[0].facts == ()
    fired = analyzed("0.06", view(told(book, quiet)))
    assert [each.name for each in fired.reports[0].facts] == ["PlaybookTriggerChanged"]
    again = analyzed("0.07", view(told(book, fired)))
    assert again.reports[0].facts == ()


def test_the_loop_turns_four_times_in_the_shortest_hold() -> None:
    assert LOOP.pace(view()) == 7.5
    assert LOOP.pace(view(namespaces={})) is None
