"""The way of a plan from its claim to its end: applied, verified, kept."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from autonomic.cycle.plan.holding import HOLD, PATIENCE, obstacle
from autonomic.cycle.plan.rolling_back import RollingBack
from autonomic.cycle.plan.ruled import Refusal
from autonomic.cycle.plan.status import Wanted, answered, finished, held, reviewed_by, status_with, verifying
from autonomic.cycle.plan.verifying import Verifier
from autonomic.cycle.plan.writer import PlanWriter
from autonomic.domain.decisions import NoRuling
from autonomic.domain.errors import Conflict, Forbidden, Invalid, NotPermitted
from autonomic.domain.plans import AdaptationPlan, VerificationStatus
from autonomic.domain.units import span
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.execution.drift import Drift
from autonomic.execution.executor import HealingExecutor
from autonomic.governance.reviews import answer, denial

FRESH = timedelta(seconds=10)
"""How long a claim is as good as asking again; one that was held longer is judged anew before it acts."""

_ANSWERED = {"Call": "PlanCalled", "Create": "PlanCreated"}
"""Deeds that leave no mark on their target, and what is told of each: the plan keeps that they were done."""

Judge = Callable[[AdaptationPlan, View], Awaitable[Refusal | NoRuling | None]]
"""Why a claimed plan may no longer be carried out: a refusal, no answer yet, or None when it may."""


@dataclass(frozen=True)
class CarryingOut:
    """Applies claimed plans and verifies them; what did not help is handed to the rolling back."""

    writer: PlanWriter
    executor: HealingExecutor
    verifier: Verifier
    rolling_back: RollingBack
    judge: Judge

    async def apply(self, plan: AdaptationPlan, view: View) -> float | None:
        """Makes every recorded step, each once, whatever happened before."""
        stop = obstacle(plan, view, self.writer.store.proof)
        if stop:
            return await self._hold(plan, view, *stop)
        assert plan.status.execution is not None  # noqa: S101 - the stage says so
        review = denial(plan)
        if review:
            message = f"denied by {review.by}: {review.message}".rstrip(": ")
            return await self.rolling_back.begin(plan, view, "Denied", message, **reviewed_by(review))
        if view.now >= plan.spec.expires_at:
            return await self.rolling_back.begin(plan, view, "StepFailed", "the plan expired before it was carried out")
        if view.now - plan.status.execution.steps[0].at > FRESH:
            refusal = await self.judge(plan, view)
            if isinstance(refusal, NoRuling):
                return await self._hold(plan, view, refusal.reason, refusal.message)
            if refusal:
                return await self.rolling_back.begin(plan, view, refusal.reason, refusal.message)
        return await self._apply(plan, view)

    async def _hold(self, plan: AdaptationPlan, view: View, reason: str, message: str) -> float | None:
        await self.writer.write(plan, held(plan, reason, message, view.now), "PlanHeld", message, warning=True)
        return HOLD

    async def _apply(self, plan: AdaptationPlan, view: View) -> float | None:
        assert plan.status.execution is not None  # noqa: S101 - `apply` comes first
        for step in plan.status.execution.steps:
            try:
                await self.executor.apply(plan, step)
                if step.deed in _ANSWERED and not step.done:
                    status = answered(plan, step, view.now)
                    plan = await self.writer.write(plan, status, _ANSWERED[step.deed], step.op_id)
            except NotPermitted as error:
                return await self._not_permitted(plan, view, str(error))
            except (Drift, Forbidden, Invalid, Conflict) as error:
                return await self.rolling_back.begin(plan, view, "StepFailed", str(error))
        await self._start_verifying(plan, view.now)
        return 0.0

    async def _not_permitted(self, plan: AdaptationPlan, view: View, message: str) -> float | None:
        """Tried again for a while; a right that is truly missing ends the plan."""
        assert plan.status.execution is not None  # noqa: S101 - `apply` comes first
        if view.now - plan.status.execution.steps[0].at < PATIENCE:
            return await self._hold(plan, view, "NotPermitted", message)
        return await self.rolling_back.begin(plan, view, "StepFailed", message)

    async def verify(self, plan: AdaptationPlan, view: View) -> float | None:
        """Looks whether it helped; at the deadline it is decided."""
        assert plan.status.verification is not None  # noqa: S101 - the stage says so
        outcome = await self.verifier.look(plan, view)
        if outcome.kind == "Waiting":
            left = (plan.status.verification.deadline - view.now).total_seconds()
            return max(0.05, min(self.verifier.pace(plan), left))
        if outcome.kind == "Helped":
            seen = plan.status.verification.model_copy(update={"saved": outcome.saved})
            helped: Wanted = ("Verified", Truth.TRUE, "Helped", outcome.message)
            status = finished(plan, "Succeeded", outcome.message, view.now, helped, verification=seen)
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
        return await self.rolling_back.begin(plan, view, "NotBetter", outcome.message)

    async def answer(self, plan: AdaptationPlan, view: View) -> float | None:
        """What a person says of a plan that could not be judged."""
        review = answer(plan)
        if review is None:
            return await self._unanswered(plan, view)
        if review.decision == "RollBack":
            return await self.rolling_back.reverse(plan, view)
        message = f"kept by {review.by}: {review.message}".rstrip(": ")
        wanted: Wanted = ("Verified", Truth.TRUE, "Kept", message)
        status = finished(plan, "Succeeded", message, view.now, wanted, **reviewed_by(review))
        await self.writer.write(plan, status, "PlanKept", message)
        return None

    async def _unanswered(self, plan: AdaptationPlan, view: View) -> float | None:
        """Nobody need answer, but for a rest: it ends in time whether or not it was known what it saved."""
        asked = plan.spec.trigger.budget
        if asked is None or asked.until is None or asked.gives_back:
            return None
        if view.now < asked.until:
            return (asked.until - view.now).total_seconds()
        return await self.rolling_back.begin(
            plan, view, "RestOver", "its rest is over, and nobody said whether to keep it"
        )

    async def _start_verifying(self, plan: AdaptationPlan, now: datetime) -> None:
        moment = now.replace(microsecond=0) + timedelta(seconds=1)
        wait = plan.spec.verification
        until = VerificationStatus(started_at=moment, deadline=moment + span(wait.within))
        await self.writer.write(
            plan, verifying(plan, until, now), "PlanVerifying", f"decided by {until.deadline:%H:%M:%S} UTC"
        )
