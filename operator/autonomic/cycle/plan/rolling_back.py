"""Undoing a plan: what did not help, what failed half-way, and what a person wants to be taken back."""

from dataclasses import dataclass, replace

from autonomic.cycle.plan.hands import Hand, hand_at
from autonomic.cycle.plan.holding import HOLD, PATIENCE, obstacle
from autonomic.cycle.plan.status import Wanted, finished, reviewed_by, status_with
from autonomic.cycle.plan.writer import PlanWriter
from autonomic.domain.errors import Conflict, Forbidden, Invalid, NotFound
from autonomic.domain.findings import Fact
from autonomic.domain.meta import Condition, condition
from autonomic.domain.plans import AdaptationPlan, Step
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.execution.drift import Drift
from autonomic.execution.executor import HealingExecutor
from autonomic.governance.reviews import answer
from autonomic.loops.failures import ROLLBACK_FAILED
from autonomic.loops.reverts import REVERTED

_ENDS = {"StepFailed": "Failed", "Denied": "Denied", "Outdated": "Superseded"}
"""How a plan ends whose changes were undone, by the reason why; RolledBack otherwise."""


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
            undone = await self._undo(plan)
        except Forbidden as error:
            if view.now - verified.last_transition_time < PATIENCE:
                return await self._hold(plan, view, "Refused", str(error)[:1000])
            undone = Undone(stuck=(str(error),))
        if undone.stuck:
            return await self._give_up(plan, view, verified, undone)
        end, message = _ending(verified, undone)
        return await self._end(plan, view, end, message, _taken_back(undone))

    async def _undo(self, plan: AdaptationPlan) -> "Undone":
        """Undoes what can be undone, last first: a step that can't be stops none before it. Raises Forbidden, Unavailable."""
        assert plan.status.execution is not None  # noqa: S101 - only what was claimed is rolled back
        undone = Undone()
        for step in reversed(plan.status.execution.steps):
            action = plan.spec.actions[step.action].type
            if action in self.irreversible:
                undone = replace(undone, fixed=(*undone.fixed, action))
                continue
            try:
                await self.executor.undo(plan, step)
            except Drift as drift:
                undone = undone.met(await self._hand(plan, step), str(drift))
            except (Invalid, Conflict) as error:
                undone = replace(undone, stuck=(*undone.stuck, str(error)))
        return undone

    async def _hand(self, plan: AdaptationPlan, step: Step) -> Hand:
        target = plan.spec.actions[step.action].target_ref
        ref = target.within(plan.metadata.namespace or "")
        try:
            return hand_at(ref, target.uid, await self.writer.ports.cluster.get(ref), step)
        except NotFound:
            return hand_at(ref, target.uid, None, step)

    async def _give_up(self, plan: AdaptationPlan, view: View, verified: Condition, undone: "Undone") -> float | None:
        """What was changed stands and can't be taken back: somebody has to look, and the loop pauses until then."""
        message = f"{verified.message}; not rolled back: {'; '.join(undone.stuck)}"
        mark: Wanted = ("Verified", Truth.FALSE, ROLLBACK_FAILED, verified.message)
        again = await self._end(plan, view, "Failed", message, (mark, *_taken_back(undone)))
        fact = Fact("RollbackFailed", plan.ref, message[:1024], warning=True, fields={"loop": plan.spec.control_loop})
        await self.writer.ports.tell(fact)
        return again

    async def _hold(self, plan: AdaptationPlan, view: View, reason: str, message: str) -> float | None:
        status = status_with(plan, view.now, [("Finished", Truth.FALSE, reason, message)])
        await self.writer.write(plan, status, "PlanHeld", message, warning=True)
        return HOLD

    async def _end(
        self, plan: AdaptationPlan, view: View, reason: str, message: str, wanted: tuple[Wanted, ...] = ()
    ) -> float | None:
        status = finished(plan, reason, message, view.now, *wanted)
        await self.writer.write(plan, status, f"Plan{reason}", message, warning=True)
        return None


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of an undoing: types of action that can't be undone, whom we met, and what stands against our will."""

    fixed: tuple[str, ...] = ()
    hands: tuple[Hand, ...] = ()
    stuck: tuple[str, ...] = ()

    def met(self, hand: Hand, drift: str) -> "Undone":
        """Somebody was there before us: where nothing of ours is left, nothing is to be undone."""
        stuck = (*self.stuck, drift) if hand.deed == "Changed" else self.stuck
        return replace(self, hands=(*self.hands, hand), stuck=stuck)


def _taken_back(undone: Undone) -> tuple[Wanted, ...]:
    """Who took the plan's change away, for the next plan to know."""
    by = next((hand.by for hand in undone.hands if hand.by), None)
    return ((REVERTED, Truth.TRUE, "AnotherManager", by),) if by else ()


def _ending(verified: Condition, undone: Undone) -> tuple[str, str]:
    """The plan's end and its message, where nothing of it stands that could be taken back."""
    end = _ENDS.get(verified.reason, "RolledBack")
    if undone.fixed:
        fixed = ", ".join(sorted(set(undone.fixed)))
        return "Denied" if end == "Denied" else "Failed", f"{verified.message}; {fixed} cannot be undone"
    if undone.hands:
        met = "; ".join(hand.message for hand in undone.hands)
        return "Denied" if end == "Denied" else "Failed", f"{verified.message}; nothing is left to roll back: {met}"
    return end, f"{verified.message}; rolled back"
