"""A loop whose plans fail pauses itself: too many in a while, or one whose change could not be taken back."""

from collections.abc import Iterable
from datetime import UTC, datetime

from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.meta import condition
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.units import span
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.governance.bounds import ended

ROLLBACK_FAILED = "RollbackFailed"
"""Reason of a plan's Verified: what it changed stands, and could not be taken back."""

_EVER = datetime.min.replace(tzinfo=UTC)

Wanted = tuple[str, Truth, str, str]


def pause(loop: ControlLoopResource, view: View) -> Wanted | None:
    """The loop's condition Paused; None where it stays as it is.

    It is computed from plans, and lasts until time passes; after a rollback that failed, until somebody changes the loop's
    spec. What failed before such a change is forgiven. While the loop is suspended nobody has resumed it yet.
    """
    before = condition(loop.status.conditions, "Paused")
    if before and before.status is Truth.TRUE:
        if loop.spec.suspend:
            return None
        if loop.metadata.generation > before.observed_generation:
            return "Paused", Truth.FALSE, "Resumed", "somebody changed the loop: earlier failures no longer count"
        if before.reason == ROLLBACK_FAILED:
            return "Paused", Truth.TRUE, before.reason, before.message
    resumed = before is not None and before.status is Truth.FALSE and before.reason == "Resumed"
    since = before.last_transition_time if before and resumed else _EVER
    quiet = ("Paused", Truth.FALSE, *(("Resumed", before.message) if before and resumed else ("NotPaused", "")))
    return _stuck(loop, view, since) or _exhausted(loop, view, since) or quiet


def paused(loop: ControlLoopResource, view: View) -> tuple[str, str] | None:
    """Why the loop makes and begins no plan, as a word and a sentence; None when it does."""
    if loop.spec.suspend:
        return "LoopSuspended", f"loop {loop.metadata.name} is suspended"
    wanted = pause(loop, view)
    return (wanted[2], wanted[3]) if wanted and wanted[1] is Truth.TRUE else None


def _stuck(loop: ControlLoopResource, view: View, since: datetime) -> Wanted | None:
    for plan, end in _ended(loop, view):
        verified = condition(plan.status.conditions, "Verified")
        if end > since and verified and verified.reason == ROLLBACK_FAILED:
            message = (
                f"plan {plan.key} could not be rolled back: put it right, then set suspend to true and to false again"
            )
            return "Paused", Truth.TRUE, ROLLBACK_FAILED, message
    return None


def _exhausted(loop: ControlLoopResource, view: View, since: datetime) -> Wanted | None:
    guard = loop.spec.guards.failures
    earliest = max(since, view.now - span(guard.per))
    failed = sorted((end, plan.key) for plan, end in _ended(loop, view) if end > earliest)
    if len(failed) < guard.count:
        return None
    message = (
        f"{len(failed)} plans ended Failed or RolledBack within {guard.per}, the last is {failed[-1][1]}:"
        " it goes on when time has passed, or when somebody sets suspend to true and to false again"
    )
    return "Paused", Truth.TRUE, "TooManyFailures", message


def _ended(loop: ControlLoopResource, view: View) -> Iterable[tuple[AdaptationPlan, datetime]]:
    for plan in view.book.unsuccessful:
        if plan.spec.control_loop == loop.metadata.name and (end := ended(plan)):
            yield plan, end
