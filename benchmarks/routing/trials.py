"""What is tried: each trial is one policy in one world with one seed, so that they can run side by side in any order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from autonomic.routing.algorithms import make
from autonomic.routing.policy import Policy
from benchmarks.routing import kinds
from benchmarks.routing.playing import Alone, Late, Played, Router, at_random, fixed, play
from benchmarks.routing.serving import Published
from benchmarks.routing.worlds import ARMS, KINDS, ODD, UNTUNED, world

LATE = 500
CHANGE_POINTS = "change points"
PLAIN = ("epsilon-greedy, running mean", "epsilon-greedy, decaying mean", "Thompson", "discounted .999")
LEARNING = (*PLAIN, CHANGE_POINTS)
BLIND = ("random", "best fixed")
POOLED, APART = "learning from each other", "each for itself"

_POLICIES: dict[str, Callable[[Sequence[str]], Policy]] = {
    PLAIN[0]: lambda names: make("EpsilonGreedy", names, memory=None),
    PLAIN[1]: lambda names: make("EpsilonGreedy", names),
    PLAIN[2]: lambda names: make("Thompson", names),
    PLAIN[3]: lambda names: make("DiscountedThompson", names),
    CHANGE_POINTS: lambda names: make("ChangePoints", names),
}


@dataclass(frozen=True)
class Trial:
    """`group` is the table it belongs to, `arms` a name in UNTUNED or empty for those tuned on."""

    group: str
    policy: str
    kind: str
    seed: int
    arms: str = ""

    @property
    def cell(self) -> tuple[str, str, str, str]:
        """All but the seed."""
        return self.group, self.policy, self.kind, self.arms


def trials(seeds: int) -> list[Trial]:
    """All of them; the tables beside the main one make do with half the seeds."""
    half = max(seeds // 2, 1)
    planned = [("main", policy, kind, "", seeds) for policy in (*BLIND, *LEARNING) for kind in KINDS]
    planned += [("odd", policy, kind, "", half) for policy in (*BLIND, *LEARNING) for kind in ODD]
    planned += [(group, CHANGE_POINTS, kind, "", seeds) for group in ("published", "late") for kind in KINDS]
    planned += [("guarded", policy, "outage", "", half) for policy in LEARNING]
    planned += [("untuned", policy, kind, arms, half) for policy in LEARNING for kind in KINDS for arms in UNTUNED]
    planned += [("types", policy, str(spread), "", half) for policy in (POOLED, APART) for spread in kinds.SPREADS]
    return [Trial(*each[:3], seed, each[3]) for each in planned for seed in range(each[4])]


def run(trial: Trial) -> Played:
    """Plays it. The world of a seed is the same for every policy."""
    if trial.group == "types":
        return Played(kinds.regret(float(trial.kind), trial.policy == POOLED, trial.seed))
    arms = UNTUNED.get(trial.arms, ARMS)
    here = world(trial.kind, arms, Random(f"{trial.kind} {trial.arms} {trial.seed}"))
    if trial.policy in BLIND:
        return Played(at_random(here) if trial.policy == BLIND[0] else fixed(here, len(arms)))
    names = tuple(f"c{place}" for place in range(len(arms)))
    random = Random(f"{trial.cell} {trial.seed}")
    policy = _POLICIES[trial.policy](names)
    return play(here, _router(trial.group, policy, names, random), policy, names, random)


def _router(group: str, policy: Policy, names: Sequence[str], random: Random) -> Router:
    if group in ("published", "guarded"):
        return Published(policy, names, random, guarded=group == "guarded")
    alone = Alone(policy, names, random)
    return Late(alone, LATE) if group == "late" else alone
