"""What the status of a route says: conditions and weights as they are, what was learnt as of the last checkpoint. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from autonomic.cycle.routing import estimating
from autonomic.cycle.routing.adopting import Adoption
from autonomic.cycle.routing.desk import Desk
from autonomic.cycle.routing.permission import Denied
from autonomic.cycle.routing.publishing import Published
from autonomic.cycle.routing.safety import Hold
from autonomic.cycle.routing.weighing import Weighed, Weights
from autonomic.domain.findings import Fact
from autonomic.domain.meta import condition, conditions
from autonomic.domain.routes import AdaptiveRoute, AdaptiveRouteStatus, MemoryStatus, ProfileStatus, WeightStatus
from autonomic.domain.words import Truth
from autonomic.routing.profile import PerformanceProfile

CHECKPOINT = timedelta(minutes=5)
"""Time between two writes of what was learnt, where anything was."""
Said = tuple[str, Truth, str, str]
_SHOWN = 3
_VISIBLE = 100
"""A wish that moves by less, of 1000, is not told anew."""
_FACTS = {"Exploring": "RouteExploring", "Published": "RoutePublishing", "Conflict": "RouteConflict"}


@dataclass(frozen=True)
class Told:
    """All that one turn of a route concludes."""

    weighed: Mapping[str, Weighed]
    baseline: Mapping[str, Weights]
    adoption: Adoption
    held: Hold | None
    denied: Denied | None
    published: Published
    moved: bool
    floored: bool = False
    """Decisions explore by the floor alone: nothing is published."""


def report(desk: Desk, told: Told, now: datetime) -> AdaptiveRouteStatus:
    """The status after the turn; what was learnt is in it where it is time to write it down."""
    route, moment = desk.route, now.replace(microsecond=0)
    before = route.status
    after = conditions(before.conditions, _said(route, told), route.metadata.generation, moment)
    weights = _settled(before.weights, tuple(_weights(desk, told)))
    status = before.model_copy(
        update={
            "observed_generation": route.metadata.generation,
            "bounds_digest": told.adoption.wanted,
            "adopted_digest": told.adoption.adopted,
            "summary": _summary(desk),
            "stepped_at": moment if told.moved else before.stepped_at,
            "weights": weights,
            "targets": told.published.records,
            "conditions": after,
        }
    )
    return _checkpoint(desk, status, moment) if due(desk, moment) else status


def news(route: AdaptiveRoute, status: AdaptiveRouteStatus) -> tuple[Fact, ...]:
    """A fact for each condition whose status or reason is another one than before."""
    told = []
    for each in status.conditions:
        before, name = condition(route.status.conditions, each.type), _FACTS.get(each.type)
        was = (before.status, before.reason) if before else (Truth.FALSE, "")
        if name and was != (each.status, each.reason) and (before or each.status is not Truth.FALSE):
            bad = each.type == "Conflict" and each.status is Truth.TRUE
            told.append(Fact(name, route.ref, f"{each.reason}: {each.message}"[:1024], warning=bad))
    return tuple(told)


def _said(route: AdaptiveRoute, told: Told) -> tuple[Said, ...]:
    stop = told.denied or told.published.stopped
    conflict = told.published.conflict
    return (
        ("Ready", Truth.TRUE, "Deciding", ""),
        ("Adopted", told.adoption.truth, told.adoption.reason, told.adoption.message[:1024]),
        _exploring(route, told),
        ("Published", Truth.FALSE, stop.reason, stop.message[:1024])
        if stop
        else ("Published", Truth.TRUE, "Published", f"{len(route.spec.publish)} places and decisions have the weights"),
        ("Conflict", Truth.TRUE, "Conflict", conflict[:1024]) if conflict else ("Conflict", Truth.FALSE, "None", ""),
    )


def _exploring(route: AdaptiveRoute, told: Told) -> Said:
    if told.floored:
        floor = route.spec.policy.exploration_floor
        return "Exploring", Truth.TRUE, "Floor", f"{floor} of 1000 tasks go to each candidate that may be chosen"
    if told.denied:
        return "Exploring", Truth.FALSE, told.denied.reason, told.denied.message[:1024]
    if told.held:
        before = condition(route.status.conditions, "Exploring")
        # Its figures move at every turn, and each would be a write.
        same = before is not None and before.reason == told.held.reason
        return (
            "Exploring",
            Truth.FALSE,
            told.held.reason,
            before.message if before and same else told.held.message[:1024],
        )
    return "Exploring", Truth.TRUE, "Exploring", ""


def _weights(desk: Desk, told: Told) -> list[WeightStatus]:
    return [
        WeightStatus(
            task_type=task_type,
            candidate=each.name,
            desired=weighed.desired.get(each.name, 0),
            published=desk.weights[task_type].weights.get(each.name, 0),
            baseline=told.baseline[task_type].get(each.name, 0),
            why=weighed.reasons.get(each.name, "")[:1024],
        )
        for task_type, weighed in told.weighed.items()
        for each in desk.spec.candidates
    ]


def _settled(before: tuple[WeightStatus, ...], after: tuple[WeightStatus, ...]) -> tuple[WeightStatus, ...]:
    """As it was told before, unless a person would see a difference: wishes are drawn, and figures in reasons move."""
    same = len(before) == len(after) and all(_alike(old, new) for old, new in zip(before, after, strict=True))
    return before if same else after


def _alike(old: WeightStatus, new: WeightStatus) -> bool:
    standing = (old.task_type, old.candidate, old.published, old.baseline, bool(old.why))
    same = standing == (new.task_type, new.candidate, new.published, new.baseline, bool(new.why))
    return same and abs(old.desired - new.desired) < _VISIBLE


def _summary(desk: Desk) -> str:
    """`sonnet 700 haiku 300`."""
    shares = sorted(desk.weights[desk.spec.task_types[0]].weights.items(), key=lambda each: -each[1])
    more = f" +{len(shares) - _SHOWN}" if len(shares) > _SHOWN else ""
    return " ".join(f"{name} {weight}" for name, weight in shares[:_SHOWN]) + more


def due(desk: Desk, now: datetime) -> bool:
    """Whether it is time to write down what was learnt."""
    learnt = {each.task_type: each.at for each in desk.route.status.memory}
    dirty = any(learner.at != learnt.get(task_type, 0) for task_type, learner in desk.learners.items())
    last = desk.route.status.checkpoint_at
    return dirty and (last is None or not timedelta(0) <= now - last < CHECKPOINT)


def _checkpoint(desk: Desk, status: AdaptiveRouteStatus, now: datetime) -> AdaptiveRouteStatus:
    profiles = [
        _profile(each)
        for learner in desk.learners.values()
        for each in learner.profiles(now.timestamp()).values()
        if each.last_seen is not None
    ]
    memory = [
        MemoryStatus(task_type=task_type, at=learner.at, state=state)
        for task_type, learner in desk.learners.items()
        if (state := learner.remember())
    ]
    learnt = {"profiles": tuple(profiles), "memory": tuple(memory), "estimates": estimating.told(desk)}
    return status.model_copy(update={"checkpoint_at": now, **learnt})


def _profile(known: PerformanceProfile) -> ProfileStatus:
    low, high = known.confidence
    seen = None if known.last_seen is None else datetime.fromtimestamp(int(known.last_seen), UTC)
    return ProfileStatus(
        task_type=known.task_type,
        candidate=known.candidate,
        samples=f"{known.samples:.0f}",
        success=_figure(known.success),
        confidence=f"{low:.3f}-{high:.3f}",
        latency_p50=_figure(known.latency_p50),
        latency_p95=_figure(known.latency_p95),
        cost_per_task=_figure(known.cost_per_task),
        json_validity=_figure(known.json_validity),
        last_seen=seen,
    )


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
