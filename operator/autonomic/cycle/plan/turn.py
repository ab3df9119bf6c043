"""One step of one plan: what its stage asks for is done, and the plan says when it wants to be looked at again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from autonomic.cycle.plan.carrying_out import CarryingOut
from autonomic.cycle.plan.governing import Governing
from autonomic.cycle.plan.recording import deleted
from autonomic.cycle.plan.rolling_back import RollingBack
from autonomic.cycle.plan.stage import Stage, stage
from autonomic.cycle.plan.writer import PlanWriter
from autonomic.domain.errors import Conflict, NotFound, Terminal, Unavailable
from autonomic.domain.findings import Fact
from autonomic.domain.meta import condition
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.view import View
from autonomic.governance.bounds import in_flight
from autonomic.loops.cost_giving_back import stands

PEER_DOWN = 2.0
"""Seconds until a plan is looked at again after a peer gave no answer."""
STANDS = 3600.0
"""Seconds until it is looked again whether what saves money was given back: its plan is the record of what was before."""


@dataclass(frozen=True)
class PlanTurn:
    """Takes plans one step further. `keep` is how long a finished plan stays."""

    writer: PlanWriter
    governing: Governing
    carrying_out: CarryingOut
    rolling_back: RollingBack
    keep: timedelta
    _delays: dict[str, str] = field(default_factory=dict)
    _flying: dict[str, AdaptationPlan] = field(default_factory=dict)
    """Plans in flight as they were last seen: the only record of what they changed, should they be deleted."""

    async def advance(self, key: str) -> float | None:
        """Does what the plan's stage asks for; returns the seconds until it is due again, None to wait for an event."""
        plan = self.writer.store.plan(key)
        await self._watch_over(key, plan)
        if plan is None or plan.metadata.deletion_timestamp is not None:
            return None
        try:
            again = await self._step(plan, self.writer.store.view(self.writer.ports.clock.now()))
            self._delays.pop(key, None)
            return again
        except Conflict:
            await self._refresh(plan)
            return 0.0
        except Unavailable as error:
            await self._tell(plan, str(error))
            return PEER_DOWN
        except NotFound:
            return None
        except Terminal as error:
            await self._tell(plan, str(error))
            return 30.0

    async def _watch_over(self, key: str, plan: AdaptationPlan | None) -> None:
        """Tells of a plan that was deleted in flight: nobody verifies or undoes it any more."""
        before = self._flying.pop(key, None)
        if before and (plan is None or plan.metadata.uid != before.metadata.uid):
            message = f"deleted in flight, and what it changed stands: {_changes(before)}"[:1024]
            await self.writer.ports.tell(Fact("PlanVanished", before.ref, message, warning=True))
        if plan and in_flight(plan):
            self._flying[key] = plan

    async def _step(self, plan: AdaptationPlan, view: View) -> float | None:
        steps: dict[Stage, Callable[[AdaptationPlan, View], Awaitable[float | None]]] = {
            "Govern": self.governing.govern,
            "Deny": self.governing.deny,
            "Expire": self.governing.expire,
            "Apply": self.carrying_out.apply,
            "Verify": self.carrying_out.verify,
            "RollBack": self.rolling_back.roll_back,
            "Ask": self.carrying_out.answer,
            "Reverse": self.rolling_back.reverse,
            "Rest": self._rest,
        }
        return await steps[stage(plan, view.now)](plan, view)

    async def _rest(self, plan: AdaptationPlan, view: View) -> float | None:
        """A finished plan is kept for a while, so that people can read it, and then deleted."""
        ended = condition(plan.status.conditions, "Finished")
        assert ended is not None  # noqa: S101 - the stage says so
        left = (ended.last_transition_time + self.keep - view.now).total_seconds()
        if left <= 0 and stands(plan, view):
            return STANDS
        if left <= 0:
            await self.writer.ports.audit.append(deleted(plan))
            await self.writer.ports.cluster.delete(plan.ref, plan.metadata.uid)
            return None
        return left

    async def _refresh(self, plan: AdaptationPlan) -> None:
        try:
            await self.writer.refresh(plan)
        except (NotFound, Unavailable) as error:
            await self._tell(plan, str(error))

    async def _tell(self, plan: AdaptationPlan, message: str) -> None:
        """Tells a delay once for as long as it has the same reason."""
        if self._delays.get(plan.key) == message:
            return
        self._delays[plan.key] = message
        await self.writer.ports.tell(Fact("PlanDelayed", plan.ref, message, warning=True))


def _changes(plan: AdaptationPlan) -> str:
    refs, execution = plan.refs, plan.status.execution
    steps = execution.steps if execution else ()
    return "; ".join(
        f"{refs[step.action]} {change.path} from {change.before} to {change.after}"
        for step in steps
        for change in step.changes
    )
