"""What another policy would have earned on tasks that were decided already: from logged propensities, or not at all.

By self-normalised inverse propensities, which need nothing but the log. Nothing is said where the log holds too little of what
the policy does.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

from autonomic.domain.errors import Invalid
from autonomic.domain.readings import Unknown

LEAST_EFFECTIVE = 100.0
"""Of fewer effective samples the interval is wider than any difference that matters."""
UNSEEN = 0.01
"""The share of its decisions that a policy may give to candidates the log never chose: of those nothing is known at all."""
Z = 1.96


@dataclass(frozen=True, slots=True)
class Logged:
    """One decision of the past: its propensity is the chance, above 0, that the policy of then had for that candidate."""

    task_type: str
    candidate: str
    propensity: float
    reward: float

    def __post_init__(self) -> None:
        if not 0 < self.propensity <= 1:
            raise Invalid(
                f"propensity: {self.propensity} is no chance: give what the decision returned, above 0, up to 1"
            )
        if not isfinite(self.reward):
            raise Invalid(f"reward: {self.reward} is no finite number: leave the decision out")


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean reward a task, with its 95 % interval; `effective` is how many samples of the policy itself it is worth."""

    value: float
    low: float
    high: float
    effective: float


Log = Mapping[Logged, int]
"""Decisions, and how many there were alike: a long log has few kinds."""
Target = Callable[[str], Mapping[str, float]]
"""The chances of each candidate for a task type, under the policy that is asked about."""


def self_normalised(log: Log, target: Target) -> Estimate | Unknown:
    """The rewards weighted by how much oftener the policy would have decided so."""
    counted = [(_ratio(each, target), each.reward, number) for each, number in log.items()]
    effective = _effective(counted)
    if refused := _refused(log, target, effective):
        return refused
    total = sum(ratio * number for ratio, _, number in counted)
    value = sum(ratio * reward * number for ratio, reward, number in counted) / total
    squares = sum((ratio * (reward - value)) ** 2 * number for ratio, reward, number in counted)
    error = sqrt(squares) / total
    return Estimate(value, value - Z * error, value + Z * error, effective)


def _ratio(each: Logged, target: Target) -> float:
    return target(each.task_type).get(each.candidate, 0.0) / each.propensity


def _effective(counted: Sequence[tuple[float, float, int]]) -> float:
    """Kish's: as many equal weights would vary as little."""
    squares = sum(ratio * ratio * number for ratio, _, number in counted)
    return sum(ratio * number for ratio, _, number in counted) ** 2 / squares if squares > 0 else 0.0


def _refused(log: Log, target: Target, effective: float) -> Unknown | None:
    """Why nothing is said; None where something can be."""
    whole = sum(log.values())
    if effective < LEAST_EFFECTIVE:
        worth = f"{whole} decisions are worth {effective:.0f} of this policy's own, {LEAST_EFFECTIVE:.0f} are needed"
        return Unknown("TooFewSamples", f"{worth}: log longer, or explore more")
    unseen = _unseen(log, target) / whole
    if unseen > UNSEEN:
        share = f"{unseen:.0%} of this policy's decisions are for candidates that the log never chose"
        return Unknown("NotCovered", f"{share}: leave them out, or explore them")
    return None


def _unseen(log: Log, target: Target) -> float:
    """How many of its decisions the policy would give to candidates that the log never chose."""
    tasks = Counter[str]()
    for each, number in log.items():
        tasks[each.task_type] += number
    seen = {(each.task_type, each.candidate) for each in log}
    return sum(
        tasks[task_type] * chance
        for task_type in tasks
        for name, chance in target(task_type).items()
        if (task_type, name) not in seen
    )
