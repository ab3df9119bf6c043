"""Undoing a plan: what did not help, what failed half-way, and what a person wants to be taken back."""

from dataclasses import dataclass
from datetime import timedelta

from autonomic.cycle.plan.holding import HOLD, obstacle
from autonomic.cycle.plan.status import Wanted, finished, reviewed_by, status_with
from autonomic.cycle.plan.writer import PlanWriter
from autonomic.domain.errors import Conflict, Forbidden, Invalid
from autonomic.domain.meta import Condition, condition
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.execution.executor import Drift, HealingExecutor
from autonomic.governance.reviews import answer

_ENDS = {"StepFailed": "Failed", "Denied": "Denied"}
"""How a plan ends whose changes were undone, by the reason why; RolledBack otherwise."""
PATIENCE = timedelta(minutes=5)
"""How long a rollback that admission refuses is tried again: a kill switch is seen there before it is seen here."""


@dataclass(frozen=True)
class RollingBack:
    """Undoes plans. `irreversible` names the types of action that can't be undone."""

    writer: PlanWriter
    executor: HealingExecutor
    irreversible: frozenset[str]

    async def begin(self, plan: AdaptationPlan, view: View, reason: str, message: str, **fields: str) -> float | None:
        """Says that the plan is being undone, and why, before anything is."""
        wanted: list[Wanted] = [
            ("Verified", Truth.FALSE, reason, message[:1024]),
            ("Finished", Truth.FALSE, "RollingBack", "what was done is being undone"),
        ]
        status = status_with(plan, view.now, wanted, **fields)
        await self.writer.write(plan, status, "PlanRollingBack", message, warning=True)
        return 0.0

    async def reverse(self, plan: AdaptationPlan, view: View) -> float | None:
        """A person wants what was done to be undone."""
        review = answer(plan)
        assert review is not None  # noqa: S101 - the stage says so
        message = f"{review.by} wants it rolled back: {review.message}".rstrip(": ")
        return await self.begin(plan, view, "RollBackAsked", message, **reviewed_by(review))

    async def roll_back(self, plan: AdaptationPlan, view: View) -> float | None:
        """Undoes every step that was made, last first, where the fields are still ours."""
        stop = obstacle(plan, view, self.writer.store.proof)
        if stop:
            return await self._hold(plan, view, *stop)
        verified = condition(plan.status.conditions, "Verified")
        assert verified is not None  # noqa: S101 - the stage says so
        try:
            fixed = await self._undo(plan)
        except Forbidden as error:
            if view.now - verified.last_transition_time < PATIENCE:
                return await self._hold(plan, view, "Refused", str(error)[:1000])
            return await self._end(plan, view, "Failed", f"{verified.message}; not rolled back: {error}")
        except (Drift, Invalid, Conflict) as error:
            return await self._end(plan, view, "Failed", f"{verified.message}; not rolled back: {error}")
        return await self._end(plan, view, *_ending(verified, fixed))

    async def _undo(self, plan: AdaptationPlan) -> list[str]:
        """Undoes what can be undone, last first; returns the types of action that can't. Raises like the executor."""
        assert plan.status.execution is not None  # noqa: S101 - only what was claimed is rolled back
        fixed = set()
        for step in reversed(plan.status.execution.steps):
            action = plan.spec.actions[step.action].type
            if action in self.irreversible:
                fixed.add(action)
            else:
                await self.executor.undo(plan, step)
        return sorted(fixed)

    async def _hold(self, plan: AdaptationPlan, view: View, reason: str, message: str) -> float | None:
        status = status_with(plan, view.now, [("Finished", Truth.FALSE, reason, message)])
        await self.writer.write(plan, status, "PlanHeld", message, warning=True)
        return HOLD

    async def _end(self, plan: AdaptationPlan, view: View, reason: str, message: str) -> float | None:
        status = finished(plan, reason, message, view.now)
        await self.writer.write(plan, status, f"Plan{reason}", message, warning=True)
        return None


def _ending(verified: Condition, fixed: list[str]) -> tuple[str, str]:
    """The plan's end and its message; `fixed` are the types of action that could not be undone."""
    end = _ENDS.get(verified.reason, "RolledBack")
    if not fixed:
        return end, f"{verified.message}; rolled back"
    return "Denied" if end == "Denied" else "Failed", f"{verified.message}; {', '.join(fixed)} cannot be undone"
