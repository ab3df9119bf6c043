"""Composites: the mean of their parts' error ratios, weighted, window by window."""

import numpy as np

from autonomic.slo.cohort import Cohort
from autonomic.slo.ledger import Floats
from autonomic.slo.promises import Promise


def mix(cohort: Cohort) -> None:
    """Fills in what was not counted but follows from parts that were.

    `bad` is the sum of weight x error ratio and `total` the sum of weights, so bad / total is the weighted mean. A part with
    too few events leaves the whole without a total, and so Unknown.
    """
    if not any(each.parts for each in cohort.promises):
        return
    places = {each.key: at for at, each in enumerate(cohort.promises)}
    for at, promise in enumerate(cohort.promises):
        if promise.parts:
            _mix(cohort, promise, at, np.array([places[part.key] for part, _ in promise.parts]))


def _mix(cohort: Cohort, promise: Promise, at: int, parts: "np.typing.NDArray[np.int64]") -> None:
    weights = np.array([weight for _, weight in promise.parts], np.float64)
    least = promise.objective.least
    cohort.period[:, at] = _mean(cohort.period[:, parts], weights, least)
    shorts = {tier.short for tier in cohort.schedule.tiers}
    for window, counts in cohort.windows.items():
        counts[:, at] = _mean(counts[:, parts], weights, 1 if window in shorts else least)
    cohort.newest[at] = cohort.newest[parts].min()  # NaN where any part has no sample
    cohort.born[at] = cohort.born[parts].max()
    broken = next((cohort.problems[part] for part in parts.tolist() if part in cohort.problems), None)
    if broken:
        cohort.problems[at] = broken


def _mean(counts: Floats, weights: Floats, least: int) -> Floats:
    bad, total = counts
    if (total < least).any():
        return np.zeros(2)
    return np.array([(weights * bad / total).sum(), weights.sum()])
