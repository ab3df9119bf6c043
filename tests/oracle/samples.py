"""Raw samples as they were recorded, and which of them a selector means.

The oracle is a second opinion on budgets, slow and plain: it counts recorded events one by one.
Belongs here: counting over raw samples. Never here: anything of the operator's code.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

_SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?")
_MATCHER = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="([^"]*)"')

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Recorded:
    """One series: its labels, `__name__` among them, and its samples as (unix seconds, value) in time order."""

    labels: Labels
    points: tuple[tuple[float, float], ...]

    @cached_property
    def numbers(self) -> list[tuple[float, float]]:
        """The samples that are numbers: one that is not is no sample."""
        return [(at, value) for at, value in self.points if not math.isnan(value)]


def wanted(text: str) -> dict[str, str]:
    """`requests_total{code="500"}` as the labels that it wants. Equality alone: the oracle knows no other matcher."""
    name, inner = _split(text)
    return {"__name__": name, **dict(_MATCHER.findall(inner))}


def matchers(text: str) -> dict[str, str]:
    """`{app="agent"}` as the labels that it wants."""
    return dict(_MATCHER.findall(text))


def selected(everything: Iterable[Recorded], labels: Labels) -> list[Recorded]:
    """The series that have all these labels."""
    return [
        one for one in everything if all(_same(name, one.labels.get(name), value) for name, value in labels.items())
    ]


def _same(name: str, value: str | None, other: str) -> bool:
    """Equality of a label's values; a bucket's border is a number, however it is written."""
    return value is not None and (value == other or (name == "le" and float(value) == float(other)))


def _split(text: str) -> tuple[str, str]:
    found = _SELECTOR.fullmatch(text)
    if found is None:
        raise ValueError(f'{text!r} is no selector that the oracle can read: write name{{label="value"}}')
    return found[1], found[2] or ""
