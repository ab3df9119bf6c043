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


Target = Callable[[str], Mapping[str, float]]
"""The chances of each candidate for a task type, under the policy that is asked about."""


def self_normalised(log: Sequence[Logged], target: Target) -> Estimate | Unknown:
    """The rewards weighted by how much oftener the policy would have decided so."""
    ratios = _ratios(log, target)
    effective = _effective(ratios)
    if refused := _refused(log, target, effective):
        return refused
    total = sum(ratios)
    value = sum(ratio * each.reward for ratio, each in zip(ratios, log, strict=True)) / total
    squares = sum((ratio * (each.reward - value)) ** 2 for ratio, each in zip(ratios, log, strict=True))
    error = sqrt(squares) / total
    return Estimate(value, value - Z * error, value + Z * error, effective)


def _ratios(log: Sequence[Logged], target: Target) -> list[float]:
    chances = {task_type: target(task_type) for task_type in {each.task_type for each in log}}
    return [chances[each.task_type].get(each.candidate, 0.0) / each.propensity for each in log]


def _effective(ratios: Sequence[float]) -> float:
    """Kish's: as many equal weights would vary as little."""
    squares = sum(ratio * ratio for ratio in ratios)
    return sum(ratios) ** 2 / squares if squares > 0 else 0.0


def _refused(log: Sequence[Logged], target: Target, effective: float) -> Unknown | None:
    """Why nothing is said; None where something can be."""
    if effective < LEAST_EFFECTIVE:
        worth = f"{len(log)} decisions are worth {effective:.0f} of this policy's own, {LEAST_EFFECTIVE:.0f} are needed"
        return Unknown("TooFewSamples", f"{worth}: log longer, or explore more")
    tasks = Counter(each.task_type for each in log)
    seen = {(each.task_type, each.candidate) for each in log}
    unseen = sum(
        tasks[task_type] * chance
        for task_type in tasks
        for name, chance in target(task_type).items()
        if (task_type, name) not in seen
    )
    if unseen > UNSEEN * len(log):
        share = f"{unseen / len(log):.0%} of this policy's decisions are for candidates that the log never chose"
        return Unknown("NotCovered", f"{share}: leave them out, or explore them")
    return None
