"""From a trouble that is there to a finding: which attempt, which cure, why, and how it will be judged."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from autonomic.domain.actions import PermittedAction
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.errors import Invalid
from autonomic.domain.findings import Finding
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan, AskedQuery, Evidence, SignalTrigger, Trigger
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.triggers import PlaybookTrigger
from autonomic.domain.units import duration, milliseconds
from autonomic.domain.verifications import (
    PlanVerification,
    PlaybookVerification,
    RolloutVerification,
    SignalVerification,
)
from autonomic.domain.view import View
from autonomic.domain.words import Mode, Truth, strictest
from autonomic.healing.attempts import Attempt, cure, escalated, next_attempt, used_up
from autonomic.healing.choosing import chosen
from autonomic.healing.clearing_up import left_behind
from autonomic.healing.filling import filled
from autonomic.healing.judging import Judged, asked_at
from autonomic.healing.matching import held, quiet
from autonomic.healing.pacing import backing_off, plans_of, too_soon
from autonomic.healing.retriggering import retriggers
from autonomic.healing.seen import Seen

_QUIET = 60_000
"""Milliseconds for which what does not last must be quiet."""


@dataclass(frozen=True)
class Halt:
    """Nothing more is done about a trouble that goes on."""

    reason: str
    message: str


def finding(
    playbook: SelfHealingPlaybook, judged: Judged, since: datetime, loop: ControlLoopResource, view: View
) -> Finding | Halt | None:
    """The next attempt at the target's trouble, which began then; None while it has to wait."""
    attempt = next_attempt(playbook, judged.target, since, view.plans)
    plans = plans_of(playbook, view.plans.values(), judged.target)
    if attempt is None or too_soon(playbook, plans, view.now, judged.target):
        return None
    enough, again = used_up(playbook, attempt), retriggers(playbook, judged.target, since, plans, view.now)
    if enough or again:
        whose = f"{judged.target}: " if judged.target else ""
        return Halt("AttemptsUsedUp" if enough else "RetriggersItself", f"{whose}{enough or again}")
    earliest = backing_off(playbook, attempt.tried, attempt.last, attempt.name)
    if earliest and view.now < earliest:
        return None
    return _cure(playbook, judged, attempt, since, loop, view)


def _cure(
    playbook: SelfHealingPlaybook,
    judged: Judged,
    attempt: Attempt,
    since: datetime,
    loop: ControlLoopResource,
    view: View,
) -> Finding | Halt:
    steps = cure(playbook, attempt.tried)
    choice = chosen(steps, judged.seen)
    if not choice.taken:
        return Halt("NoStepApplies", "; ".join(choice.left_out))
    parameters = () if escalated(playbook, attempt.tried) else playbook.spec.parameters
    try:
        actions = filled(steps, choice.taken, parameters, judged.seen)
    except Invalid as error:
        return Halt("UnfitParameter", str(error))
    made = _finding(playbook, judged, attempt.name, since, actions, loop, view)
    if not choice.left_out:
        return made
    evidence = made.evidence.model_copy(update={"summary": "; ".join((made.evidence.summary, *choice.left_out))[:4096]})
    return replace(made, evidence=evidence)


def clearing_up(
    playbook: SelfHealingPlaybook, target: str | None, loop: ControlLoopResource, view: View
) -> tuple[Finding, ...]:
    """What is done after attempts that did not help, whether or not the trouble is still there."""
    return tuple(
        _clearing(playbook, target, name, after, loop, view)
        for name, after in left_behind(playbook, target, view.plans, view.now)
    )


def _clearing(
    playbook: SelfHealingPlaybook,
    target: str | None,
    name: str,
    after: AdaptationPlan,
    loop: ControlLoopResource,
    view: View,
) -> Finding:
    wait, judged = playbook.spec.verification, Judged(target, Seen(Truth.TRUE, "ClearingUp", ""))
    why = f"{playbook.metadata.name}: plan {after.metadata.name} did not help; this is done after it."
    return Finding(
        loop=loop.metadata.name,
        owner=playbook.ref,
        subject=name,
        name=name,
        trigger=after.spec.trigger,
        permitted=playbook.spec.rollback_actions,
        targets=tuple(_target(action, playbook, judged) for action in playbook.spec.rollback_actions),
        justification=why,
        evidence=Evidence(summary=why),
        verification=PlanVerification(
            type="Rollout", settle=wait.settle, within=wait.within, rollout=RolloutVerification(progress=wait.within)
        ),
        mode=_mode(playbook, loop, view),
    )


def _mode(playbook: SelfHealingPlaybook, loop: ControlLoopResource, view: View) -> Mode:
    ceiling = view.namespace(playbook.metadata.namespace).ceiling
    return strictest(loop.spec.mode, playbook.spec.mode, ceiling, view.ceiling)


