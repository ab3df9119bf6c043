"""Quantiles of what comes in a stream, by a histogram of fixed logarithmic buckets.

The error of a quantile is at most half a bucket, whatever the distribution, and two histograms add up.
"""

from collections.abc import Mapping
from math import ceil, exp, log

GROWTH = 1.1
"""Each bucket ends 10 % above the one before, so a quantile is at most 5 % off."""
SMALLEST = 0.001
"""A millisecond: what is faster counts as that."""
_STEP = log(GROWTH)


def bucket(value: float) -> int:
    """The bucket of a value: 0 up to `SMALLEST`, then one more for each tenth."""
    return 0 if value <= SMALLEST else ceil(log(value / SMALLEST) / _STEP - 1e-9)


def quantile(counts: Mapping[int, float], share: float) -> float | None:
    """The value that a `share` of the counts does not exceed; None where nothing was counted."""
    total = sum(counts.values())
    if total <= 0:
        return None
    left = share * total
    for place in sorted(counts):
        left -= counts[place]
        if left <= 1e-9 * total:
            return _middle(place)
    return _middle(max(counts))


def _middle(place: int) -> float:
    return SMALLEST if place == 0 else SMALLEST * exp((place - 0.5) * _STEP)
