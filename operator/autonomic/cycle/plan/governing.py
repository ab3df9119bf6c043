"""The way of a plan up to its claim: governed, reviewed, governed again just before it acts, claimed."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from autonomic.cycle.compose import Actions, step_facts
from autonomic.cycle.gathering import gather_targets
from autonomic.cycle.guards import standing_back
from autonomic.cycle.plan.claiming import difference, mode_in_force, next_seq, other_policy, rival
from autonomic.cycle.plan.relevance import gone, is_over, relevance
from autonomic.cycle.plan.ruled import Refusal, Ruled, ruled
from autonomic.cycle.plan.status import claimed, display, finished, governed, reviewed_by, waiting
from autonomic.cycle.plan.writer import PlanWriter
from autonomic.domain.decisions import NoRuling, Ruling
from autonomic.domain.errors import NotFound
from autonomic.domain.plans import AdaptationPlan, Execution
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.domain.words import Truth, Verdict
from autonomic.execution.action import ActionKind
from autonomic.execution.executor import steps_for
from autonomic.governance.duties import quorum
from autonomic.governance.engine import GovernanceEngine, not_yet, objections
from autonomic.governance.reviews import approvals, denial, said
from autonomic.loops.arbitration import lost
from autonomic.loops.vetoes import vetoed
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
        orphan = gone(plan, view)
        if orphan:
            return await self._end(plan, view, "Superseded", orphan)
        try:
            targets = await gather_targets(self.writer.ports.cluster, plan.refs, view, self._kinds(plan))
        except NotFound as error:
            return await self._end(plan, view, "Superseded", str(error))
        facts = step_facts(plan.spec.actions, targets, self.actions)
        ruling = await self._rule(plan, facts, view)
        if isinstance(ruling, Ruling) and ruling.verdict is not Verdict.DENY:
            ruling = _back(plan, view) or _veto(plan, view) or ruling
        if isinstance(ruling, NoRuling):
            return await self._wait(plan, ruling, facts, view)
        return await self._follow(plan, ruled(plan, ruling, facts, view), view)

    async def judge(self, plan: AdaptationPlan, view: View) -> Refusal | NoRuling | None:
        """Why a claimed plan may no longer be carried out: a refusal, no answer yet, or None when it may.

        A freeze is a refusal: what was not done before it began is not done in it. Raises Unavailable, Forbidden.
        """
        try:
            targets = await gather_targets(self.writer.ports.cluster, plan.refs, view, self._kinds(plan))
        except NotFound as error:
            return Refusal("StepFailed", str(error))
        facts = step_facts(plan.spec.actions, targets, self.actions)
        ruling = _veto(plan, view) or await self._rule(plan, facts, view)
        if isinstance(ruling, NoRuling):
            return Refusal("StepFailed", ruling.message) if ruling.reason == "Frozen" else ruling
        judged = ruled(plan, ruling, facts, view)
        if ruling.verdict is Verdict.DENY or judged.waits(plan):
            return Refusal("StepFailed", "; ".join(ruling.reasons))
        other = other_policy(plan, ruling, judged.given(plan))
        return Refusal("Outdated", other) if other else None

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

    def _kinds(self, plan: AdaptationPlan) -> Iterable[ActionKind | None]:
        return (self.actions.get(each.type) for each in plan.spec.actions)

    async def _rule(self, plan: AdaptationPlan, facts: tuple[StepFacts, ...], view: View) -> Ruling | NoRuling:
        ruling = await self.governance.rule(plan, facts, view, mode_in_force(plan, view))
        proof: Proof = self.writer.store.proof
        if isinstance(ruling, Ruling) and ruling.verdict is Verdict.DENY:
            return ruling
        return ruling if proof.in_force else NoRuling("AdmissionUnproven", proof.message)

    async def _follow(self, plan: AdaptationPlan, ruled: Ruled, view: View) -> float | None:
        if ruled.ruling.verdict is Verdict.DENY:
            message = "; ".join(ruled.ruling.reasons)
            status = governed(plan, ruled.ruling, ruled.facts, view.now)
            await self.writer.write(plan, status, "PlanDenied", message, warning=True)
            return None
        gives_way = ruled.outdated(plan) or lost(plan, ruled.facts, view)
        if gives_way:
            return await self._end(plan, view, "Superseded", gives_way)
        return await (self._ask if ruled.waits(plan) else self._go)(plan, ruled, view)

    async def _ask(self, plan: AdaptationPlan, ruled: Ruled, view: View) -> float | None:
        """Waits for people, for as long as there is a reason to."""
        over = is_over(plan, view)
        if over:
            return await self._end(plan, view, "Superseded", over)
        missing = ruled.quorum.missing(plan)
        status = governed(plan, ruled.ruling, ruled.facts, view.now, missing)
        message = "; ".join((*ruled.ruling.reasons, missing))
        await self.writer.write(plan, status, "PlanAwaitsApproval", message)
        return min(LOOK_AGAIN, (plan.spec.expires_at - view.now).total_seconds())

    async def _go(self, plan: AdaptationPlan, ruled: Ruled, view: View) -> float | None:
        """Approved: claimed, unless it is no longer what was asked for, or another plan is at its target."""
        facts, still = ruled.facts, relevance(plan, view)
        if still.answer == "Unknown":
            return await self._wait(plan, NoRuling("TriggerUnknown", still.message), facts, view)
        obsolete = still.message or difference(plan, facts)
        if obsolete:
            return await self._end(plan, view, "Superseded", obsolete)
        async with self._claiming:  # plans are ruled at the same time: two must not both find the last place free
            fresh = self.writer.store.view(view.now)
            if gives_way := lost(plan, facts, fresh):
                return await self._end(plan, view, "Superseded", gives_way)
            if other := rival(plan, fresh):
                why = NoRuling("TargetBusy", f"plan {other} for the same target is not finished")
                return await self._wait(plan, why, facts, view)
            if not objections(plan, facts, fresh) and not not_yet(plan, facts, fresh) and not vetoed(plan, fresh):
                await self._claim(plan, ruled, view.now)
        return 0.0

    async def _wait(
        self, plan: AdaptationPlan, why: NoRuling, facts: tuple[StepFacts, ...], view: View
    ) -> float | None:
        """Nothing is done, and the plan says why; governance is asked again soon."""
        given = approvals(plan, quorum(plan, facts, view))
        await self.writer.write(
            plan, waiting(plan, why, facts, view.now, given), "PlanWaits", why.message, warning=True
        )
        return ASK_AGAIN

    async def _claim(self, plan: AdaptationPlan, ruled: Ruled, now: datetime) -> None:
        moment = now.replace(microsecond=0)
        execution = Execution(
            holder=self.holder,
            epoch=self.epoch(),
            seq=next_seq(plan, self.writer.store.view(now)),
            steps=steps_for(plan, ruled.facts, moment),
        )
        given, shown = ruled.given(plan), display(ruled.facts)
        status = claimed(plan, execution, ruled.ruling, given, now).model_copy(update=shown)
        message = f"{shown['action']}, {said(given)}" if given else shown["action"]
        await self.writer.write(plan, status, "PlanExecuting", message)

    async def _end(self, plan: AdaptationPlan, view: View, reason: str, message: str) -> float | None:
        status = finished(plan, reason, message, view.now)
        await self.writer.write(plan, status, f"Plan{reason}", message, warning=True)
        return None


def _back(plan: AdaptationPlan, view: View) -> NoRuling | None:
    asked = plan.spec.trigger.budget
    return standing_back(plan.spec.control_loop, view, wakes=asked is not None and asked.wakes)


def _veto(plan: AdaptationPlan, view: View) -> NoRuling | None:
    """Reliability, or another budget, speaks against saving now; the plan waits until neither does."""
    why = vetoed(plan, view)
    return NoRuling("Vetoed", why) if why else None
