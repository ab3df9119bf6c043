"""Which promises of a tape are read together: those of one metric, and a long time at once rather than many metrics.

What is asked of many metrics in one query the server joins at every step of it, which costs it as much again as counting.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from autonomic.slo.counting import Plan
from autonomic.slo.ledger import Ints
from autonomic.slo.promises import Promise

POINTS = 250_000
"""Numbers that are asked for at once: about 6 MB of an answer."""
_LEAST = 40
"""Promises of a share: enough for a few queries side by side."""
_SHORTEST = 60


@dataclass
class Share:
    """Promises at these places of a tape, of which `length` buckets, or quarters, are read at once.

    `trailing` is how many of the last buckets that were read ended with a number that is none.
    """

    where: Ints
    plan: Plan
    length: int
    trailing: Ints | None = None


def shares(promises: Sequence[Promise], buckets: int) -> list[Share]:
    """All promises, each in one share."""
    return [_share(promises, where, buckets) for where in _together(promises)]


def _together(promises: Sequence[Promise]) -> Iterator[list[int]]:
    alike: dict[str, list[int]] = defaultdict(list)
    for at, promise in enumerate(promises):
        alike[_metric(promise)].append(at)
    gathered: list[int] = []
    for places in alike.values():
        gathered += places
        if len(gathered) >= _LEAST:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


def _metric(promise: Promise) -> str:
    """Of what is mixed of others, and of a whole query, there is none."""
    selector = None if promise.parts else promise.total.shape.selector
    return selector.metric if selector else ""


def _share(promises: Sequence[Promise], where: list[int], buckets: int) -> Share:
    plan = Plan([promises[at] for at in where])
    plan.prepare()
    rows = max(1, plan.size + sum(len(each.whole.rows) for each in plan.readings if each.whole))
    return Share(np.array(where, np.int64), plan, max(_SHORTEST, min(buckets, POINTS // rows)))
