"""AdaptiveRoutingService: which candidate shall do a task, and how it went. In process; nothing here waits or writes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from autonomic.cycle.routing.desk import Desk, opened, renewed
from autonomic.cycle.routing.narrowing import narrowed
from autonomic.cycle.routing.open_decisions import Awaited
from autonomic.cycle.routing.refusals import AbsurdOutcome, UnknownDecision, UnknownRoute, UnknownTaskType
from autonomic.domain.candidates import Constraints
from autonomic.domain.errors import Invalid
from autonomic.domain.routes import AdaptiveRoute
from autonomic.ports.clock import Clock
from autonomic.routing.chance import Random
from autonomic.routing.outcome import Outcome


class Decision(NamedTuple):
    """Who does the task. `propensity` is how likely this choice was, from 0 to 1, as the weights in force say.

    `explored`: it is not the one that gets most. `why` is a sentence.
    """

    candidate: str
    decision_id: str
    propensity: float
    explored: bool
    why: str


@dataclass
class AdaptiveRoutingService:
    """Decides by the weights in force, which a turn of the layer sets; joins outcomes by the decision's id.

    `mark` is of this process, so that another's decisions are told from its own. `wake` is called with a route's key when its
    weights should be thought over before their time.
    """

    clock: Clock
    random: Random
    mark: str
    wake: Callable[[str], None]
    desks: dict[str, Desk] = field(default_factory=dict)
    _by_number: dict[int, Desk] = field(default_factory=dict)
    _routes: int = 0
    _decisions: int = 0

    def decide(self, namespace: str, name: str, task_type: str, constraints: Constraints | None = None) -> Decision:
        """Raises UnknownRoute, UnknownTaskType; NoCandidate with the reason of each, unless the baseline stands in."""
        desk = self.desk(f"{namespace}/{name}")
        standing = desk.weights.get(task_type)
        if standing is None:
            known = ", ".join(desk.weights)
            raise UnknownTaskType(f"taskType: {task_type!r} is none of AdaptiveRoute {desk.key}: it knows {known}")
        if constraints is not None:
            standing = narrowed(desk, task_type, standing, constraints, self.clock.now().timestamp())
        candidate, propensity = standing.choose(self.random.random())
        explored = candidate != standing.leader
        decision_id = self._await(desk, task_type, candidate, explored, propensity if constraints is None else 0.0)
        return Decision(candidate, decision_id, propensity, explored, standing.why)

    def outcome(
        self,
        decision_id: str,
        success: bool | None,
        latency: float | None = None,
        cost: float | None = None,
        json_valid: bool | None = None,
        route: str | None = None,
    ) -> bool:
        """How the task went: latency in seconds, cost in money. Returns whether anything was learnt of it.

        `success` None says that nobody can tell. `route` is `namespace/name`, where the decision must be of that route.
        Raises AbsurdOutcome (the decision stays open), UnknownDecision, SecondOutcome.
        """
        desk, number = self._find(decision_id, route)
        try:
            Outcome("", "", bool(success), 0.0, latency, cost, json_valid)
        except (Invalid, TypeError) as error:
            raise AbsurdOutcome(str(error)) from None
        awaited = desk.awaited.take(number, decision_id)
        learner = desk.learners.get(awaited.task_type)
        if learner is None or awaited.candidate not in learner.records:
            return False  # the candidate or the task type was taken out of the route meanwhile
        if success is None:
            learner.unknown(awaited.candidate)
            return False
        desk.heard = self.clock.monotonic()
        at = self.clock.now().timestamp()
        told = Outcome(awaited.candidate, awaited.task_type, success, at, latency, cost, json_valid)
        self._think(desk, learner.learn(told, awaited.propensity))
        return True

    def desk(self, key: str) -> Desk:
        """The route of that key. Raises UnknownRoute."""
        desk = self.desks.get(key)
        if desk is None:
            raise UnknownRoute(
                f"there is no AdaptiveRoute {key} that is ready: `kubectl get ar -A` shows those that are"
            )
        return desk

    def keep(self, route: AdaptiveRoute) -> Desk:
        """The desk of the route as it is now; a new life of its name is another route."""
        desk = self.desks.get(route.key)
        if desk is None or desk.route.metadata.uid != route.metadata.uid:
            self.forget(route.key)
            self._routes += 1
            desk = opened(route, self._routes, self.clock.now())
            self._by_number[desk.number] = self.desks[route.key] = desk
            return desk
        return renewed(desk, route)

    def forget(self, key: str) -> None:
        """The route is gone; its number is never given again, so that late outcomes find nothing."""
        desk = self.desks.pop(key, None)
        if desk:
            del self._by_number[desk.number]

    def expire(self, desk: Desk) -> None:
        """Decisions whose outcome nobody told in time: unknown, never failures."""
        self._unknown(desk, desk.awaited.expire(self.clock.monotonic()))

    def _await(self, desk: Desk, task_type: str, candidate: str, explored: bool, propensity: float) -> str:
        self._decisions = number = self._decisions + 1
        desk.decided[task_type, candidate, explored] += 1
        expires = self.clock.monotonic() + desk.expires
        pushed_out = desk.awaited.add(number, Awaited(task_type, candidate, expires, propensity))
        if pushed_out:
            self._unknown(desk, (pushed_out,))
        return f"{self.mark}-{desk.number:x}-{number:x}"

    def _unknown(self, desk: Desk, gone: Iterable[Awaited]) -> None:
        for each in gone:
            if learner := desk.learners.get(each.task_type):
                learner.unknown(each.candidate)

    def _find(self, decision_id: str, route: str | None) -> tuple[Desk, int]:
        mark, _, rest = decision_id.partition("-")
        of_route, _, number = rest.partition("-")
        try:
            desk = self._by_number[int(of_route, 16)] if mark == self.mark else None
            found = int(number, 16)
        except (ValueError, KeyError):
            desk = None
        if desk is None or route not in (None, desk.key):
            raise UnknownDecision(
                f"decisionId: {decision_id[:80]!r} was not made here: tell the outcome to who decided, for the same route"
            )
        return desk, found

    def _think(self, desk: Desk, alarm: bool) -> None:
        desk.since_epoch += 1
        if alarm or desk.since_epoch == desk.spec.epoch.outcomes:
            self.wake(desk.key)
