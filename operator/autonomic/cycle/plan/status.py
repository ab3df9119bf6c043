"""A plan's status after each transition: conditions first, the phase derived from them. Pure."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from autonomic.domain.decisions import NoRuling, Ruling
from autonomic.domain.meta import Condition, condition, conditions
from autonomic.domain.plans import (
    AdaptationPlan,
    AdaptationPlanStatus,
    Execution,
    Governance,
    Phase,
    Review,
    Step,
    VerificationStatus,
)
from autonomic.domain.targets import StepFacts
from autonomic.domain.words import Truth, Verdict
from autonomic.governance.reviews import said

Wanted = tuple[str, Truth, str, str]
_FIGURE = re.compile(r"(?<![\w.-])\d+(?:[.:]\d+)*(?![\w-])")
"""A number or a time that stands by itself: none in a name, an image or a version."""
_ALL = ("Governed", "Reviewed", "Executed", "Verified", "Finished")


def status_with(plan: AdaptationPlan, now: datetime, wanted: Iterable[Wanted], **fields: Any) -> AdaptationPlanStatus:
    """The status after these conditions and fields are set; at the first visit all known conditions are."""
    known = {each.type for each in plan.status.conditions}
    asked = list(wanted)
    fresh = {name for name in _ALL if name not in known} - {each[0] for each in asked}
    start = [(name, Truth.UNKNOWN, "Pending", "not yet") for name in _ALL if name in fresh]
    after = conditions(plan.status.conditions, (*start, *asked), plan.metadata.generation, now.replace(microsecond=0))
    status = plan.status.model_copy(update={**fields, "conditions": after})
    return status.model_copy(update={"phase": phase(status)})


def phase(status: AdaptationPlanStatus) -> Phase:
    """The phase that the conditions mean, for people. Later stages are looked at first."""
    finished = condition(status.conditions, "Finished")
    if finished and finished.status == Truth.TRUE:
        return finished.reason  # type: ignore[return-value]  # Finished's reasons are the terminal phases
    return next((name for name, reached in _stages(status) if reached), "Proposed")


def _stages(status: AdaptationPlanStatus) -> Iterable[tuple[Phase, bool]]:
    yield "Inconclusive", _reason(status.conditions, "Verified") == "Inconclusive"
    yield "Verifying", _is_true(status.conditions, "Executed")
    yield "Executing", status.execution is not None
    yield "Approved", _is_true(status.conditions, "Reviewed")
    yield "AwaitingApproval", _is_true(status.conditions, "Governed")


def _is_true(known: tuple[Condition, ...], name: str) -> bool:
    found = condition(known, name)
    return found is not None and found.status == Truth.TRUE


def _reason(known: tuple[Condition, ...], name: str) -> str:
    found = condition(known, name)
    return found.reason if found else ""


def governed(
    plan: AdaptationPlan, ruling: Ruling, facts: tuple[StepFacts, ...], now: datetime, missing: str = ""
) -> AdaptationPlanStatus:
    """After governance said no, which finishes the plan, or asked for a person; `missing` says whose yes is wanted."""
    message = "; ".join(ruling.reasons)[:1024]
    denied: list[Wanted] = [("Governed", Truth.FALSE, "Denied", message), ("Finished", Truth.TRUE, "Denied", message)]
    asks: list[Wanted] = [
        ("Governed", Truth.TRUE, "RequireApproval", message),
        ("Reviewed", Truth.UNKNOWN, "Awaiting", missing[:1024]),
    ]
    wanted = denied if ruling.verdict is Verdict.DENY else asks
    return status_with(plan, now, wanted, governance=_governance(ruling, now), **display(facts))


def waiting(
    plan: AdaptationPlan, why: NoRuling, facts: tuple[StepFacts, ...], now: datetime, given: tuple[Review, ...]
) -> AdaptationPlanStatus:
    """While governance can't answer. Nothing is approved by silence; what people said is shown all the same."""
    wanted: list[Wanted] = [("Governed", Truth.UNKNOWN, why.reason, why.message[:1024])]
    if given:
        wanted.append(_approved_by(given))
    return status_with(plan, now, wanted, **display(facts), **reviewed_by(*given))


def _approved_by(given: tuple[Review, ...]) -> Wanted:
    return ("Reviewed", Truth.TRUE, "Approved", said(given)[:1024])


