"""The way of a plan up to its claim: governed, reviewed, governed again just before it acts, claimed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from autonomic.cycle.compose import Actions, step_facts
from autonomic.cycle.gathering import gather_targets, refs_of
from autonomic.cycle.plan.claiming import difference, mode_in_force, next_seq, rival
from autonomic.cycle.plan.relevance import is_over, relevance
from autonomic.cycle.plan.status import claimed, display, finished, governed, reviewed_by, waiting
from autonomic.cycle.plan.writer import PlanWriter
from autonomic.domain.decisions import NoRuling, Ruling
from autonomic.domain.errors import NotFound
from autonomic.domain.plans import AdaptationPlan, Execution
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.domain.words import Truth, Verdict
from autonomic.execution.executor import steps_for
from autonomic.governance.engine import GovernanceEngine, objections
from autonomic.governance.redlines import postponements
from autonomic.governance.reviews import approval, denial
from autonomic.ports.cluster import Proof

ASK_AGAIN = 2.0
"""Seconds until governance is asked again when it could not answer."""
LOOK_AGAIN = 30.0
"""Seconds until a plan that waits for a person is looked at again: its reason may be gone, or its target."""


@dataclass(frozen=True)
class Governing:
    """Asks whether a plan may be carried out, and claims it when it may.

    `holder` names this replica, `epoch` its term of leadership.
    """

    writer: PlanWriter
    governance: GovernanceEngine
    actions: Actions
    holder: str
    epoch: Callable[[], int]
    _claiming: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def govern(self, plan: AdaptationPlan, view: View) -> float | None:
        """Governs, waits for a person, or claims. Returns the seconds until the plan is due again."""
        try:
            targets = await gather_targets(self.writer.ports.cluster, refs_of(plan), view)
        except NotFound as error:
            return await self._end(plan, view, "Superseded", str(error))
        facts = step_facts(plan.spec.actions, targets, self.actions)
        ruling = await self._rule(plan, facts, view)
        if isinstance(ruling, NoRuling):
            return await self._wait(plan, ruling, facts, view)
        return await self._follow(plan, facts, ruling, view)

    async def judge(self, plan: AdaptationPlan, view: View) -> str | NoRuling | None:
        """Why a claimed plan may no longer be carried out: a refusal, no answer yet, or None when it may.

        Raises Unavailable, Forbidden.
        """
        try:
            targets = await gather_targets(self.writer.ports.cluster, refs_of(plan), view)
        except NotFound as error:
            return str(error)
        ruling = await self._rule(plan, step_facts(plan.spec.actions, targets, self.actions), view)
        if isinstance(ruling, NoRuling):
            return ruling
        unreviewed = ruling.verdict is Verdict.REQUIRE_APPROVAL and approval(plan) is None
        return "; ".join(ruling.reasons) if unreviewed or ruling.verdict is Verdict.DENY else None

    async def deny(self, plan: AdaptationPlan, view: View) -> float | None:
        """A person said no."""
        review = denial(plan)
        assert review is not None  # noqa: S101 - the stage says so
        message = f"denied by {review.by}: {review.message}".rstrip(": ")
        status = finished(
            plan, "Denied", message, view.now, ("Reviewed", Truth.FALSE, "Denied", message), **reviewed_by(review)
        )
        await self.writer.write(plan, status, "PlanDenied", message)
        return None

    async def expire(self, plan: AdaptationPlan, view: View) -> float | None:
        """Nobody answered in time, and no answer is never approval."""
        return await self._end(plan, view, "Expired", f"not approved by {plan.spec.expires_at:%Y-%m-%d %H:%M:%S} UTC")

    async def _rule(self, plan: AdaptationPlan, facts: tuple[StepFacts, ...], view: View) -> Ruling | NoRuling:
        ruling = await self.governance.rule(plan, facts, view, mode_in_force(plan, view))
        proof: Proof = self.writer.store.proof
        if isinstance(ruling, Ruling) and ruling.verdict is Verdict.DENY:
            return ruling
        return ruling if proof.in_force else NoRuling("AdmissionUnproven", proof.message)

    async def _follow(
        self, plan: AdaptationPlan, facts: tuple[StepFacts, ...], ruling: Ruling, view: View
    ) -> float | None:
        if ruling.verdict is Verdict.DENY:
            message = "; ".join(ruling.reasons)
            await self.writer.write(plan, governed(plan, ruling, facts, view.now), "PlanDenied", message, warning=True)
            return None
        if ruling.verdict is Verdict.REQUIRE_APPROVAL and approval(plan) is None:
            return await self._ask(plan, facts, ruling, view)
        return await self._go(plan, facts, ruling, view)

    async def _ask(
        self, plan: AdaptationPlan, facts: tuple[StepFacts, ...], ruling: Ruling, view: View
    ) -> float | None:
        """Waits for a person, for as long as there is a reason to."""
        over = is_over(plan, view)
        if over:
            return await self._end(plan, view, "Superseded", over)
        message = "; ".join(ruling.reasons)
        await self.writer.write(plan, governed(plan, ruling, facts, view.now), "PlanAwaitsApproval", message)
        return min(LOOK_AGAIN, (plan.spec.expires_at - view.now).total_seconds())

    async def _go(self, plan: AdaptationPlan, facts: tuple[StepFacts, ...], ruling: Ruling, view: View) -> float | None:
        """Approved: claimed, unless it is no longer what was asked for, or another plan is at its target."""
        still = relevance(plan, view)
        if still.answer == "Unknown":
            return await self._wait(plan, NoRuling("TriggerUnknown", still.message), facts, view)
        obsolete = still.message or difference(plan, facts)
        if obsolete:
            return await self._end(plan, view, "Superseded", obsolete)
        async with self._claiming:  # plans are ruled at the same time: two must not both find the last place free
            fresh = self.writer.store.view(view.now)
            if other := rival(plan, fresh):
                why = NoRuling("TargetBusy", f"plan {other} for the same target is not finished")
                return await self._wait(plan, why, facts, view)
            if not objections(plan, facts, fresh) and not postponements(plan, facts, fresh):
                await self._claim(plan, facts, ruling, view.now)
        return 0.0

    async def _wait(
        self, plan: AdaptationPlan, why: NoRuling, facts: tuple[StepFacts, ...], view: View
    ) -> float | None:
        """Nothing is done, and the plan says why; governance is asked again soon."""
        await self.writer.write(plan, waiting(plan, why, facts, view.now), "PlanWaits", why.message, warning=True)
        return ASK_AGAIN

    async def _claim(self, plan: AdaptationPlan, facts: tuple[StepFacts, ...], ruling: Ruling, now: datetime) -> None:
        moment = now.replace(microsecond=0)
        execution = Execution(
            holder=self.holder,
            epoch=self.epoch(),
            seq=next_seq(plan, self.writer.store.view(now)),
            steps=steps_for(plan, facts, moment),
        )
        status = claimed(plan, execution, ruling, approval(plan), now).model_copy(update=display(facts))
        await self.writer.write(plan, status, "PlanExecuting", display(facts)["action"])

    async def _end(self, plan: AdaptationPlan, view: View, reason: str, message: str) -> float | None:
        status = finished(plan, reason, message, view.now)
        await self.writer.write(plan, status, f"Plan{reason}", message, warning=True)
        return None
