"""Which candidates may do a task at all, and which of them is the better bargain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autonomic.routing.profile import PerformanceProfile

LEAST_SAMPLES = 20.0
"""Latency and cost of fewer outcomes say too little to shut a candidate out by them."""
Profiles = Mapping[str, PerformanceProfile]


@dataclass(frozen=True)
class Candidate:
    """`context_length` in tokens, None is no bound; `labels` say where it runs and whose it is."""

    name: str
    context_length: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Constraints:
    """What a candidate must keep; None is no constraint. Seconds, the budget's currency a task, tokens, labels it must bear."""

    min_success: float | None = None
    latency_p95: float | None = None
    cost_per_task: float | None = None
    context_length: int | None = None
    residency: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Weighing:
    """How much success, latency and cost count; they need not sum to 1, but success must count."""

    success: float = 0.6
    latency: float = 0.2
    cost: float = 0.2


@dataclass(frozen=True)
class Ranked:
    """A candidate with its score, from 0 to 1, and what it is made of: from 0 to 1 each, None where nothing is known."""

    candidate: str
    score: float
    success: float | None
    latency: float | None
    cost: float | None


def eligible(
    candidates: Sequence[Candidate], profiles: Profiles, constraints: Constraints
) -> tuple[tuple[str, ...], dict[str, str]]:
    """(names that keep every constraint, the reason in words for each other).

    What is not known shuts nobody out but a label that is not set.
    """
    reasons: dict[str, str] = {}
    for each in candidates:
        found = _misfits(each, constraints) + _failings(profiles.get(each.name), constraints)
        if found:
            reasons[each.name] = "; ".join(found)
    return tuple(each.name for each in candidates if each.name not in reasons), reasons


def rank(names: Sequence[str], profiles: Profiles, weighing: Weighing = Weighing()) -> list[Ranked]:
    """The best first; equals stay in the order given.

    Latency and cost score by how near they are to the lowest among these; what is not known counts neither way.
    """
    known = [profiles[name] for name in names if name in profiles]
    fastest = min((p.latency_p95 for p in known if p.latency_p95 is not None), default=None)
    cheapest = min((p.cost_per_task for p in known if p.cost_per_task is not None), default=None)
    ranked = [_ranked(name, profiles.get(name), fastest, cheapest, weighing) for name in names]
    return sorted(ranked, key=lambda each: -each.score)


def ahead(names: Sequence[str], profiles: Profiles, weighing: Weighing = Weighing()) -> dict[str, float]:
    """What `Policy.prefer` takes: what each is ahead by in latency and cost, in units of success; 0 where it is not known."""
    found: dict[str, float] = {}
    for each in rank(names, profiles, weighing):
        parts = (each.latency or 0.0) * weighing.latency + (each.cost or 0.0) * weighing.cost
        found[each.candidate] = parts / weighing.success
    return found


def _misfits(candidate: Candidate, wanted: Constraints) -> list[str]:
    found = []
    needed, length = wanted.context_length, candidate.context_length
    if needed is not None and length is not None and length < needed:
        found.append(f"its context holds {length} tokens, {needed} are needed")
    for label, value in wanted.residency.items():
        has = candidate.labels.get(label)
        if has != value:
            found.append(f"its label {label} is {has or 'not set'}, {value} is required")
    return found


def _failings(profile: PerformanceProfile | None, wanted: Constraints) -> list[str]:
    """Success only where the whole interval is too low: a few bad tasks are no proof."""
    if profile is None:
        return []
    found, highest, seen = [], profile.confidence[1], f"over {profile.samples:.0f} outcomes"
    if wanted.min_success is not None and highest < wanted.min_success:
        found.append(f"at most {highest:.1%} of its tasks succeed ({seen}), {wanted.min_success:.1%} is asked")
    if profile.samples < LEAST_SAMPLES:
        return found
    if wanted.latency_p95 is not None and (profile.latency_p95 or 0.0) > wanted.latency_p95:
        found.append(f"its p95 is {profile.latency_p95:.3g} s ({seen}), {wanted.latency_p95:g} s is the limit")
    if wanted.cost_per_task is not None and (profile.cost_per_task or 0.0) > wanted.cost_per_task:
        found.append(f"a task costs {profile.cost_per_task:.4g} ({seen}), {wanted.cost_per_task:g} is the limit")
    return found


def _ranked(
    name: str, profile: PerformanceProfile | None, fastest: float | None, cheapest: float | None, weighing: Weighing
) -> Ranked:
    success = profile.success if profile else None
    latency = _nearness(profile.latency_p95 if profile else None, fastest)
    cost = _nearness(profile.cost_per_task if profile else None, cheapest)
    parts = ((success, weighing.success), (latency, weighing.latency), (cost, weighing.cost))
    counted = [(value, weight) for value, weight in parts if value is not None]
    total = sum(weight for _, weight in counted)
    score = sum(value * weight for value, weight in counted) / total if total else 0.0
    return Ranked(name, score, success, latency, cost)


def _nearness(value: float | None, lowest: float | None) -> float | None:
    """1 for the lowest, a half for twice as much."""
    if value is None or lowest is None:
        return None
    return 1.0 if value <= lowest else lowest / value
