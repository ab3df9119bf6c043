"""What the journal is told of a plan, before it is done: each transition, each write to a target, each undoing."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from autonomic.domain.audit.record import Entry
from autonomic.domain.plans import AdaptationPlan, AdaptationPlanSpec, AdaptationPlanStatus, Step
from autonomic.execution.executor import HealingExecutor, undo_id
from autonomic.execution.fields import inverse
from autonomic.ports.audit import AuditLog

_REMEMBERED = 1000


@dataclass(frozen=True)
class RecordedExecutor(HealingExecutor):
    """An executor whose writes are in the journal first. A write that is tried again is recorded once a process."""

    audit: AuditLog = field(kw_only=True)
    _recorded: OrderedDict[str, None] = field(default_factory=OrderedDict, kw_only=True)

    async def apply(self, plan: AdaptationPlan, step: Step) -> None:
        """As the executor's. Raises Unavailable, too, when it can't be recorded: then nothing was done."""
        changes = [each.wire() for each in step.changes]
        await self._record("Apply", step.op_id, plan, step, changes)
        await super().apply(plan, step)

    async def undo(self, plan: AdaptationPlan, step: Step) -> None:
        """As the executor's. Raises Unavailable, too, when it can't be recorded: then nothing was done."""
        changes = [each.wire() for each in inverse(step.changes)]
        await self._record("Undo", undo_id(step), plan, step, changes)
        await super().undo(plan, step)

    async def _record(
        self, kind: str, op_id: str, plan: AdaptationPlan, step: Step, changes: list[dict[str, Any]]
    ) -> None:
        if op_id in self._recorded:
            return
        action = plan.spec.actions[step.action]
        content = {
            "plan": plan.key,
            "opId": op_id,
            "action": action.type,
            "target": action.target_ref.wire(),
            "changes": changes,
            "epoch": self.epoch(),
        }
        await self.audit.append(
            Entry(kind, f"{action.target_ref.kind} {plan.metadata.namespace}/{action.target_ref.name}", content)
        )
        self._recorded[op_id] = None
        if len(self._recorded) > _REMEMBERED:
            self._recorded.popitem(last=False)


def proposed(name: str, namespace: str | None, spec: AdaptationPlanSpec) -> Entry:
    """A plan that is about to be created."""
    wire = spec.wire()
    kept = ("digest", "controlLoop", "trigger", "actions", "justification", "policyRevision", "expiresAt")
    return Entry("PlanProposed", f"AdaptationPlan {namespace}/{name}", {field: wire[field] for field in kept})


def transition(plan: AdaptationPlan, status: AdaptationPlanStatus, name: str, message: str) -> Entry:
    """A status that is about to be written: what changes in it, and every review that was seen."""
    before, after = plan.status.wire(), status.wire()
    changed = {field: value for field, value in after.items() if value != before.get(field)}
    if "conditions" in changed:
        changed["conditions"] = [each for each in after["conditions"] if each not in before.get("conditions", [])]
    content = {
        "uid": plan.metadata.uid,
        "digest": plan.spec.digest,
        "message": message,
        "reviews": [each.wire() for each in plan.spec.reviews],
        "status": changed,
    }
    return Entry(name, str(plan.ref), content)


def deleted(plan: AdaptationPlan) -> Entry:
    """A finished plan that is about to be deleted, for it was kept long enough."""
    return Entry("PlanDeleted", str(plan.ref), {"uid": plan.metadata.uid, "digest": plan.spec.digest})
