"""Composites over many moments at once: as `slo.mixing` says, the weighted mean of their parts' error ratios."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from autonomic.slo.ledger import Flags, Floats
from autonomic.slo.promises import Promise, Schedule

Known = tuple[Flags, Floats, NDArray[np.uint8]]
"""What is there, since when, what is wrong: (promises, moments) each."""


def mixed(
    promises: Sequence[Promise], schedule: Schedule, windows: dict[int, Floats], period: Floats, known: Known
) -> None:
    """Fills in what was not counted but follows from parts that were. Counts are (2, promises, moments)."""
    places = {each.key: at for at, each in enumerate(promises) if not each.parts}
    shorts = {tier.short for tier in schedule.tiers}
    for at, promise in enumerate(promises):
        if promise.parts:
            parts = np.array([places[part.key] for part, _ in promise.parts])
            weights = np.array([weight for _, weight in promise.parts], np.float64)
            least = promise.objective.least
            period[:, at] = _mean(period[:, parts], weights, least)
            for window, counts in windows.items():
                counts[:, at] = _mean(counts[:, parts], weights, 1 if window in shorts else least)
            _know(known, at, parts)


def _mean(counts: Floats, weights: Floats, least: int) -> Floats:
    """The weighted sum of ratios and the sum of weights, (2, moments); zeros where a part has too few events."""
    bad, total = counts
    enough = (total >= least).all(axis=0)
    ratios = np.divide(bad, total, out=np.zeros_like(bad), where=total > 0)
    return np.stack(
        (np.where(enough, (weights[:, None] * ratios).sum(axis=0), 0.0), np.where(enough, weights.sum(), 0.0))
    )


def _know(known: Known, at: int, parts: NDArray[np.int64]) -> None:
    there, born, wrong = known
    there[at] = there[parts].all(axis=0)
    born[at] = born[parts].max(axis=0)
    spoilt = wrong[parts].max(axis=0)
    wrong[at] = np.where(spoilt > 0, spoilt, wrong[at])
