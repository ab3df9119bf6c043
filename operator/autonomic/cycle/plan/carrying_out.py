"""The way of a plan from its claim to its end: applied, verified, kept or rolled back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from autonomic.cycle.plan.holding import obstacle
from autonomic.cycle.plan.status import Wanted, finished, held, reviewed_by, status_with, verifying
from autonomic.cycle.plan.verifying import Verifier
from autonomic.cycle.plan.writer import PlanWriter
from autonomic.domain.decisions import NoRuling
from autonomic.domain.errors import Conflict, Forbidden, Invalid
from autonomic.domain.meta import condition
from autonomic.domain.plans import AdaptationPlan, VerificationStatus
from autonomic.domain.units import span
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.execution.executor import Drift, HealingExecutor
from autonomic.governance.reviews import answer, denial

_ENDS = {"StepFailed": "Failed", "Denied": "Denied"}
"""How a plan ends whose changes were undone, by the reason why; RolledBack otherwise."""
HOLD = 1.0
"""Seconds until a plan that is held looks again."""
FRESH = timedelta(seconds=10)
"""How long a claim is as good as asking again; one that was held longer is judged anew before it acts."""

Judge = Callable[[AdaptationPlan, View], Awaitable[str | NoRuling | None]]
"""Why a claimed plan may no longer be carried out: a refusal, no answer yet, or None when it may."""


@dataclass(frozen=True)
class CarryingOut:
    """Applies claimed plans, verifies them, and undoes what did not help."""

    writer: PlanWriter
    executor: HealingExecutor
    verifier: Verifier
    irreversible: frozenset[str]
    judge: Judge

    async def apply(self, plan: AdaptationPlan, view: View) -> float | None:
        """Makes every recorded step, each once, whatever happened before."""
        stop = obstacle(plan, view, self.writer.store.proof)
        if stop:
            await self.writer.write(plan, held(plan, *stop, view.now), "PlanHeld", stop[1], warning=True)
            return HOLD
        assert plan.status.execution is not None  # noqa: S101 - the stage says so
        review = denial(plan)
        if review:
            message = f"denied by {review.by}: {review.message}".rstrip(": ")
            return await self._turn_back(plan, view, "Denied", message, **reviewed_by(review))
        if view.now >= plan.spec.expires_at:
            return await self._give_up(plan, view, "the plan expired before it was carried out")
        if view.now - plan.status.execution.steps[0].at > FRESH:
            refusal = await self.judge(plan, view)
            if isinstance(refusal, NoRuling):
                await self.writer.write(
                    plan,
                    held(plan, refusal.reason, refusal.message, view.now),
                    "PlanHeld",
                    refusal.message,
                    warning=True,
                )
                return HOLD
            if refusal:
                return await self._give_up(plan, view, refusal)
        return await self._apply(plan, view)

    async def _apply(self, plan: AdaptationPlan, view: View) -> float | None:
        assert plan.status.execution is not None  # noqa: S101 - `apply` comes first
        for step in plan.status.execution.steps:
            try:
                await self.executor.apply(plan, step)
            except (Drift, Forbidden, Invalid, Conflict) as error:
                return await self._give_up(plan, view, str(error))
        await self._start_verifying(plan, view.now)
        return 0.0

    async def verify(self, plan: AdaptationPlan, view: View) -> float | None:
        """Looks whether it helped; at the deadline it is decided."""
        assert plan.status.verification is not None  # noqa: S101 - the stage says so
        outcome = await self.verifier.look(plan, view)
        if outcome.kind == "Waiting":
            left = (plan.status.verification.deadline - view.now).total_seconds()
            return max(0.05, min(self.verifier.pace(plan), left))
        if outcome.kind == "Helped":
            status = finished(
                plan, "Succeeded", outcome.message, view.now, ("Verified", Truth.TRUE, "Helped", outcome.message)
            )
            await self.writer.write(plan, status, "PlanSucceeded", outcome.message)
            return None
        if outcome.kind == "Inconclusive":
            wanted: Wanted = (
                "Verified",
                Truth.UNKNOWN,
                "Inconclusive",
                f"{outcome.message}; review it with Keep or RollBack",
            )
            await self.writer.write(
                plan, status_with(plan, view.now, [wanted]), "PlanInconclusive", outcome.message, warning=True
            )
            return None
        return await self._turn_back(plan, view, "NotBetter", outcome.message)

    async def answer(self, plan: AdaptationPlan, view: View) -> float | None:
        """What a person says of a plan that could not be judged."""
        review = answer(plan)
        if review is None:
            return None
        if review.decision == "RollBack":
            return await self.reverse(plan, view)
        message = f"kept by {review.by}: {review.message}".rstrip(": ")
        wanted: Wanted = ("Verified", Truth.TRUE, "Kept", message)
        status = finished(plan, "Succeeded", message, view.now, wanted, **reviewed_by(review))
        await self.writer.write(plan, status, "PlanKept", message)
        return None

    async def reverse(self, plan: AdaptationPlan, view: View) -> float | None:
        """A person wants what was done to be undone."""
        review = answer(plan)
        assert review is not None  # noqa: S101 - the stage says so
        message = f"{review.by} wants it rolled back: {review.message}".rstrip(": ")
        return await self._turn_back(plan, view, "RollBackAsked", message, **reviewed_by(review))

    async def roll_back(self, plan: AdaptationPlan, view: View) -> float | None:
        """Undoes every step that was made, last first, where the fields are still ours."""
        stop = obstacle(plan, view, self.writer.store.proof)
        if stop:
            status = status_with(plan, view.now, [("Finished", Truth.FALSE, *stop)])
            await self.writer.write(plan, status, "PlanHeld", stop[1], warning=True)
            return HOLD
        verified = condition(plan.status.conditions, "Verified")
        why = verified.message if verified else ""
        end = _ENDS.get(verified.reason if verified else "", "RolledBack")
        try:
            fixed = await self._undo(plan)
        except (Drift, Forbidden, Invalid, Conflict) as error:
            return await self._end(plan, view, "Failed", f"{why}; not rolled back: {error}")
        if fixed:
            kept = "Denied" if end == "Denied" else "Failed"
            return await self._end(plan, view, kept, f"{why}; {', '.join(fixed)} cannot be undone")
        return await self._end(plan, view, end, f"{why}; rolled back")

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

    async def _start_verifying(self, plan: AdaptationPlan, now: datetime) -> None:
        moment = now.replace(microsecond=0) + timedelta(seconds=1)
        wait = plan.spec.verification
        until = VerificationStatus(started_at=moment, deadline=moment + span(wait.within))
        await self.writer.write(
            plan, verifying(plan, until, now), "PlanVerifying", f"decided by {until.deadline:%H:%M:%S} UTC"
        )

    async def _give_up(self, plan: AdaptationPlan, view: View, message: str) -> float | None:
        return await self._turn_back(plan, view, "StepFailed", message)

    async def _turn_back(
        self, plan: AdaptationPlan, view: View, reason: str, message: str, **fields: str
    ) -> float | None:
        wanted: list[Wanted] = [
            ("Verified", Truth.FALSE, reason, message[:1024]),
            ("Finished", Truth.FALSE, "RollingBack", "what was done is being undone"),
        ]
        status = status_with(plan, view.now, wanted, **fields)
        await self.writer.write(plan, status, "PlanRollingBack", message, warning=True)
        return 0.0

    async def _end(self, plan: AdaptationPlan, view: View, reason: str, message: str) -> float | None:
        status = finished(plan, reason, message, view.now)
        await self.writer.write(plan, status, f"Plan{reason}", message, warning=True)
        return None
