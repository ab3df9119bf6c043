"""Arbitration: which of two plans that want one target stands, and which opposite comes too soon after the last change."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from autonomic.domain.controlloops import Guards
from autonomic.domain.meta import ObjectRef
from autonomic.domain.naming import outcome
from autonomic.domain.plans import AdaptationPlan, FieldChange
from autonomic.domain.targets import StepFacts
from autonomic.domain.units import span
from autonomic.domain.view import View
from autonomic.governance.bounds import ended, in_flight

PRIORITY = ("Reliability", "Healing", "Cost")
"""Types of loop: the one that stands first wins a target. What is not listed comes last, what a person asked for first."""

_FIRST = -1
"""The place of what a person asked for, and of the way back from a rest."""

_LASTING = ("Succeeded", "Failed")
"""Ends after which a change may stand; what was rolled back is as if it had not been."""

_RIVAL = re.compile(r"\bplan \S+ of loop \S+")

Deed = tuple[ObjectRef, FieldChange]


def lost(plan: AdaptationPlan, facts: tuple[StepFacts, ...], view: View) -> str | None:
    """Why the plan gives way to another one, which is named; None where it stands."""
    return outranked(plan, view) or doubled(plan, view) or flapping(plan, facts, view)


def names_a_rival(message: str) -> bool:
    """Whether a plan that ended with this message gave way to another one."""
    return _RIVAL.search(message) is not None


def in_the_way(loop: str, wanted: tuple[ObjectRef, ...], view: View, *, wakes: bool = False) -> AdaptationPlan | None:
    """An unfinished plan for one of the targets that a new one of the loop must wait for.

    One that has not begun, of a loop that comes after, is not in the way: it gives way once the new one is there. What ends a
    rest (`wakes`) waits for none that has not begun.
    """
    mine = _FIRST if wakes else _rank_of(loop, view)
    for plan in view.book.of(wanted):
        if outcome(plan) is None and (in_flight(plan) or rank(plan, view) <= mine):
            return plan
    return None


def outranked(plan: AdaptationPlan, view: View) -> str | None:
    """A loop that comes first wants the same target."""
    for other in _contenders(plan, view):
        if rank(other, view) < rank(plan, view):
            return f"plan {other.metadata.name} of loop {other.spec.control_loop} for the same target goes first"
    return None


def doubled(plan: AdaptationPlan, view: View) -> str | None:
    """Another plan would do, or does, the very same: of equal plans the first stands."""
    for other in _contenders(plan, view):
        if _meant(other) == _meant(plan) and _order(other, view) < _order(plan, view):
            return f"plan {other.metadata.name} of loop {other.spec.control_loop} does the same, and one is enough"
    return None


def flapping(plan: AdaptationPlan, facts: tuple[StepFacts, ...], view: View) -> str | None:
    """The plan would turn back what another one changed a moment ago, though its loop does not come before the other's.

    What a person asked for is not flapping: another plan's undoing, and a route's spec as somebody wrote it. Nor is the way
    back from a rest.
    """
    budget = plan.spec.trigger.budget
    if plan.spec.trigger.type in ("Plan", "Route") or (budget and budget.wakes):
        return None
    mine = [(fact.target.ref, change) for fact in facts for change in fact.changes]
    for other in view.book.of(ref for ref, _ in mine):
        again = _settled(plan, other, view)
        if again and view.now < again and any(opposite(one, then) for one in mine for then in _done(other)):
            return (
                f"it is the opposite of plan {other.metadata.name} of loop {other.spec.control_loop}, which stands:"
                f" refused as flapping until {again:%Y-%m-%d %H:%M:%S} UTC"
            )
    return None


def rank(plan: AdaptationPlan, view: View) -> int:
    """The plan's place in the order of loops: lower goes first."""
    budget = plan.spec.trigger.budget
    if plan.spec.trigger.type == "Plan" or (budget and budget.wakes):
        return _FIRST
    return _rank_of(plan.spec.control_loop, view)


def opposite(mine: Deed, theirs: Deed) -> bool:
    """One field of one object: a number that moved up would move down, or anything else back to what it was before."""
    (ref, change), (other, done) = mine, theirs
    if (ref, change.path) != (other, done.path):
        return False
    now, then = _direction(change), _direction(done)
    if now is not None and then is not None:
        return now * then < 0
    return change.after == done.before and done.before != done.after


def _rank_of(name: str, view: View) -> int:
    loop = view.loops.get(name)
    return PRIORITY.index(loop.spec.type) if loop and loop.spec.type in PRIORITY else len(PRIORITY)


def _contenders(plan: AdaptationPlan, view: View) -> Iterable[AdaptationPlan]:
    for other in view.book.of(plan.refs):
        if other.key != plan.key and outcome(other) is None:
            yield other


def _order(plan: AdaptationPlan, view: View) -> tuple[bool, int, datetime, str]:
    return not in_flight(plan), rank(plan, view), plan.metadata.creation_timestamp or view.now, plan.metadata.name


def _meant(plan: AdaptationPlan) -> list[Any]:
    """What the actions say, without the moment that they bear: two restarts are equal whenever they were asked for."""
    return [_timeless(action.wire()) for action in plan.spec.actions]


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _timeless(inner) for key, inner in value.items() if key != "at"}
    return value


def _settled(plan: AdaptationPlan, other: AdaptationPlan, view: View) -> datetime | None:
    """When the other's change may be turned back; None where the plan need not wait for it."""
    end = ended(other) if outcome(other) in _LASTING else None
    if end is None or other.key == plan.key or rank(plan, view) < rank(other, view):
        return None
    loop = view.loops.get(plan.spec.control_loop)
    return end + span((loop.spec.guards if loop else Guards()).flapping)


def _done(plan: AdaptationPlan) -> Iterable[Deed]:
    refs, execution = plan.refs, plan.status.execution
    for step in execution.steps if execution else ():
        for change in step.changes:
            yield refs[step.action], change


def _direction(change: FieldChange) -> Decimal | None:
    before, after = _number(change.before), _number(change.after)
    return None if before is None or after is None else after - before


def _number(value: str | None) -> Decimal | None:
    """The number in a JSON value, also where it is written as a string."""
    read = None if value is None else json.loads(value)
    if isinstance(read, bool) or not isinstance(read, int | float | str):
        return None
    try:
        number = Decimal(str(read))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