def held(plan: AdaptationPlan, reason: str, message: str, now: datetime) -> AdaptationPlanStatus:
    """Claimed, but not carried out yet, and why."""
    return status_with(plan, now, [("Executed", Truth.FALSE, reason, message[:1024])])


def claimed(
    plan: AdaptationPlan, execution: Execution, ruling: Ruling, given: tuple[Review, ...], now: datetime
) -> AdaptationPlanStatus:
    """Claimed, with every write and its inverse recorded."""
    reviewed: Wanted = ("Reviewed", Truth.TRUE, "NotNeeded", "policy approves; no person is needed")
    if given:
        reviewed = _approved_by(given)
    wanted: list[Wanted] = [
        ("Governed", Truth.TRUE, _governed_reason(ruling), "; ".join(ruling.reasons)[:1024]),
        reviewed,
        ("Executed", Truth.FALSE, "Executing", f"claimed by {execution.holder}"),
    ]
    return status_with(
        plan, now, wanted, execution=execution, governance=_governance(ruling, now), **reviewed_by(*given)
    )


def answered(plan: AdaptationPlan, done: Step, now: datetime) -> AdaptationPlanStatus:
    """A call or a creation was answered: it is not sent again, whatever becomes of what it made or of the steps after it."""
    assert plan.status.execution is not None  # noqa: S101 - only what was claimed calls
    steps = tuple(
        each.model_copy(update={"done": True}) if each.op_id == done.op_id else each
        for each in plan.status.execution.steps
    )
    return status_with(plan, now, [], execution=plan.status.execution.model_copy(update={"steps": steps}))


def verifying(plan: AdaptationPlan, verification: VerificationStatus, now: datetime) -> AdaptationPlanStatus:
    """Carried out; now it has to show that it helped."""
    wanted: list[Wanted] = [
        ("Executed", Truth.TRUE, "Executed", "every step is done"),
        ("Verified", Truth.UNKNOWN, "Verifying", f"decided by {verification.deadline:%H:%M:%S} UTC"),
        ("Finished", Truth.FALSE, "Verifying", "the effect is being verified"),
    ]
    return status_with(plan, now, wanted, verification=verification)


def finished(
    plan: AdaptationPlan, reason: str, message: str, now: datetime, *wanted: Wanted, **fields: Any
) -> AdaptationPlanStatus:
    """The end of the plan, and why."""
    return status_with(plan, now, [*wanted, ("Finished", Truth.TRUE, reason, message[:1024])], **fields)


def reviewed_by(*reviews: Review) -> dict[str, Any]:
    """The reviews that count, for display."""
    people = ", ".join(each.by for each in reviews)
    return {"review": reviews[0].decision, "reviewed_by": people[:256]} if reviews else {}


def display(facts: tuple[StepFacts, ...]) -> dict[str, Any]:
    """What is acted on and how, for display."""
    if not facts:
        return {}
    targets = dict.fromkeys(f"{fact.target.ref.kind}/{fact.target.ref.name}" for fact in facts)
    return {"target": ", ".join(targets)[:1024], "action": ", ".join(fact.summary for fact in facts)[:1024]}


def visible(status: AdaptationPlanStatus) -> object:
    """What a person would see change; a standing wait is written once."""
    shown = [(each.type, each.status, each.reason, _standing(each)) for each in status.conditions]
    answered = [step.done for step in status.execution.steps] if status.execution else []
    revision = status.governance.policy_revision if status.governance else ""
    return (status.phase, shown, status.target, status.action, status.review, answered, revision)


def _standing(shown: Condition) -> str:
    """The message; of what governance says without the figures in it: the budget that is left moves, its rule does not."""
    return _FIGURE.sub("#", shown.message) if shown.type == "Governed" else shown.message


def _governance(ruling: Ruling, now: datetime) -> Governance:
    return Governance(
        verdict=ruling.verdict,
        reasons=tuple(reason[:1024] for reason in ruling.reasons[:16]),
        decision_id=ruling.decision_id,
        policy_revision=ruling.policy_revision,
        at=now.replace(microsecond=0),
    )


def _governed_reason(ruling: Ruling) -> str:
    return "Approved" if ruling.verdict is Verdict.APPROVE else "RequireApproval"
