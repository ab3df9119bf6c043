"""Worlds: how likely each candidate succeeds at each task, and what it is ahead by in price. Times of change are drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

TASKS = 20_000
OUTAGE = 2_000
DOWN = 0.02
SWAP = 2_500
ARMS = (0.95, 0.90, 0.85, 0.80, 0.70)
"""What the policies were tuned on."""
UNTUNED = {
    "middling": (0.60, 0.50, 0.45, 0.40, 0.30),
    "excellent": (0.99, 0.97, 0.95, 0.90, 0.50),
    "poor": (0.30, 0.25, 0.20, 0.15, 0.10),
    "two": (0.90, 0.80),
    "ten": (0.95, 0.93, 0.90, 0.88, 0.85, 0.80, 0.80, 0.75, 0.70, 0.60),
}
"""What they were not."""
KINDS = ("stationary", "fall", "rise", "decay", "outage")
ODD = ("price", "all fall", "swap")
_FALLEN, _RISEN = 0.60 / 0.95, 0.04
_PRICED = 0.2 / 0.6
"""What cost counts for where success counts 1: the default weights of ranking."""

Rates = Sequence[float]


@dataclass(frozen=True)
class World:
    """`rates(task)` are the chances of success; `ahead(task)` what each is ahead by, None where price is no matter."""

    rates: Callable[[int], Rates]
    ahead: Callable[[int], Rates] | None = None
    broken: tuple[int, int] | None = None

    def worths(self, task: int) -> Rates:
        """Success and price together, in units of success."""
        rates = self.rates(task)
        return (
            rates if self.ahead is None else [rate + more for rate, more in zip(rates, self.ahead(task), strict=True)]
        )


def world(kind: str, arms: Rates, random: Random) -> World:
    """The world of that kind; the first candidate is the best at first, the last the worst. Raises KeyError for no kind."""
    change = int(random.uniform(0.2, 0.8) * TASKS)
    return _MAKERS[kind](tuple(arms), change)


def _stationary(arms: Rates, _: int) -> World:
    return World(lambda _: arms)


def _fall(arms: Rates, change: int) -> World:
    after = (arms[0] * _FALLEN, *arms[1:])
    return World(lambda task: arms if task < change else after)


def _rise(arms: Rates, change: int) -> World:
    after = (*arms[:-1], min(arms[0] + _RISEN, 0.995))
    return World(lambda task: arms if task < change else after)


def _decay(arms: Rates, _: int) -> World:
    return World(lambda task: (arms[0] * (1 - (1 - _FALLEN) * task / TASKS), *arms[1:]))


def _outage(arms: Rates, change: int) -> World:
    down = (DOWN, *arms[1:])
    broken = (change, change + OUTAGE)
    return World(lambda task: down if broken[0] <= task < broken[1] else arms, broken=broken)


def _price(arms: Rates, change: int) -> World:
    """Every candidate costs the same, until the best costs ten times as much."""
    before = tuple(_PRICED for _ in arms)
    after = (_PRICED / 10, *before[1:])
    return World(lambda _: arms, lambda task: before if task < change else after)


def _all_fall(arms: Rates, change: int) -> World:
    after = tuple(arm * _FALLEN for arm in arms)
    return World(lambda task: arms if task < change else after)


def _swap(arms: Rates, _: int) -> World:
    return World(lambda task: arms if task // SWAP % 2 == 0 else arms[::-1])


_MAKERS: dict[str, Callable[[Rates, int], World]] = {
    "stationary": _stationary, "fall": _fall, "rise": _rise, "decay": _decay, "outage": _outage,
    "price": _price, "all fall": _all_fall, "swap": _swap,
}  # fmt: skip
