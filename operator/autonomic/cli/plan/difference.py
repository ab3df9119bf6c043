"""What a plan changes, field by field, against the objects as they are now."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from autonomic.cycle.compose import step_facts
from autonomic.cycle.gathering import gather_targets
from autonomic.domain.actions import Action
from autonomic.domain.errors import Forbidden, NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.domain.model import member_name
from autonomic.domain.plans import AdaptationPlan, FieldChange, Step
from autonomic.domain.targets import StepFacts, Target
from autonomic.domain.view import NamespaceView, View
from autonomic.execution.actions import built_in
from autonomic.execution.fields import as_json, read
from autonomic.ports.cluster import Cluster


@dataclass(frozen=True)
class FieldRow:
    """One field: JSON values, None where it is absent. `live` is what the object says now."""

    path: str
    before: str | None
    after: str | None
    live: str | None


@dataclass(frozen=True)
class Change:
    """What one action does to its target. `note` says what a person should know beside the fields."""

    action: str
    target: str
    summary: str
    fields: tuple[FieldRow, ...] = ()
    note: str = ""
    claimed: bool = False
    read: bool = True


@dataclass(frozen=True)
class Difference:
    """All of it. `moved` says how the targets differ from what was shown when the plan was made; empty when they do not."""

    changes: tuple[Change, ...] = field(default=())
    moved: str = ""


async def difference(plan: AdaptationPlan, cluster: Cluster, now: datetime) -> Difference:
    """What the plan would change, or what it changed. What the person may not read is shown as recorded."""
    view = View(now, namespaces=await _namespace(plan, cluster))
    changes = [await _change(plan, at, cluster, view) for at in range(len(plan.spec.actions))]
    return Difference(tuple(changes), _moved(plan, changes))


async def _namespace(plan: AdaptationPlan, cluster: Cluster) -> dict[str, NamespaceView]:
    name = plan.metadata.namespace or ""
    try:
        raw = await cluster.get(ObjectRef(api_version="v1", kind="Namespace", name=name))
    except Forbidden:
        return {}
    meta = raw["metadata"]
    return {name: NamespaceView(name, meta.get("labels") or {}, meta.get("annotations") or {})}


async def _change(plan: AdaptationPlan, at: int, cluster: Cluster, view: View) -> Change:
    action = plan.spec.actions[at]
    ref = action.target_ref.within(plan.metadata.namespace or "")
    step = _step(plan, at)
    try:
        target, unseen = await _target(cluster, ref, view)
    except NotFound:
        return _unread(action, ref, step, f"{ref} is not there any more")
    except Forbidden:
        return _unread(action, ref, step, f"you may not read {ref}: what it is now is not shown")
    change = _recorded(action, step, target) if step else _foreseen(action, target)
    return replace(change, note=change.note or unseen)


async def _target(cluster: Cluster, ref: ObjectRef, view: View) -> tuple[Target, str]:
    """The target as the operator sees it, or alone where the person may read no more. Raises NotFound, Forbidden."""
    try:
        return (await gather_targets(cluster, (ref,), view, (None,)))[0], ""
    except Forbidden:
        alone = Target(ref, await cluster.get(ref), view.namespace(ref.namespace).labels)
        return (
            alone,
            "you may not read what belongs to it, such as its autoscaler: what speaks against it may be unseen",
        )


def _step(plan: AdaptationPlan, at: int) -> Step | None:
    steps = plan.status.execution.steps if plan.status.execution else ()
    return next((each for each in steps if each.action == at), None)


def _foreseen(action: Action, target: Target) -> Change:
    """Not claimed yet: what it would do to the target as it is now."""
    facts = _facts(action, target)
    rows = tuple(FieldRow(each.path, each.before, each.after, each.before) for each in facts.changes)
    note = facts.objection or ("" if facts.due else "nothing is left to change: the target is as the plan wants it")
    return Change(action.type, str(target.ref), facts.summary, rows, note)


def _recorded(action: Action, step: Step, target: Target) -> Change:
    """Claimed: what was recorded, and what became of it."""
    summary = _facts(action, target).summary if step.deed != "Patch" else ""
    rows = tuple(
        FieldRow(each.path, each.before, each.after, as_json(read(target.raw, each.path))) for each in step.changes
    )
    foreign = [row.path for row in rows if row.live not in (row.before, row.after)]
    note = f"changed by somebody else since: {', '.join(foreign)}" if foreign else ""
    if target.uid != action.target_ref.uid:
        note = "the target was deleted and created again: it is another object"
    return Change(action.type, str(target.ref), summary, rows, note, claimed=True)


def _facts(action: Action, target: Target) -> StepFacts:
    """Whom the operator may call is configured there: here nothing speaks against a call."""
    called = action.notify.channel if action.notify else action.call_orchestrator and action.call_orchestrator.endpoint
    return step_facts((action,), (target,), built_in(frozenset({called} if called else ())))[0]


def _unread(action: Action, ref: ObjectRef, step: Step | None, note: str) -> Change:
    rows = tuple(_unseen(each) for each in step.changes) if step else tuple(_wanted(action))
    return Change(action.type, str(ref), "", rows, note, claimed=step is not None, read=False)


def _unseen(change: FieldChange) -> FieldRow:
    return FieldRow(change.path, change.before, change.after, None)


def _wanted(action: Action) -> Iterator[FieldRow]:
    parameters: dict[str, Any] = action.wire().get(member_name(action.type), {})
    for name, value in parameters.items():
        yield FieldRow(name, None, json.dumps(value), None)


def _moved(plan: AdaptationPlan, changes: list[Change]) -> str:
    """How what would be done now differs from what the plan's own status shows."""
    shown = plan.status.action
    if shown is None or plan.status.execution or not all(each.read for each in changes):
        return ""
    now = ", ".join(each.summary for each in changes)
    return "" if now == shown else f"the target moved: the plan was to {shown}, now it would {now}"
