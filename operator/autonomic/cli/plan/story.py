"""A plan's life as sentences in order of time, from what the plan itself keeps and what was told of it lately. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from autonomic.domain.meta import condition
from autonomic.domain.plans import AdaptationPlan, Trigger
from autonomic.domain.savings import BudgetTrigger
from autonomic.ports.cluster import Manifest

Moment = tuple[datetime, str]
_WAITS = ("PlanWaits", "PlanHeld", "PlanDelayed")
"""Events that leave no trace in a plan that went on."""


def story(plan: AdaptationPlan, events: Iterable[Manifest] = ()) -> list[Moment]:
    """What happened, oldest first."""
    moments = [*_before(plan), *_governed(plan), *_written(plan), *_told(events), *_ended(plan)]
    return sorted(moments, key=lambda moment: moment[0])


def _before(plan: AdaptationPlan) -> Iterator[Moment]:
    since, what = cause(plan.spec.trigger)
    if since:
        yield since, what
    for at in sorted({query.at for query in plan.spec.evidence.queries}):
        yield at, f"measured: {plan.spec.evidence.summary}"
    if plan.metadata.creation_timestamp:
        action = plan.status.action or ", ".join(action.type for action in plan.spec.actions)
        yield plan.metadata.creation_timestamp, f"proposed by loop {plan.spec.control_loop}: {action}"


def cause(trigger: Trigger) -> tuple[datetime | None, str]:
    """What asked for the plan, and since when, where that is known."""
    if trigger.slo_alert:
        alert = trigger.slo_alert
        group = f" of {alert.group}" if alert.group else ""
        return alert.since, f"the alert of objective {alert.contract}/{alert.objective}{group} became {alert.level}"
    if trigger.signal:
        signal = trigger.signal
        whose = f" for {signal.target}" if signal.target else ""
        held = f"trigger {signal.trigger} of playbook {signal.playbook} began to hold{whose}, at {signal.value}"
        return signal.since, held
    if trigger.budget:
        asked = trigger.budget
        return None, f"cost budget {asked.budget} {_of_budget(asked)}"
    if trigger.route:
        return None, f"route {trigger.route.route}: {trigger.route.change}"
    return None, f"asked for by plan {trigger.plan.plan}" if trigger.plan else ""


def _of_budget(asked: BudgetTrigger) -> str:
    if asked.gives_back:
        return f"gives back what plan {asked.gives_back} changed"
    if asked.until:
        return f"lets its workload rest until {asked.until:%Y-%m-%d %H:%M} UTC"
    return f"reached {asked.rung}" if asked.saves is None else "looks for what is never used"


def _governed(plan: AdaptationPlan) -> Iterator[Moment]:
    ruled = plan.status.governance
    if ruled:
        yield ruled.at, f"governance: {ruled.verdict}: {'; '.join(ruled.reasons)}".rstrip(": ")
    reviewed = condition(plan.status.conditions, "Reviewed")
    if reviewed and plan.status.reviewed_by and reviewed.reason != "Pending":
        yield reviewed.last_transition_time, reviewed.message


def _written(plan: AdaptationPlan) -> Iterator[Moment]:
    execution = plan.status.execution
    for step in execution.steps if execution else ():
        action = plan.spec.actions[step.action]
        target = f"{action.target_ref.kind}/{action.target_ref.name}"
        fields = ", ".join(
            f"{each.path} {each.before or 'absent'} -> {each.after or 'absent'}" for each in step.changes
        )
        yield (
            step.at,
            f"claimed by {execution.holder if execution else ''}: {action.type} on {target}: {_short(fields)}",
        )
    executed = condition(plan.status.conditions, "Executed")
    if executed and executed.status == "True":
        yield executed.last_transition_time, executed.message
    verified = condition(plan.status.conditions, "Verified")
    if verified and verified.reason not in ("Pending", "Verifying"):
        yield verified.last_transition_time, f"{verified.reason}: {verified.message}"


def _short(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:299]}…"


def _told(events: Iterable[Manifest]) -> Iterator[Moment]:
    for event in events:
        at = event.get("eventTime") or event.get("firstTimestamp")
        if event.get("reason") in _WAITS and at:
            yield datetime.fromisoformat(str(at)), f"waited: {event.get('message', '')}"


def _ended(plan: AdaptationPlan) -> Iterator[Moment]:
    finished = condition(plan.status.conditions, "Finished")
    if finished and finished.status == "True":
        # What ended a plan is told last, whatever else has the same second.
        yield finished.last_transition_time + timedelta(microseconds=1), f"{finished.reason}: {finished.message}"


def as_documents(moments: Iterable[Moment]) -> list[dict[str, Any]]:
    """The same for JSON and YAML."""
    return [{"at": at.replace(microsecond=0).isoformat().replace("+00:00", "Z"), "what": what} for at, what in moments]
