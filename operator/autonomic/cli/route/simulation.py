"""What every policy would have made of a log: learning ones by replay, single candidates by inverse propensities."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean

from autonomic.domain.readings import Unknown
from autonomic.routing.algorithms import make
from autonomic.routing.chance import Random
from autonomic.routing.counterfactual import LEAST_EFFECTIVE, self_normalised
from autonomic.routing.policy import Policy
from autonomic.routing.profile import interval
from autonomic.routing.quantiles import bucket, quantile
from autonomic.routing.replaying import BLOCKS, Line, Replayed, logged, losses_of, replay

Maker = Callable[[Sequence[str]], Policy]
POLICIES: Mapping[str, Maker] = {
    "change points": partial(make, "ChangePoints"),
    "Thompson": partial(make, "Thompson"),
    "discounted Thompson": partial(make, "DiscountedThompson"),
    "epsilon-greedy": partial(make, "EpsilonGreedy"),
}
LEARNS, ALONE = "replay", "propensities"
"""How rows are judged: policies that learn, single candidates."""
POINTS = 200
"""Points of a curve: more can't be seen."""


@dataclass(frozen=True)
class Row:
    """Of one policy: tasks that it is judged by, shares, costs a task, seconds; `curve` is regret after each part of them.

    None is what is not known; then `refused` says why.
    """

    policy: str
    method: str
    tasks: float
    success: float | None = None
    low: float | None = None
    high: float | None = None
    regret: float | None = None
    cost: float | None = None
    latency_p50: float | None = None
    latency_p95: float | None = None
    curve: tuple[tuple[float, float], ...] = ()
    refused: str = ""


def simulate(lines: Sequence[Line], runs: int, random: Random) -> list[Row]:
    """A row for each policy that learns, and one for each candidate if it had done every task."""
    rows = [_learned(name, [replay(lines, maker, random) for _ in range(runs)]) for name, maker in POLICIES.items()]
    names = dict.fromkeys(line.outcome.candidate for line in lines)
    return rows + [_always(name, lines) for name in names]


def _learned(name: str, runs: Sequence[Replayed]) -> Row:
    tasks = fmean(len(each.lines) for each in runs)
    if tasks < LEAST_EFFECTIVE:
        why = f"it decided as the log did {tasks:.0f} times, {LEAST_EFFECTIVE:.0f} are needed: log longer, or explore more"
        return Row(name, LEARNS, tasks, refused=why)
    kept = [line for each in runs for line in each.lines]
    success = fmean(line.outcome.success for line in kept)
    low, high = interval(success, tasks)
    regret = fmean(loss for each in runs for loss in each.regrets)
    return Row(name, LEARNS, tasks, success, low, high, regret, *_figures(kept), curve=_curve(runs))


def _always(name: str, lines: Sequence[Line]) -> Row:
    def target(_: str) -> Mapping[str, float]:
        return {name: 1.0}

    found = self_normalised(logged(lines), target)
    if isinstance(found, Unknown):
        return Row(f"always {name}", ALONE, 0.0, refused=found.message)
    own = [line for line in lines if line.outcome.candidate == name]
    losses, count = losses_of(lines), len(lines)
    lost = [
        losses.get((line.outcome.task_type, name, place * BLOCKS // count), 0.0) for place, line in enumerate(lines)
    ]
    return Row(
        f"always {name}", ALONE, found.effective, found.value, max(found.low, 0.0), min(found.high, 1.0),
        fmean(lost), *_figures(own), curve=_summed([lost]),
    )  # fmt: skip


def _figures(lines: Iterable[Line]) -> tuple[float | None, float | None, float | None]:
    """(cost a task, p50, p95), of what was reported."""
    kept = list(lines)
    costs = [line.outcome.cost for line in kept if line.outcome.cost is not None]
    counts: dict[int, float] = {}
    for line in kept:
        if line.outcome.latency is not None:
            place = bucket(line.outcome.latency)
            counts[place] = counts.get(place, 0.0) + 1
    return (fmean(costs) if costs else None), quantile(counts, 0.5), quantile(counts, 0.95)


def _curve(runs: Sequence[Replayed]) -> tuple[tuple[float, float], ...]:
    return _summed([each.regrets for each in runs])


def _summed(runs: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    """(task, regret up to it), the mean of the runs as far as the shortest goes."""
    length = min(len(each) for each in runs)
    step, total, points = max(length // POINTS, 1), 0.0, [(0.0, 0.0)]
    for place in range(length):
        total += fmean(each[place] for each in runs)
        if (place + 1) % step == 0 or place + 1 == length:
            points.append((place + 1.0, total))
    return tuple(points)
