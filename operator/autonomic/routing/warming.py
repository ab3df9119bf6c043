"""A candidate that nobody knows yet gets a fixed small share until it is known."""

from collections.abc import Mapping

SHARE = 20
"""Thousandths of the traffic of each new candidate: what it breaks stays small, and it is known after some thousand tasks."""
KNOWN = 30.0
"""Outcomes after which a candidate is no longer new: by then one that is broken has shown it."""


def warming(samples: Mapping[str, float], share: int = SHARE, known: float = KNOWN) -> dict[str, tuple[int, int]]:
    """(lowest, highest) share in thousandths of the new ones among candidates with so many outcomes, as `publish` takes them.

    Nobody warms up where all are new: then there is nothing to shelter them with.
    """
    new = [name for name, count in samples.items() if count < known]
    return {} if len(new) == len(samples) else dict.fromkeys(new, (share, share))
