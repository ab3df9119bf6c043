"""HealingExecutor: the writes to targets, each recorded before it is sent, sent once, and undone by its recorded inverse.

The order of writes (docs/decisions/0004): the claim with the inverse is in the plan's status before the target is touched;
the target's own metadata carries the stamp of the step. After a crash the same call finds out what was done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from autonomic.domain.errors import Conflict, NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan, FieldChange, Step
from autonomic.domain.targets import StepFacts
from autonomic.domain.words import EPOCH_ANNOTATION, OPERATION_ANNOTATION, SEQUENCE_ANNOTATION
from autonomic.execution.fields import inverse, merge_patch, standing
from autonomic.execution.ownership import foreign_owners
from autonomic.ports.cluster import Cluster, Manifest

_ATTEMPTS = 5


class Drift(Exception):
    """The target is not as the step needs it. The message says which field, and who wrote it."""


@dataclass(frozen=True)
class HealingExecutor:
    """Writes steps to targets. `epoch` gives the Lease epoch that each write is stamped with."""

    cluster: Cluster
    epoch: Callable[[], int]
    may_act: Callable[[], None]

    async def apply(self, plan: AdaptationPlan, step: Step) -> None:
        """Makes the step's changes, unless they were made already. Raises Drift, Forbidden, Invalid, Unavailable."""
        await self._write(plan, step, step.changes, step.op_id)

    async def undo(self, plan: AdaptationPlan, step: Step) -> None:
        """Takes the step's changes back, where the fields are still ours; a step that never happened needs nothing.

        Raises like `apply`.
        """
        if not await self._never_happened(plan, step):
            await self._write(plan, step, inverse(step.changes), undo_id(step))

    async def _never_happened(self, plan: AdaptationPlan, step: Step) -> bool:
        target = plan.spec.actions[step.action].target_ref
        live = await self._read(target.within(plan.metadata.namespace or ""))
        untouched = not standing(step.changes, live, "before") and stamp(live) not in (step.op_id, undo_id(step))
        return untouched and live["metadata"]["uid"] == target.uid

    async def _write(self, plan: AdaptationPlan, step: Step, changes: tuple[FieldChange, ...], op_id: str) -> None:
        action = plan.spec.actions[step.action]
        ref = action.target_ref.within(plan.metadata.namespace or "")
        for _ in range(_ATTEMPTS):
            live = await self._read(ref)
            state = classify(live, action.target_ref.uid, changes, op_id, undoing=op_id != step.op_id)
            if state == "Done":
                return
            self.may_act()
            try:
                await self.cluster.patch(ref, self._body(plan, live, changes, op_id))
            except (Conflict, NotFound):
                continue  # a status writer, our own write whose answer was lost, or a deletion: read again and see
            return
        raise Conflict(f"{ref} changed {_ATTEMPTS} times while it was being patched")

    async def _read(self, ref: ObjectRef) -> Manifest:
        try:
            return await self.cluster.get(ref)
        except NotFound as error:
            raise Drift(f"{ref} is gone") from error

    def _body(
        self, plan: AdaptationPlan, live: Manifest, changes: tuple[FieldChange, ...], op_id: str
    ) -> dict[str, Any]:
        body = merge_patch(changes)
        execution = plan.status.execution
        stamps = {
            OPERATION_ANNOTATION: op_id,
            SEQUENCE_ANNOTATION: str(execution.seq if execution else 0),
            EPOCH_ANNOTATION: str(self.epoch()),
        }
        meta = body.setdefault("metadata", {})
        meta["annotations"] = {**meta.get("annotations", {}), **stamps}
        meta["uid"] = live["metadata"]["uid"]
        meta["resourceVersion"] = live["metadata"]["resourceVersion"]
        return body


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
    Done is the stamp and the values together.
    """
    if live["metadata"]["uid"] != uid:
        raise Drift("the target was deleted and created again")
    stamped = stamp(live) == op_id
    if stamped and not standing(changes, live, "after"):
        return "Done"
    moved = standing(changes, live, "before")
    if moved or stamped:
        raise Drift(f"{', '.join(moved) or 'the target'} was changed by another since the plan was claimed")
    foreign = foreign_owners(inverse(changes), live) if undoing else {}
    if foreign:
        raise Drift("; ".join(f"{path} now belongs to {owner}" for path, owner in foreign.items()))
    return "Open"


def steps_for(plan: AdaptationPlan, facts: tuple[StepFacts, ...], now: datetime) -> tuple[Step, ...]:
    """The steps of a plan, with the inverse of each, ready to be claimed. An action with nothing to change has none."""
    return tuple(
        Step(op_id=f"{plan.metadata.uid}/{index}", action=index, changes=fact.changes, at=now)
        for index, fact in enumerate(facts)
        if fact.changes
    )
