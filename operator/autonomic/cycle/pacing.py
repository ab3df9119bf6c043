"""How soon a turn comes again because somebody's object asks for it."""

LEAST = 0.25
"""Seconds at least: whoever writes `for: 1ms` must not keep the turns busy that all share."""


def paced(wished: float) -> float:
    """As soon as it is wished, in seconds, and no sooner than `LEAST`."""
    return max(LEAST, wished)
