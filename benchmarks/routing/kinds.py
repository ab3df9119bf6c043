"""Forty task types with few samples each: learning from each other, and each for itself."""

from math import exp, log
from random import Random

from autonomic.routing.algorithms import make
from autonomic.routing.policy import Policy
from autonomic.routing.sharing import Pools, SharingChangePoints
from benchmarks.routing.worlds import ARMS, TASKS

TYPES = 40
ALIKE, UNLIKE = 0.6, 1.5
SPREADS = (0.0, 0.3, ALIKE, UNLIKE)
"""By how much the logits of a candidate's success differ among task types."""
_NAMES = tuple(f"c{place}" for place in range(len(ARMS)))


def regret(spread: float, pooled: bool, seed: int) -> float:
    """Of 20,000 tasks of forty types that come at random."""
    random = Random(f"types {spread} {seed}")
    rates = [[_moved(arm, random.gauss(0, spread)) for arm in ARMS] for _ in range(TYPES)]
    policies, names = _policies(pooled), _NAMES
    clocks, lost = [0] * TYPES, 0.0
    for _ in range(TASKS):
        kind = int(random.random() * TYPES)
        clocks[kind] += 1
        name = policies[kind].choose(names, clocks[kind], random)
        rate = rates[kind][int(name[1:])]
        policies[kind].learn(name, random.random() < rate, clocks[kind])
        lost += max(rates[kind]) - rate
    return lost


def _policies(pooled: bool) -> list[Policy]:
    pools = Pools()
    if pooled:
        return [SharingChangePoints(pools, f"t{kind}", _NAMES) for kind in range(TYPES)]
    return [make("ChangePoints", _NAMES) for _ in range(TYPES)]


def _moved(rate: float, by: float) -> float:
    return 1 / (1 + exp(-(log(rate / (1 - rate)) + by)))
