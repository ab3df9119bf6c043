"""Agents that spend otherwise than they used to, or than their peers.

Logarithms of amounts are compared by median and MAD (median absolute deviation), which a few outliers do not move:
`z = 0.6745 (x - median) / MAD`, after Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993). With few values to
compare with, z has heavier tails than a normal variate: it is held against Student's t with (n - 1) / 2.5 degrees of freedom,
widened by sqrt(1 + pi / 2n) since the median is uncertain too. Where logarithms are normal, a look at all agents of a budget
raises a false alarm in about one of a hundred looks: 0.4% to 1.2% by simulation of 10 agents with 7 to 120 values each, and a
seeded test holds it. Only too much is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import exp, log, pi, sqrt
from statistics import NormalDist, median

from autonomic.cost.spend import Spend

FALSE_ALARMS = 0.01
"""In one look at all agents of a budget."""
LEAST = 7
"""Values to compare with."""
_DAY = 86_400
_NORMAL = 0.6745
_QUIET = 0.1
"""The least spread that is believed, in logarithms: an agent that spent the same every day may spend a little more."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """An agent that spends `times` as much as is usual; `against` says compared with what."""

    who: str
    times: float
    against: str


def unusual(spend: Spend) -> tuple[Anomaly, ...]:
    """The agents whose spend of the long window stands out, against their own days where there are enough, else their peers."""
    return tuple(sorted(_found(spend), key=lambda each: -each.times))


def _found(spend: Spend) -> Iterator[Anomaly]:
    lately = {who: each for who, each in spend.lately.get("agent", {}).items() if each > 0}
    for who, amount in lately.items():
        days = spend.daily.get(who, ()) if spend.long.stretch.seconds == _DAY else ()
        against, usual = _usual(who, lately, days)
        if len(usual) < LEAST:
            continue
        middle = median(usual)
        if log(amount) > bound(usual, len(lately)):
            yield Anomaly(who, exp(log(amount) - middle), against)


def _usual(who: str, lately: Mapping[str, Decimal], days: Sequence[Decimal]) -> tuple[str, list[float]]:
    """Logarithms of what is usual. Days on which the agent rested say nothing of one on which it works."""
    own = [log(each) for each in days if each > 0]
    if len(own) >= LEAST:
        return "its own usual day", own
    return "the median of its peers", [log(each) for name, each in lately.items() if name != who]


def bound(usual: Sequence[float], looks: int) -> float:
    """The logarithm above which an amount is unusual, when as many amounts are looked at together."""
    middle = median(usual)
    spread = max(_QUIET, median(abs(each - middle) for each in usual) / _NORMAL)
    heavier = _t(1 - FALSE_ALARMS / looks, (len(usual) - 1) / 2.5)
    return middle + heavier * sqrt(1 + pi / (2 * len(usual))) * spread


def _t(probability: float, freedom: float) -> float:
    """A quantile of Student's t, from the normal one by Hill's expansion to the fourth term (Abramowitz and Stegun 26.7.5)."""
    x = NormalDist().inv_cdf(probability)
    terms = (
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160,
    )
    return x + sum(term / freedom ** (power + 1) for power, term in enumerate(terms))
