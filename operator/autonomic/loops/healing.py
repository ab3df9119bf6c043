"""HealingLoop: playbooks whose trouble is there ask for their cure."""

import itertools
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.errors import Invalid
from autonomic.domain.findings import Analysis, Fact, Finding, Report
from autonomic.domain.meta import condition, conditions
from autonomic.domain.naming import outcome, plan_name
from autonomic.domain.plans import AskedQuery, Evidence, PlanVerification, SignalTrigger, SignalVerification, Trigger
from autonomic.domain.playbooks import PlaybookTrigger, SelfHealingPlaybook, SelfHealingPlaybookStatus
from autonomic.domain.readings import Answers, Known, Question, Reading, Unknown
from autonomic.domain.units import seconds
from autonomic.domain.view import View
from autonomic.domain.words import Truth, strictest
from autonomic.healing.matching import held, holds, present, quiet
from autonomic.healing.pacing import too_soon

Seen = tuple[Truth, str, str]


class HealingLoop:
    """Holds playbooks against the signals in Prometheus."""

    type: ClassVar[str] = "Healing"

    def monitor(self, view: View) -> Iterable[Question]:
        """Each trigger's mildest value over its time, and whether there are series at all."""
        for playbook in _watched(view):
            try:
                yield from _questions(playbook, view)
            except Invalid:
                continue  # `analyze` reports it on the playbook

    def analyze(self, loop: ControlLoopResource, view: View, answers: Answers) -> Analysis:
        """A report for each playbook, and a finding for each whose trouble is there and which may act again."""
        reports, findings = [], []
        for playbook in view.playbooks.values():
            seen, value = _judge(playbook, view, answers)
            told = _report(playbook, seen, view)
            reports.append(told)
            if value is not None and not too_soon(playbook, view.plans.values(), view.now):
                findings.append(_finding(playbook, value, told, loop, view))
        return Analysis(tuple(reports), tuple(each for each in findings if each))

    def pace(self, view: View) -> float | None:
        """A quarter of the shortest `for`, so that no trouble waits much longer than it must."""
        return min((seconds(each.spec.triggers[0].hold) / 4 for each in _watched(view)), default=None)


def _watched(view: View) -> Iterable[SelfHealingPlaybook]:
    return (each for each in view.playbooks.values() if view.namespace(each.metadata.namespace).enabled)


def _at(view: View) -> datetime:
    return (view.now - view.ingestion_delay).replace(microsecond=0)


def _judge(playbook: SelfHealingPlaybook, view: View, answers: Answers) -> tuple[Seen, Decimal | None]:
    """Ready or not, and the value where the trouble is there."""
    if not view.namespace(playbook.metadata.namespace).enabled:
        return (Truth.UNKNOWN, "NamespaceNotEnabled", f"namespace {playbook.metadata.namespace} has not opted in"), None
    trigger = playbook.spec.triggers[0]
    try:
        mildest, there = _questions(playbook, view)
        return _match(trigger, answers[there], answers[mildest])
    except Invalid as error:
        return (Truth.UNKNOWN, "InvalidSelector", str(error)), None


def _questions(playbook: SelfHealingPlaybook, view: View) -> tuple[Question, Question]:
    """The mildest value over the trigger's time, and whether there are series at all. Raises Invalid."""
    trigger, tenant = playbook.spec.triggers[0], view.tenant(playbook.metadata.namespace)
    return held(trigger, _at(view), tenant), present(trigger, _at(view), tenant)


def _match(trigger: PlaybookTrigger, there: Reading, mildest: Reading) -> tuple[Seen, Decimal | None]:
    for reading in (there, mildest):
        if isinstance(reading, Unknown):
            return (Truth.UNKNOWN, reading.reason, reading.message), None
    if not isinstance(there, Known):
        return (Truth.UNKNOWN, "NoData", "Prometheus has no such series"), None
    if isinstance(mildest, Known) and holds(mildest.value, trigger.op, Decimal(trigger.value)):
        return (Truth.TRUE, "Held", f"{trigger.name} has held for {trigger.hold}"), mildest.value
    return (Truth.FALSE, "Quiet", f"{trigger.name} does not hold"), None


_BROKEN = ("InvalidSelector", "NamespaceNotEnabled")


