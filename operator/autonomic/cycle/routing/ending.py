"""The end of a route: the baseline is restored where its weights stand, then the finalizer goes. Nothing holds it for ever."""

from dataclasses import dataclass
from typing import Any

from autonomic.cycle.plan.holding import PATIENCE, standstill
from autonomic.cycle.ports import Ports
from autonomic.cycle.routing.publishing import WeightPublisher
from autonomic.cycle.routing.service import AdaptiveRoutingService
from autonomic.cycle.routing.weighing import anchored
from autonomic.cycle.store import Store
from autonomic.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from autonomic.domain.findings import Fact
from autonomic.domain.routes import ROUTE_FINALIZER, AdaptiveRoute
from autonomic.domain.view import View
from autonomic.execution.drift import Drift

AGAIN = 2.0
"""Seconds until it is tried again."""


@dataclass(frozen=True)
class Ending:
    """Restores and lets go. A kill switch holds it, for as long as it is on."""

    ports: Ports
    store: Store
    service: AdaptiveRoutingService
    publisher: WeightPublisher

    async def end(self, route: AdaptiveRoute, view: View) -> float | None:
        """None once the route may go; else the seconds until it is tried again. Raises LeadershipLost."""
        self.service.forget(route.key)
        if ROUTE_FINALIZER not in route.metadata.finalizers:
            return None
        left = await self._restore(route, view)
        if left is None:
            return AGAIN
        for why in left:
            await self.ports.tell(Fact("BaselineNotRestored", route.ref, why[:1024], warning=True))
        return await self._let_go(route)

    async def _restore(self, route: AdaptiveRoute, view: View) -> tuple[str, ...] | None:
        """Why it was not restored, by place; None while it is to be tried again."""
        if not view.namespace(route.metadata.namespace).enabled:
            return (f"namespace {route.metadata.namespace} has not opted in",)
        if standstill(view, self.store.proof):
            return None
        calm = anchored(route.spec, (), {})
        wanted = dict.fromkeys(route.spec.task_types, calm)
        try:
            return tuple(await self.publisher.restore(route, wanted, view))
        except (Unavailable, Conflict):
            return None
        except (Forbidden, Invalid, NotFound, Drift) as error:
            gone = route.metadata.deletion_timestamp
            return (str(error),) if gone is None or view.now - gone > PATIENCE else None

    async def _let_go(self, route: AdaptiveRoute) -> float | None:
        kept = tuple(each for each in route.metadata.finalizers if each != ROUTE_FINALIZER)
        try:
            await self.ports.cluster.patch(route.ref, finalizers(route, kept))
        except NotFound:
            return None
        except (Conflict, Unavailable):
            return AGAIN
        return None


def finalizers(route: AdaptiveRoute, wanted: tuple[str, ...]) -> dict[str, Any]:
    """A merge patch that gives the route these, if nobody changed it meanwhile."""
    meta = route.metadata
    return {"metadata": {"uid": meta.uid, "resourceVersion": meta.resource_version, "finalizers": list(wanted) or None}}
