"""Outcomes of one candidate and task type, counted and not kept: what counters that others read can hold."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from autonomic.routing.outcome import Outcome
from autonomic.routing.quantiles import bucket

LATENCIES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 120.0, 300.0, 600.0)
"""Seconds that buckets end at; one more is above them all. A quantile that is read back from them is as coarse as they are."""


@dataclass
class Tally:
    """Numbers of outcomes, and sums of seconds and of money. `latencies` are by bucket, each without those below it."""

    successes: float = 0.0
    failures: float = 0.0
    seconds: float = 0.0
    money: float = 0.0
    priced: float = 0.0
    valid: float = 0.0
    invalid: float = 0.0
    latencies: list[float] = field(default_factory=lambda: [0.0] * (len(LATENCIES) + 1))

    def add(self, outcome: Outcome) -> None:
        """Takes one outcome in, whoever it is of."""
        if outcome.success:
            self.successes += 1
        else:
            self.failures += 1
        if outcome.latency is not None:
            self.seconds += outcome.latency
            self.latencies[bisect_left(LATENCIES, outcome.latency)] += 1
        if outcome.cost is not None:
            self.money += outcome.cost
            self.priced += 1
        if outcome.json_valid is not None:
            self.valid += outcome.json_valid
            self.invalid += not outcome.json_valid

    def take(self, up_to: Mapping[float, float]) -> None:
        """Latencies as a histogram of Prometheus has them: how many were up to each bound, +Inf among them."""
        below = 0.0
        for bound in sorted(up_to):
            self.latencies[bisect_left(LATENCIES, bound)] += max(up_to[bound] - below, 0.0)
            below = max(up_to[bound], below)

    def up_to(self) -> list[tuple[float, float]]:
        """How many latencies were up to each bound, the last of which is +Inf."""
        total, found = 0.0, []
        for bound, number in zip((*LATENCIES, inf), self.latencies, strict=True):
            total += number
            found.append((bound, total))
        return found

    def by_bucket(self) -> dict[int, float]:
        """As `quantiles` count: each in the middle of its bucket, the highest at the last bound."""
        found: dict[int, float] = {}
        for place, number in enumerate(self.latencies):
            if number > 0:
                middle = bucket(_middle(place))
                found[middle] = found.get(middle, 0.0) + number
        return found


def _middle(place: int) -> float:
    """The geometric middle."""
    if place == len(LATENCIES):
        return LATENCIES[-1]
    high = LATENCIES[place]
    low = LATENCIES[place - 1] if place else high / 2
    middle: float = (low * high) ** 0.5
    return middle
