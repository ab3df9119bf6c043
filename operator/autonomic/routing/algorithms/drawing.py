"""Many draws at once, for weights that are published: how often each candidate's draw is the highest."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from autonomic.routing.chance import Random

Floats = NDArray[np.float64]

DRAWS = 1000
"""A share is a multiple of a thousandth, the unit that weights are published in."""
_SEEDS = 2**53
"""As many different numbers as `random()` gives."""


def generator(random: Random) -> np.random.Generator:
    """Numpy's generator, seeded by the one that was given: the same seed, the same weights."""
    return np.random.Generator(np.random.SFC64(int(random.random() * _SEEDS)))


def shares_of_best(names: Sequence[str], draws: Floats) -> Mapping[str, float]:
    """`draws` has a row for each name; how often each row has the highest."""
    won = np.bincount(draws.argmax(axis=0), minlength=len(names))
    return {name: float(count) / draws.shape[1] for name, count in zip(names, won, strict=True)}