def _report(playbook: SelfHealingPlaybook, seen: Seen, view: View) -> Report:
    status, reason, message = seen
    works = reason not in _BROKEN
    data = works and status is not Truth.UNKNOWN
    wanted = (
        ("Ready", Truth.TRUE if works else Truth.FALSE, "Evaluated" if works else reason, "" if works else message),
        (
            "DataAvailable",
            Truth.TRUE if data else Truth.FALSE,
            "Available" if data else reason,
            "" if data else message,
        ),
        ("Triggered", status, reason, message),
    )
    meta = playbook.metadata
    now = view.now.replace(microsecond=0)
    after = SelfHealingPlaybookStatus(
        observed_generation=meta.generation,
        incident=_incident(status, playbook.status.incident, now),
        conditions=conditions(playbook.status.conditions, wanted, meta.generation, now),
    )
    old = condition(playbook.status.conditions, "Triggered")
    changed = (old.reason if old else "Quiet") != reason
    facts = (Fact("PlaybookTriggerChanged", playbook.ref, message, warning=status != Truth.FALSE),) if changed else ()
    return Report(playbook.ref, after, facts)


def _incident(triggered: Truth, ongoing: datetime | None, now: datetime) -> datetime | None:
    """When the trouble began: what is Unknown neither begins nor ends it, so a no stays a no through a gap in the data."""
    if triggered is Truth.UNKNOWN:
        return ongoing
    return (ongoing or now) if triggered is Truth.TRUE else None


def _finding(
    playbook: SelfHealingPlaybook, value: Decimal, told: Report, loop: ControlLoopResource, view: View
) -> Finding | None:
    trigger, namespace = playbook.spec.triggers[0], playbook.metadata.namespace or ""
    assert isinstance(told.status, SelfHealingPlaybookStatus)  # noqa: S101 - this loop's report
    since = told.status.incident or view.now
    plan = _next_name(playbook, since, view)
    if plan is None:
        return None
    action, name = playbook.spec.actions[0], playbook.metadata.name
    return Finding(
        loop=loop.metadata.name,
        owner=playbook.ref,
        subject=trigger.name,
        name=plan,
        trigger=Trigger(
            type="Signal", signal=SignalTrigger(playbook=name, trigger=trigger.name, value=str(value), since=since)
        ),
        permitted=(action,),
        targets=((action.target_ref or playbook.spec.target.ref).within(namespace),),
        justification=f"{name}: {trigger.name} is {value}, {trigger.op} {trigger.value}, for {trigger.hold}.",
        evidence=_evidence(playbook, value, view),
        verification=_verification(playbook, view),
        mode=strictest(loop.spec.mode, playbook.spec.mode, view.namespace(namespace).ceiling, view.ceiling),
    )


def _next_name(playbook: SelfHealingPlaybook, since: datetime, view: View) -> str | None:
    """The name of the next attempt in this incident; None while one is under way, and after a no or no answer."""
    meta, trigger = playbook.metadata, playbook.spec.triggers[0]
    for attempt in itertools.count():
        identity = (meta.uid, str(meta.generation), trigger.name, since.isoformat(), str(attempt))
        name = plan_name(meta.name, trigger.name, identity)
        plan = view.plans.get(f"{meta.namespace}/{name}")
        if plan is None:
            return name
        if outcome(plan) in (None, "Denied", "Expired"):
            return None
    return None


def _evidence(playbook: SelfHealingPlaybook, value: Decimal, view: View) -> Evidence:
    trigger, (asked, _) = playbook.spec.triggers[0], _questions(playbook, view)
    query = AskedQuery(expr=asked.expr, value=str(value), at=asked.at)
    return Evidence(summary=f"the worst series was {value} at its mildest in {trigger.hold}", queries=(query,))


def _verification(playbook: SelfHealingPlaybook, view: View) -> PlanVerification:
    wait, trigger = playbook.spec.verification, playbook.spec.triggers[0]
    expr = quiet(trigger, view.tenant(playbook.metadata.namespace))
    signal = SignalVerification(expr=expr, op=trigger.op, value=trigger.value, quiet=trigger.hold)
    return PlanVerification(type="Signal", settle=wait.settle, within=wait.within, signal=signal)
