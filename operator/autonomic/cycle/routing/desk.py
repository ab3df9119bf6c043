"""One route as it is decided by: the weights in force, the decisions that are awaited, and what is learnt."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from types import MappingProxyType

from autonomic.cycle.routing.learning import Learner, pools_of
from autonomic.cycle.routing.open_decisions import OpenDecisions
from autonomic.domain.candidates import WHOLE
from autonomic.domain.readings import Unknown
from autonomic.domain.routes import AdaptiveRoute, AdaptiveRouteSpec
from autonomic.domain.units import seconds
from autonomic.routing.choice import checked
from autonomic.routing.counterfactual import Estimate


@dataclass(frozen=True, slots=True)
class InForce:
    """The weights of one task type; `leader` has most of them. `why` says in words why they are so.

    Every task asks: what a choice needs is reckoned once. `ends` are the sums of the weights up to each name.
    """

    weights: Mapping[str, int]
    leader: str
    why: str
    names: tuple[str, ...]
    ends: tuple[int, ...]

    def choose(self, chance: float) -> tuple[str, float]:
        """(candidate, propensity), for a chance from 0 to 1, 1 excluded."""
        ends = self.ends
        name = self.names[bisect_right(ends, chance * ends[-1])]
        return name, self.weights[name] / ends[-1]


def in_force(weights: Mapping[str, int], why: str) -> InForce:
    """The weights; of equals the first leads. Raises Invalid where none is above 0."""
    checked(weights)
    kept = {name: weight for name, weight in weights.items() if weight > 0}
    leader = max(kept, key=lambda name: kept[name])
    return InForce(MappingProxyType(kept), leader, why, tuple(kept), tuple(accumulate(kept.values())))


@dataclass
class Desk:
    """A route in memory. Weights change in its turn alone; decisions and outcomes only count and learn."""

    key: str
    number: int
    route: AdaptiveRoute
    learners: dict[str, Learner]
    weights: dict[str, InForce]
    opened_at: datetime
    expires: float
    """Seconds after which a decision without outcome has an unknown one."""
    awaited: OpenDecisions = field(default_factory=OpenDecisions)
    since_epoch: int = 0
    heard: float | None = None
    """When the last outcome was told, in monotonic seconds; None where none was."""
    decided: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    """Decisions by task type, candidate and whether they explored."""
    recounted: bool = False
    """Whether the profiles know what happened between the checkpoint and `opened_at`."""
    estimates: dict[str, Estimate | Unknown] = field(default_factory=dict)
    """What the policy would have earned, by task type, where it is not in force; as of the last checkpoint."""

    def silent(self, monotonic: float, now: float) -> float | None:
        """Seconds since the last outcome; None where there never was one. Before a restart, by the records' own clock."""
        if self.heard is not None:
            return monotonic - self.heard
        seen = (profile.last_seen for learner in self.learners.values() for profile in learner.profiles(now).values())
        newest = max((at for at in seen if at is not None), default=None)
        return None if newest is None else max(now - newest, 0.0)

    @property
    def spec(self) -> AdaptiveRouteSpec:
        """The route's spec."""
        return self.route.spec


def opened(route: AdaptiveRoute, number: int, now: datetime) -> Desk:
    """A desk that takes up what the route's status remembers: the weights in force, and what was learnt."""
    spec, pools = route.spec, pools_of(route.spec)
    learners = {task_type: Learner(spec, task_type, pools) for task_type in spec.task_types}
    for memory in route.status.memory:
        if memory.task_type in learners:
            learners[memory.task_type].recall(memory.at, memory.state)
    weights = {task_type: _resumed(route, task_type) for task_type in spec.task_types}
    return Desk(route.key, number, route, learners, weights, now, seconds(spec.epoch.expires))


def _resumed(route: AdaptiveRoute, task_type: str) -> InForce:
    """What was in force before a restart; the baseline where that is not known."""
    names = {each.name for each in route.spec.candidates}
    told = {each.candidate: each.published for each in route.status.weights if each.task_type == task_type}
    if sum(told.values()) == WHOLE and set(told) <= names:
        return in_force(told, "as before the restart")
    return in_force({route.spec.baseline: WHOLE}, "baseline")


def renewed(desk: Desk, route: AdaptiveRoute) -> Desk:
    """The desk for a changed route: what was learnt and is awaited stays, as far as it still means something."""
    before, spec = desk.spec, route.spec
    desk.route, desk.expires = route, seconds(spec.epoch.expires)
    if (before.policy, before.candidates, before.task_types) == (spec.policy, spec.candidates, spec.task_types):
        return desk
    pools = pools_of(spec)
    for task_type in spec.task_types:
        learner, old = Learner(spec, task_type, pools), desk.learners.get(task_type)
        if old and before.policy == spec.policy and (state := old.remember()):
            learner.recall(old.at, state)
        if old:
            learner.results, learner.log, learner.ejection = old.results, old.log, old.ejection
            learner.records.update({name: each for name, each in old.records.items() if name in learner.records})
            learner.tallies.update({name: each for name, each in old.tallies.items() if name in learner.tallies})
        desk.learners[task_type] = learner
    names = {each.name for each in spec.candidates}
    desk.learners = {task_type: desk.learners[task_type] for task_type in spec.task_types}
    desk.weights = {
        task_type: _kept(desk.weights.get(task_type), spec.baseline, names) for task_type in spec.task_types
    }
    return desk


def _kept(before: InForce | None, baseline: str, names: set[str]) -> InForce:
    """The weights in force, unless they name a candidate that there no longer is."""
    return before if before and set(before.weights) <= names else in_force({baseline: WHOLE}, "baseline")
