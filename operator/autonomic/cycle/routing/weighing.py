"""Which weights a task type gets next: the policy's wish, within bounds, steps and cool-down; or the baseline. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from autonomic.cycle.routing.learning import Learner
from autonomic.cycle.routing.narrowing import fitting
from autonomic.cycle.routing.safety import Hold
from autonomic.domain.candidates import WHOLE
from autonomic.domain.routes import AdaptiveRouteSpec
from autonomic.routing.chance import Random
from autonomic.routing.ejection import State
from autonomic.routing.scoring import Profiles, Weighing, ahead, rank
from autonomic.routing.shares import Fixed, Limits, publish
from autonomic.routing.warming import warming

Weights = Mapping[str, int]


@dataclass(frozen=True)
class Moment:
    """When it is weighed (seconds since the epoch), what holds exploration back, and whether the cool-down lasts."""

    now: float
    held: Hold | None
    resting: bool


@dataclass(frozen=True)
class Weighed:
    """`desired` is where learning leads to without steps, `weights` what comes next; `reasons` say why some are kept out."""

    desired: Weights
    weights: Weights
    why: str
    reasons: Mapping[str, str] = field(default_factory=dict)


def weigh(spec: AdaptiveRouteSpec, learner: Learner, before: Weights, moment: Moment, random: Random) -> Weighed:
    """The next weights; `before` are those in force."""
    profiles = learner.profiles(moment.now)
    fit, reasons = fitting(spec, profiles, spec.objective.constraints)
    out = {name: "it collapsed and rests" for name in fit if learner.ejection.state(name, moment.now) is State.EJECTED}
    names = tuple(name for name in fit if name not in out)
    reasons = {**reasons, **out}
    if moment.held or not names:
        calm = anchored(spec, names, profiles)
        why = moment.held.message if moment.held else "no candidate holds the constraints: baseline"
        return Weighed(calm, calm, why, reasons)
    wanted = learner.wanted(names, ahead(names, profiles, _weighing(spec)), random)
    own = _own(spec, names, learner, profiles, moment.now)
    desired = publish(wanted, {}, Limits(hysteresis=0), own).weights
    broken = [name for name, weight in before.items() if weight and name not in names]
    if moment.resting:
        return Weighed(desired, _without(before, broken, own) if broken else before, "cool-down", reasons)
    found = publish(wanted, before, Limits(), _stepped(own, before, spec.safety.max_step))
    return Weighed(desired, found.weights, "; ".join(found.because) or "as learnt", reasons)


def floored(spec: AdaptiveRouteSpec, learner: Learner, weighed: Weighed, calm: Weights, now: float) -> Weights:
    """The baseline, but for the exploration floor of each other that may be chosen; `calm` are the weights without it."""
    floor, most = spec.policy.exploration_floor or 0, {each.name: each.max_weight for each in spec.candidates}
    tried = learner.ejection.bounds(dict.fromkeys((name for name in calm if name not in weighed.reasons), 0.0), now)
    highest = {name: min(floor, most[name], tried.get(name, (0, WHOLE))[1]) for name in calm}
    bounds = {
        name: (0, most[name]) if weight else (highest[name],) * 2
        for name, weight in calm.items()
        if weight or name not in weighed.reasons
    }
    return publish({name: float(calm[name]) for name in bounds}, {}, Limits(hysteresis=0), bounds).weights


def anchored(spec: AdaptiveRouteSpec, names: Sequence[str], profiles: Profiles) -> Weights:
    """Where nothing is explored: the baseline gets what it may; where it is broken, the best of those that are not does."""
    sound = names or [each.name for each in spec.candidates]
    first = spec.baseline if spec.baseline in sound else rank(sound, profiles, _weighing(spec))[0].candidate
    bounds = {each.name: (0, each.max_weight) for each in spec.candidates if each.name in sound}
    return publish({name: float(name == first) for name in sound}, {}, Limits(hysteresis=0), bounds).weights


def _own(
    spec: AdaptiveRouteSpec, names: Sequence[str], learner: Learner, profiles: Profiles, now: float
) -> dict[str, tuple[int, int]]:
    """The bounds of each: its own, or those of who warms up or is on probation, which its own most still caps."""
    floor = spec.policy.exploration_floor or 0
    bounds = {
        each.name: (min(max(each.min_weight, floor), each.max_weight), each.max_weight)
        for each in spec.candidates
        if each.name in names
    }
    hopes = {name: profiles[name].success or 0.0 for name in names}
    samples = {name: profiles[name].samples for name in names}
    sheltered = {**warming(samples, known=spec.safety.min_samples), **learner.ejection.bounds(hopes, now)}
    capped = {name: (min(low, bounds[name][1]), min(high, bounds[name][1])) for name, (low, high) in sheltered.items()}
    return {**bounds, **capped}


def _stepped(own: Fixed, before: Weights, step: int) -> Fixed:
    """The bounds as far as one step reaches, where that leaves a way to all of the traffic."""
    reach = {name: _reach(bounds, before.get(name, 0), step) for name, bounds in own.items()}
    lows, highs = (sum(each[side] for each in reach.values()) for side in (0, 1))
    return reach if lows <= WHOLE <= highs else own


def _reach(bounds: tuple[int, int], old: int, step: int) -> tuple[int, int]:
    low, high = bounds
    return min(max(low, old - step), high), max(min(high, old + step), low)


def _without(before: Weights, broken: Iterable[str], own: Fixed) -> Weights:
    """What was, but for the broken ones, whose weight the others take in proportion."""
    left = {name: float(before.get(name, 0)) for name in own if name not in set(broken)}
    return publish(left, {}, Limits(hysteresis=0), {name: (0, high) for name, (_, high) in own.items()}).weights


def _weighing(spec: AdaptiveRouteSpec) -> Weighing:
    said = spec.objective.weights
    return Weighing(float(said.success), float(said.latency), float(said.cost))
