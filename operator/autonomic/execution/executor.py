"""HealingExecutor: the writes to targets, each recorded before it is sent, sent once, and undone by its recorded inverse.

The order of writes (docs/decisions/0004): the claim with the inverse is in the plan's status before the target is touched;
the target's own metadata carries the stamp of the step. After a crash the same call finds out what was done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from autonomic.domain.errors import Conflict, Invalid, NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan, FieldChange, Step
from autonomic.domain.targets import StepFacts
from autonomic.domain.words import EPOCH_ANNOTATION, OPERATION_ANNOTATION, SEQUENCE_ANNOTATION
from autonomic.execution.calling import Calling
from autonomic.execution.creating import Creating
from autonomic.execution.drift import Drift
from autonomic.execution.fields import inverse, standing
from autonomic.execution.ownership import foreign_owners, others_at
from autonomic.execution.patches import json_patch, merge_patch, mergeable
from autonomic.execution.routes import displaced
from autonomic.ports.cluster import Cluster, Manifest

_ATTEMPTS = 12
"""Reads and writes until others let us in: a controller that rolls a workload out writes its status many times a second."""


@dataclass(frozen=True)
class HealingExecutor:
    """Writes steps to targets. `epoch` gives the Lease epoch that each write is stamped with.

    `creating` and `calling` do what is no patch.
    """

    cluster: Cluster
    epoch: Callable[[], int]
    may_act: Callable[[], None]
    creating: Creating
    calling: Calling

    async def apply(self, plan: AdaptationPlan, step: Step) -> None:
        """Makes the step's changes, unless they were made already. Raises Drift, Forbidden, Invalid, Unavailable."""
        if step.deed == "Create":
            await self.creating.create(plan, step, self._stamps(plan, step.op_id))
        elif step.deed == "Call":
            self.may_act()
            await self.calling.call(plan, step)
        else:
            await self._write(plan, step, step.changes, step.op_id)

    async def undo(self, plan: AdaptationPlan, step: Step) -> None:
        """Takes a patch back, where the fields are still ours; a step that never happened needs nothing.

        Raises like `apply`.
        """
        if step.deed == "Patch" and not await self._never_happened(plan, step):
            await self._write(plan, step, inverse(step.changes), undo_id(step))

    async def _never_happened(self, plan: AdaptationPlan, step: Step) -> bool:
        target = plan.spec.actions[step.action].target_ref
        live = await self._read(target.within(plan.metadata.namespace or ""))
        untouched = not standing(step.changes, live, "before") and stamp(live) not in (step.op_id, undo_id(step))
        return untouched and live["metadata"]["uid"] == target.uid

    async def _write(self, plan: AdaptationPlan, step: Step, changes: tuple[FieldChange, ...], op_id: str) -> None:
        action = plan.spec.actions[step.action]
        ref = action.target_ref.within(plan.metadata.namespace or "")
        refused: tuple[str, Invalid] | None = None
        for _ in range(_ATTEMPTS):
            live = await self._read(ref)
            if refused and refused[0] == live["metadata"]["resourceVersion"]:
                raise refused[1]
            state = classify(live, action.target_ref.uid, changes, op_id, undoing=op_id != step.op_id)
            if state == "Done":
                return
            if moved := displaced(action, live):
                raise Drift(moved)
            self.may_act()
            try:
                await send(self.cluster, ref, live, changes, self._stamps(plan, op_id))
            except (Conflict, NotFound):
                continue  # a status writer, our own write whose answer was lost, or a deletion: read again and see
            except Invalid as error:
                refused = (live["metadata"]["resourceVersion"], error)
                continue  # a failed test of a JSON Patch, or content: if nothing moved meanwhile, it is the content
            return
        raise Conflict(f"{ref} changed {_ATTEMPTS} times while it was being patched")

    async def _read(self, ref: ObjectRef) -> Manifest:
        try:
            return await self.cluster.get(ref)
        except NotFound as error:
            raise Drift(f"{ref} is gone") from error

    def _stamps(self, plan: AdaptationPlan, op_id: str) -> dict[str, str]:
        execution = plan.status.execution
        return {
            OPERATION_ANNOTATION: op_id,
            SEQUENCE_ANNOTATION: str(execution.seq if execution else 0),
            EPOCH_ANNOTATION: str(self.epoch()),
        }


async def send(
    cluster: Cluster, ref: ObjectRef, live: Manifest, changes: tuple[FieldChange, ...], stamps: dict[str, str]
) -> None:
    """Makes the changes on the object as it was read, and stamps it. Raises Conflict, NotFound, Invalid, Forbidden, Drift."""
    if not mergeable(changes):
        await cluster.patch_json(ref, json_patch(changes, stamps, live))
        return
    body = merge_patch(changes)
    meta = body.setdefault("metadata", {})
    meta["annotations"] = {**meta.get("annotations", {}), **stamps}
    meta["uid"] = live["metadata"]["uid"]
    meta["resourceVersion"] = live["metadata"]["resourceVersion"]
    await cluster.patch(ref, body)


def undo_id(step: Step) -> str:
    """The stamp of a step's undoing."""
    return f"{step.op_id}/undo"


def stamp(live: Manifest) -> str | None:
    """Which step wrote the object last, as it says itself."""
    return (live["metadata"].get("annotations") or {}).get(OPERATION_ANNOTATION)


def classify(
    live: Manifest, uid: str, changes: tuple[FieldChange, ...], op_id: str, *, undoing: bool
) -> Literal["Done", "Open"]:
    """Whether the changes are made, or may be made. Raises Drift where somebody else's hand is in between.

    The stamp alone proves nothing: an autoscaler overwrites a field and leaves it, a rollout undo brings an old one back.
    Done is the stamp and the values together; a later step of the same plan has put its own stamp over this one's.
    """
    if live["metadata"]["uid"] != uid:
        raise Drift("the target was deleted and created again")
    stamped = stamp(live) == op_id or (not undoing and _came_later(stamp(live), op_id))
    if stamped and not standing(changes, live, "after"):
        return "Done"
    moved = standing(changes, live, "after" if stamped else "before")
    if moved:
        said = ", ".join(f"{path} was changed by {others_at(path, live)}" for path in moved)
        raise Drift(f"{said} since the plan was claimed")
    foreign = foreign_owners(inverse(changes), live) if undoing else {}
    if foreign:
        raise Drift("; ".join(f"{path} now belongs to {owner}" for path, owner in foreign.items()))
    return "Open"


def _came_later(found: str | None, op_id: str) -> bool:
    """Whether a stamp is of a later step of the same plan."""
    plan, _, number = op_id.rpartition("/")
    same, _, other = (found or "").rpartition("/")
    return same == plan and other.isdecimal() and number.isdecimal() and int(other) > int(number)


def steps_for(plan: AdaptationPlan, facts: tuple[StepFacts, ...], now: datetime) -> tuple[Step, ...]:
    """The steps of a plan, with the inverse of each, ready to be claimed. An action with nothing to change has none."""
    return tuple(
        Step(
            op_id=f"{plan.metadata.uid}/{index}",
            action=index,
            changes=fact.changes,
            at=now,
            deed=fact.deed,
            creates=fact.creates,
        )
        for index, fact in enumerate(facts)
        if fact.due
    )