def _finding(
    playbook: SelfHealingPlaybook,
    judged: Judged,
    name: str,
    since: datetime,
    actions: tuple[PermittedAction, ...],
    loop: ControlLoopResource,
    view: View,
) -> Finding:
    meta, seen = playbook.metadata, judged.seen
    trigger = _speaking(playbook, seen)
    asked = SignalTrigger(
        playbook=meta.name, trigger=trigger.name, target=judged.target, value=_figure(seen), since=since
    )
    return Finding(
        loop=loop.metadata.name,
        owner=playbook.ref,
        subject=judged.target or playbook.spec.triggers[0].name,
        name=name,
        trigger=Trigger(type="Signal", signal=asked),
        permitted=actions,
        targets=tuple(_target(action, playbook, judged) for action in actions),
        justification=_why(playbook, judged, trigger),
        evidence=_evidence(playbook, judged, view),
        verification=_verification(playbook, judged, view),
        mode=_mode(playbook, loop, view),
    )


def _target(action: PermittedAction, playbook: SelfHealingPlaybook, judged: Judged) -> ObjectRef:
    named, namespace = playbook.spec.target, playbook.metadata.namespace or ""
    of_signal = named.from_signal.ref(judged.target) if named.from_signal and judged.target else None
    ref = action.target_ref or named.ref or of_signal
    assert ref is not None  # noqa: S101 - a target is fixed, or named by a signal
    return ref.within(namespace)


def _speaking(playbook: SelfHealingPlaybook, seen: Seen) -> PlaybookTrigger:
    return next((each for each in playbook.spec.triggers if each.name == seen.trigger), playbook.spec.triggers[0])


def _figure(seen: Seen) -> str:
    return str(seen.value if seen.value is not None else Decimal(0))[:64]


def _why(playbook: SelfHealingPlaybook, judged: Judged, trigger: PlaybookTrigger) -> str:
    name, seen = playbook.metadata.name, judged.seen
    if _plain(playbook):
        return f"{name}: {trigger.name} is {seen.value}, {trigger.op} {trigger.value}, for {trigger.hold}."
    about = f" {judged.target}:" if judged.target else ""
    return f"{name}:{about} {seen.message}."


def _plain(playbook: SelfHealingPlaybook) -> bool:
    """One comparison of what Prometheus holds: it is verified by the very query that asked."""
    first = playbook.spec.triggers[0]
    return len(playbook.spec.triggers) == 1 and not (first.pushed or first.absent or first.per_target)


def _evidence(playbook: SelfHealingPlaybook, judged: Judged, view: View) -> Evidence:
    trigger, seen = playbook.spec.triggers[0], judged.seen
    if not _plain(playbook):
        return Evidence(summary=f"{seen.message}; the latest value is {_figure(seen)}")
    asked = held(trigger, asked_at(view), view.tenant(playbook.metadata.namespace))
    query = AskedQuery(expr=asked.expr, value=str(seen.value), at=asked.at, server=_server(trigger))
    return Evidence(summary=f"the worst series was {seen.value} at its mildest in {trigger.hold}", queries=(query,))


def _verification(playbook: SelfHealingPlaybook, judged: Judged, view: View) -> PlanVerification:
    wait, trigger = playbook.spec.verification, playbook.spec.triggers[0]
    if not _plain(playbook):
        asked = PlaybookVerification(playbook=playbook.metadata.name, target=judged.target, quiet=_quiet(playbook))
        return PlanVerification(type="Playbook", settle=wait.settle, within=wait.within, playbook=asked)
    assert trigger.op is not None and trigger.value is not None and trigger.hold is not None  # noqa: S101 - plain
    expr = quiet(trigger, view.tenant(playbook.metadata.namespace))
    signal = SignalVerification(
        expr=expr, op=trigger.op, value=trigger.value, quiet=trigger.hold, server=_server(trigger)
    )
    return PlanVerification(type="Signal", settle=wait.settle, within=wait.within, signal=signal)


def _server(trigger: PlaybookTrigger) -> str | None:
    """The server that the trigger names."""
    return trigger.prometheus.server if trigger.prometheus else None


def _quiet(playbook: SelfHealingPlaybook) -> str:
    """How long it must be quiet: the longest `for`, and no longer than half of what the verification has time for."""
    wait = playbook.spec.verification
    holds = [milliseconds(each.hold) for each in playbook.spec.triggers if each.hold]
    half = (milliseconds(wait.within) - milliseconds(wait.settle)) // 2
    return duration(max(1000, min(max(holds, default=_QUIET), half)))
