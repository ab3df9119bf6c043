"""The formula: from what is left of a budget, how fast it goes and what its alert says to a score from 0 to 100.

Worse never scores higher: in each argument alone the score falls or stays. Why it is so: docs/health.md.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CEILINGS = (100.0, 74.0, 49.0, 24.0)
"""What a flawless objective may score whose alert is None, Warning, Breach, Exhausted."""
SPENT, HASTE = 0.3, 0.2
"""What a spent budget takes off, and what a burn rate of `FASTEST` or more does; an overspent one takes up to twice."""
FASTEST = 10.0
WORST_COUNTS = 0.5
"""How much the worst member counts in the score of a group; the rest is the mean of all."""


def scores(left: Floats, burn: Floats, alert: NDArray[np.int8]) -> Floats:
    """The score of each objective. `left` is a share (1 untouched, under 0 overspent), `alert` a place in CEILINGS."""
    spent = SPENT * (1 - np.clip(left, -1, 1))
    haste = HASTE * np.clip((burn - 1) / (FASTEST - 1), 0, 1)
    result: Floats = np.asarray(CEILINGS)[alert] * (1 - spent - haste)
    return result


def blend(members: Sequence[tuple[float, int]], worst_counts: float) -> float:
    """The score of what is made of scores with weights: so much the worst, for the rest their mean. Not of nothing."""
    worst = min(score for score, _ in members)
    mean = sum(score * weight for score, weight in members) / sum(weight for _, weight in members)
    # A mean of equal floats may come out a hair below them.
    return worst_counts * worst + (1 - worst_counts) * max(mean, worst)
