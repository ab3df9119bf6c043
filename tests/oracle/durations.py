"""Durations as people write them."""

import re

_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


def seconds(text: str) -> int:
    """`1h30m` -> 5,400. Whole seconds alone: the oracle needs nothing finer."""
    parts = re.findall(r"(\d+)([wdhms])", text)
    if "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text!r} is no duration that the oracle can read: write whole units, such as 1h30m")
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)
