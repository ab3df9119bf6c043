"""OpenSLO's shorthand of durations, and ours."""

import re

from autonomic.domain.units import duration, milliseconds
from autonomic.openslo.node import Inconvertible, Node

_MINUTE = 60_000
_SHORTHAND = re.compile(r"([0-9]+)([mhdwMQY])")
_FIXED = "mhdw"
_MONTHS = {"M": 1, "Q": 3, "Y": 12}
_DAYS = {"M": 30, "Q": 90, "Y": 365}


def parts(node: Node) -> tuple[int, str]:
    """`4w` -> (4, "w"). Raises Invalid."""
    found = _SHORTHAND.fullmatch(node.value) if isinstance(node.value, str) else None
    if found is None:
        raise node.wrong("write a whole number and one unit of m, h, d, w, M, Q, Y, such as 28d")
    return int(found[1]), found[2]


def fixed(node: Node) -> str:
    """A duration of a fixed length, as contracts write it. Raises Invalid; Inconvertible for M, Q and Y."""
    number, unit = parts(node)
    if unit not in _FIXED:
        raise Inconvertible(node.lost("has no fixed length: write it in days"))
    if number == 0:
        raise node.wrong("a duration must be longer than nothing")
    return f"{number}{unit}"


def rolling(node: Node) -> str:
    """The length of a rolling window; M, Q and Y are taken as 30, 90 and 365 days, and it is said."""
    number, unit = parts(node)
    if unit in _FIXED:
        return fixed(node)
    days = number * _DAYS[unit]
    node.lose(f"has no fixed length: {days}d is taken")
    return f"{days}d"


def months(node: Node) -> int | None:
    """Months of `1M`, `1Q`, `1Y`; None for what is no number of months."""
    number, unit = parts(node)
    return number * _MONTHS[unit] if unit in _MONTHS else None


def slice_length(node: Node) -> str:
    """A number is minutes. Raises Invalid."""
    if isinstance(node.value, str) and not node.value.replace(".", "", 1).isdigit():
        return fixed(node)
    length = node.number() * _MINUTE
    if length <= 0 or length != int(length):
        raise node.wrong("a slice is a number of minutes above 0, or a duration such as 5m")
    return duration(int(length))


def shorthand(ours: str) -> str | None:
    """`90m` for `1h30m`; None for what is no whole number of minutes."""
    if _SHORTHAND.fullmatch(ours) and ours[-1] in _FIXED:
        return ours
    length = milliseconds(ours)
    return None if length % _MINUTE else duration(length)
