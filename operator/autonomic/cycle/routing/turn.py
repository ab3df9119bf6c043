"""One turn of a route: what holds it back, which weights come next, where they are written, what its status says."""

from dataclasses import dataclass, replace
from datetime import timedelta

from autonomic.cycle.pacing import paced
from autonomic.cycle.ports import Ports
from autonomic.cycle.proposing import Proposer
from autonomic.cycle.routing.adopting import Adoption, adoption
from autonomic.cycle.routing.desk import Desk, in_force
from autonomic.cycle.routing.ending import Ending, finalizers
from autonomic.cycle.routing.estimating import estimated
from autonomic.cycle.routing.leaving_out import LeavingOut
from autonomic.cycle.routing.permission import Denied, denied, withheld
from autonomic.cycle.routing.publishing import Published, WeightPublisher
from autonomic.cycle.routing.reporting import Told, due, news, report
from autonomic.cycle.routing.safety import Hold, Judged, hold
from autonomic.cycle.routing.service import AdaptiveRoutingService
from autonomic.cycle.routing.weighing import Moment, Weighed, Weights, anchored, floored, weigh
from autonomic.cycle.store import Store
from autonomic.cycle.yielding import give_way
from autonomic.domain.crowding import leaving_out
from autonomic.domain.errors import Forbidden, Invalid, NotFound, Retryable
from autonomic.domain.findings import Fact
from autonomic.domain.routes import ROUTE_FINALIZER, AdaptiveRoute, AdaptiveRouteStatus
from autonomic.domain.units import seconds, span
from autonomic.domain.view import View
from autonomic.routing.chance import Random

AGAIN = 5.0
"""Seconds until a turn that could not be written is tried again."""


@dataclass(frozen=True)
class RoutingTurn:
    """A job on the scheduler, for each route. `judged` is what this replica knows of a contract."""

    ports: Ports
    store: Store
    service: AdaptiveRoutingService
    publisher: WeightPublisher
    proposer: Proposer
    judged: Judged
    random: Random

    async def turn(self, key: str) -> float | None:
        """Thinks the route's weights over; returns the seconds until it is due again. Raises LeadershipLost, Forbidden."""
        route = self.store.route(key)
        if route is None:
            self.service.forget(key)
            return None
        crowd = leaving_out(self.store.crowds, route)
        if crowd and not route.metadata.deletion_timestamp:
            return await LeavingOut(self.ports, self.store, self.service).leave(route, crowd)
        view = self.store.view(self.ports.clock.now())
        if route.metadata.deletion_timestamp:
            return await Ending(self.ports, self.store, self.service, self.publisher).end(route.standing, view)
        asked, desk = adoption(route, view), self.service.keep(route.standing)
        self.service.expire(desk)
        desk.since_epoch = 0
        try:
            await self._think(desk, view, asked)
            if asked.finding:
                await self.proposer.propose(asked.finding)
        except (Retryable, NotFound):
            return AGAIN
        except (Forbidden, Invalid) as error:
            await self.ports.tell(Fact("ReportFailed", route.ref, str(error)[:1024], warning=True))
        return paced(seconds(desk.spec.epoch.interval))

    async def _think(self, desk: Desk, view: View, asked: Adoption) -> None:
        stop = denied(desk.route, view, self.store.proof)
        held = self._held(desk, view)
        weighed = await self._weigh(desk, view, held)
        now = view.now.timestamp()
        baseline = {name: anchored(desk.spec, (), learner.profiles(now)) for name, learner in desk.learners.items()}
        explores = stop is not None and held is None and self._floored(desk, view)
        if not held and due(desk, view.now):
            desk.estimates = estimated(desk, weighed) if stop else {}
        if stop:
            published = Published(desk.route.status.targets)
            weighed = {name: _calmed(each, baseline[name], stop) for name, each in weighed.items()}
        else:
            published = await self._publish(desk, weighed, view)
        if explores:
            weighed = {name: _with_floor(desk, each, name, now) for name, each in weighed.items()}
        moved = not published.stopped and self._take(desk, weighed, written=not stop)
        told = Told(weighed, baseline, asked, held, stop, published, moved, explores)
        await self._write(desk, report(desk, told, view.now))

    def _floored(self, desk: Desk, view: View) -> bool:
        """Whether decisions explore though the mode publishes nothing: a floor was adopted."""
        allowed = view.namespace(desk.route.metadata.namespace).enabled and bool(desk.spec.policy.exploration_floor)
        return allowed and withheld(desk.route, view, self.store.proof) is None

    def _held(self, desk: Desk, view: View) -> Hold | None:
        silent = desk.silent(self.ports.clock.monotonic(), view.now.timestamp())
        return hold(desk.route, view, self.judged, None if silent is None else timedelta(seconds=silent))

    async def _weigh(self, desk: Desk, view: View, held: Hold | None) -> dict[str, Weighed]:
        stepped = desk.route.status.stepped_at
        resting = stepped is not None and timedelta(0) <= view.now - stepped < span(desk.spec.safety.cooldown)
        moment = Moment(view.now.timestamp(), held, resting)
        found = {}
        for name, learner in desk.learners.items():
            found[name] = weigh(desk.spec, learner, desk.weights[name].weights, moment, self.random)
            await give_way()  # hundreds of draws each: tasks are decided in between
        return found

    async def _publish(self, desk: Desk, weighed: dict[str, Weighed], view: View) -> Published:
        if not desk.spec.publish:
            return Published()
        await self._bind(desk)
        return await self.publisher.publish(desk.route, {name: each.weights for name, each in weighed.items()}, view)

    async def _bind(self, desk: Desk) -> None:
        """Before anything is written: a route that is deleted must leave the baseline behind."""
        route = desk.route
        if ROUTE_FINALIZER not in route.metadata.finalizers:
            self.publisher.may_act()
            raw = await self.ports.cluster.patch(
                route.ref, finalizers(route, (*route.metadata.finalizers, ROUTE_FINALIZER))
            )
            self.store.apply("AdaptiveRoute", raw)
            desk.route = AdaptiveRoute.read(raw).standing

    def _take(self, desk: Desk, weighed: dict[str, Weighed], *, written: bool) -> bool:
        """The weights are in force from now on; whether they moved by a step."""
        moved = False
        for name, each in weighed.items():
            kept = {candidate: weight for candidate, weight in each.weights.items() if weight}
            moved = moved or kept != dict(desk.weights[name].weights)
            desk.weights[name] = in_force(each.weights, each.why)
        return moved and written

    async def _write(self, desk: Desk, status: AdaptiveRouteStatus) -> None:
        """Nothing, where the status says it already. Raises Unavailable, Conflict."""
        route = desk.route
        if status == route.status:
            return
        meta = {"uid": route.metadata.uid, "resourceVersion": route.metadata.resource_version}
        raw = await self.ports.cluster.patch_status(route.ref, {"metadata": meta, "status": status.wire()})
        self.store.apply("AdaptiveRoute", raw)
        desk.route = AdaptiveRoute.read(raw).standing
        for fact in news(route, status):
            await self.ports.tell(fact)


def _calmed(weighed: Weighed, baseline: Weights, stop: Denied) -> Weighed:
    """Where nothing may be published nothing is explored by decisions either."""
    return replace(weighed, weights=baseline, why=f"baseline: {stop.reason}")


def _with_floor(desk: Desk, weighed: Weighed, task_type: str, now: float) -> Weighed:
    weights = floored(desk.spec, desk.learners[task_type], weighed, weighed.weights, now)
    return replace(weighed, weights=weights, why=f"{weighed.why}, with the exploration floor")
