"""A log of outcomes, played to a policy that did not make it.

By rejection: the policy decides each task of the log anew, and where it decides as the log did, the logged outcome counts and
is learned from; elsewhere the line is skipped, for nobody knows how the other candidate would have done. Where one candidate
was logged oftener than another its lines are thinned out, so that what is left is as if each had been as likely.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from autonomic.routing.chance import Random
from autonomic.routing.counterfactual import Logged
from autonomic.routing.outcome import Outcome
from autonomic.routing.policy import Policy

RAREST = 0.02
"""Lines are not thinned out below this chance: one candidate that was logged once would leave nothing of the log."""
BLOCKS = 10
"""Parts of the log, by order, in each of which the best candidate is the best of that part."""
BELIEVED = 10.0
"""Outcomes that a candidate's mean over the whole log counts for in each part: of few of them nothing can be told."""


@dataclass(frozen=True, slots=True)
class Line:
    """One outcome of the log, and the chance that it was decided so."""

    outcome: Outcome
    propensity: float


@dataclass(frozen=True)
class Replayed:
    """The lines that counted, in order, and the regret of each: by how much the part's best candidate succeeds oftener."""

    lines: tuple[Line, ...]
    regrets: tuple[float, ...]


def with_shares(lines: Sequence[Line]) -> list[Line]:
    """The lines with the share that each candidate has of its task type as propensity: right if the log was drawn by shares."""
    tasks = Counter(line.outcome.task_type for line in lines)
    drawn = Counter((line.outcome.task_type, line.outcome.candidate) for line in lines)
    return [
        replace(line, propensity=drawn[line.outcome.task_type, line.outcome.candidate] / tasks[line.outcome.task_type])
        for line in lines
    ]


def logged(lines: Iterable[Line]) -> Counter[Logged]:
    """As estimates take them; the reward is success."""
    return Counter(
        Logged(each.outcome.task_type, each.outcome.candidate, each.propensity, float(each.outcome.success))
        for each in lines
    )


def replay(lines: Sequence[Line], make: Callable[[Sequence[str]], Policy], random: Random) -> Replayed:
    """Plays the log once; `make` makes the policy of a task type from the names of its candidates."""
    candidates = _candidates(lines)
    policies = {task_type: make(names) for task_type, names in candidates.items()}
    rarest = max(min((line.propensity for line in lines), default=1.0), RAREST)
    losses, clocks = losses_of(lines), Counter[str]()
    kept, regrets = [], []
    for place, line in enumerate(lines):
        kind = line.outcome.task_type
        policy, at = policies[kind], clocks[kind]
        if random.random() * line.propensity >= rarest:
            continue
        if policy.choose(candidates[kind], at, random) == line.outcome.candidate:
            policy.learn(line.outcome.candidate, line.outcome.success, at)
            clocks[kind] += 1
            kept.append(line)
            regrets.append(losses[kind, line.outcome.candidate, place * BLOCKS // len(lines)])
    return Replayed(tuple(kept), tuple(regrets))


def losses_of(lines: Sequence[Line]) -> Mapping[tuple[str, str, int], float]:
    """What is lost a task by (task type, candidate, part of the log): from 0 for the best of that part."""
    whole: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    parts: dict[tuple[str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for place, line in enumerate(lines):
        key = line.outcome.task_type, line.outcome.candidate
        for tally in (whole[key], parts[(*key, place * BLOCKS // len(lines))]):
            tally[0] += line.outcome.success
            tally[1] += 1
    found: dict[tuple[str, str, int], float] = {}
    for part in range(BLOCKS):
        means = {key: _mean(parts[(*key, part)], wins / count) for key, (wins, count) in whole.items()}
        best: dict[str, float] = {}
        for (kind, _), mean in means.items():
            best[kind] = max(best.get(kind, 0.0), mean)
        found.update({(*key, part): best[key[0]] - mean for key, mean in means.items()})
    return found


def _mean(tally: Sequence[float], overall: float) -> float:
    return (tally[0] + BELIEVED * overall) / (tally[1] + BELIEVED)


def _candidates(lines: Iterable[Line]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for line in lines:
        found[line.outcome.task_type].setdefault(line.outcome.candidate)
    return {kind: tuple(names) for kind, names in found.items()}
