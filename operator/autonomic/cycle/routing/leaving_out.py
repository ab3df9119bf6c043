"""Routes that have no place in their namespace: nothing is decided or learnt by them, and what they published stays."""

from dataclasses import dataclass
from datetime import datetime

from autonomic.cycle.ports import Ports
from autonomic.cycle.reporting import Reporter
from autonomic.cycle.routing.service import AdaptiveRoutingService
from autonomic.cycle.store import Store
from autonomic.domain.crowding import TOO_MANY, Crowd, is_told, sentence
from autonomic.domain.errors import AutonomicError
from autonomic.domain.findings import Fact, Report
from autonomic.domain.meta import condition, conditions
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.words import Truth

LOOK_AGAIN = 60.0
"""Seconds until it is looked whether others are gone."""


@dataclass(frozen=True)
class LeavingOut:
    """As good as a route that can't be read: whoever asks for a decision is told that it is not ready."""

    ports: Ports
    store: Store
    service: AdaptiveRoutingService

    async def leave(self, route: AdaptiveRoute, crowd: Crowd) -> float:
        """Says so once; the seconds until it is looked at again. Thousands of them must cost next to nothing."""
        self.service.forget(route.key)
        if not is_told(crowd, route.metadata, route.status.conditions):
            try:
                await Reporter(self.ports, self.store).write(_report(route, crowd, self.ports.clock.now()), route)
            except AutonomicError as error:
                await self.ports.tell(Fact("ReportFailed", route.ref, str(error)[:1024], warning=True))
        return LOOK_AGAIN


def _report(route: AdaptiveRoute, crowd: Crowd, now: datetime) -> Report:
    """What was learnt stays in the status, for the day on which it comes in."""
    why, meta = sentence(crowd, route.status.conditions), route.metadata
    wanted = [(name, Truth.FALSE, TOO_MANY, why) for name in ("Ready", "Exploring", "Published")]
    shown = conditions(route.status.conditions, wanted, meta.generation, now.replace(microsecond=0))
    status = route.status.model_copy(update={"observed_generation": meta.generation, "conditions": shown})
    ready = condition(route.status.conditions, "Ready")
    known = ready is not None and ready.reason == TOO_MANY
    return Report(route.ref, status, () if known else (Fact("RouteNotReady", route.ref, why, warning=True),))
