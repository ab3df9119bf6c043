"""What was never used: requests, limits and replicas that may be fewer, and what that saves.

A request or limit is right at the most that was used (p99 of CPU, the peak of memory, which does not come back) with headroom;
replicas are right where their requests hold the p99 of all CPU with headroom. Requests and replicas cost money; limits do not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal, cast

from autonomic.cost.usage import RESOURCES, Given, Usage
from autonomic.domain.actions import Action
from autonomic.domain.quantities import cpu, memory, quantity

WORTH = Decimal("0.1")
"""Less than this share is left as it is: each change rolls pods."""
MOST = 50
"""Percent that one plan takes away at most."""
_LEAST = {"Cpu": Decimal("0.01"), "Memory": Decimal(32 * 1024**2)}
_WRITTEN = {"Cpu": cpu, "Memory": memory}
_GIB = Decimal(1024**3)
_DAY = 24


@dataclass(frozen=True, slots=True)
class Smaller:
    """A request or a limit that may be smaller. `percent` is negative; `least` and `most` are quantities."""

    container: str
    resource: Literal["Cpu", "Memory"]
    what: Literal["Request", "Limit"]
    percent: int
    now: str
    least: str
    daily: Decimal
    used: str

    @property
    def about(self) -> str:
        """`worker-memory-request`."""
        return f"{self.container}-{self.resource}-{self.what}".lower()


@dataclass(frozen=True, slots=True)
class Fewer:
    """Replicas that may be fewer."""

    now: int
    enough: int
    daily: Decimal
    used: str

    @property
    def about(self) -> str:
        """`replicas`."""
        return "replicas"


def proposals(usage: Usage, headroom: Decimal) -> tuple[Smaller | Fewer, ...]:
    """What may be less, by what it saves. Replicas come last, once their requests are right: they are counted by these."""
    smaller = [each for given in usage.given for each in _smaller(given, usage, headroom)]
    if smaller:
        return tuple(sorted(smaller, key=lambda each: (-each.daily, each.about)))
    fewer = _fewer(usage, headroom)
    return (fewer,) if fewer else ()


def _smaller(given: Given, usage: Usage, headroom: Decimal) -> Iterator[Smaller]:
    """A request never above its limit: a limit ends where its request is."""
    enough = max(_LEAST[given.resource], given.used * (1 + headroom))
    if given.request is not None:
        yield from _one(given, "Request", given.request, enough, usage)
    if given.limit is not None:
        yield from _one(given, "Limit", given.limit, max(enough, given.request or Decimal(0)), usage)


def _one(
    given: Given, what: Literal["Request", "Limit"], now: Decimal, enough: Decimal, usage: Usage
) -> Iterator[Smaller]:
    percent = min(MOST, int(((1 - enough / now) * 100).to_integral_value(ROUND_FLOOR))) if now else 0
    if percent < WORTH * 100:
        return
    resource = cast(Literal["Cpu", "Memory"], given.resource)
    written = _WRITTEN[resource]
    taken = now * percent / 100
    yield Smaller(
        container=given.container,
        resource=resource,
        what=what,
        percent=-percent,
        now=written(now),
        least=written(now - taken),
        daily=_cost({resource: taken}, usage) * usage.replicas if what == "Request" else Decimal(0),
        used=written(given.used),
    )


def missing(action: Action, usage: Usage, headroom: Decimal) -> str | None:
    """Why what was taken away is needed after all: half of the headroom that was left is used up. None while it is not."""
    grown = 1 + headroom / 2
    if action.scale:
        needed = _replicas(usage, grown)
        if needed is None or needed <= action.scale.replicas:
            return None
        return f"{cpu(usage.busiest)} CPU were used, which {action.scale.replicas} replicas are too few for"
    wish = action.resize
    given = next(
        (each for each in usage.given if wish and (each.container, each.resource) == (wish.container, wish.resource)),
        None,
    )
    now = quantity(wish.quantity) if wish else None
    if given is None or wish is None or now is None or given.used * grown <= now:
        return None
    used = _WRITTEN[given.resource](given.used)
    return f"container {wish.container} used {used}, and {wish.quantity} is its {wish.what.lower()}"


def _replicas(usage: Usage, grown: Decimal) -> int | None:
    """How many replicas hold all CPU that was used, and more by that factor; None where one promises no CPU."""
    requests = [each.request for each in usage.given if each.resource == "Cpu"]
    promised = sum((each for each in requests if each is not None), Decimal(0))
    if not promised or None in requests:
        return None
    return int((usage.busiest * grown / promised).to_integral_value(ROUND_CEILING))


def _fewer(usage: Usage, headroom: Decimal) -> Fewer | None:
    """One stays, and two where there are two: nothing is saved by what one failure takes away."""
    needed = _replicas(usage, 1 + headroom)
    if needed is None:
        return None
    enough = max(needed, min(usage.replicas, 2))
    if usage.replicas - enough < WORTH * usage.replicas:
        return None
    each = {
        name: sum((one.request or Decimal(0) for one in usage.given if one.resource == name), Decimal(0))
        for name in RESOURCES
    }
    return Fewer(usage.replicas, enough, _cost(each, usage) * (usage.replicas - enough), f"{cpu(usage.busiest)} CPU")


def _cost(given: dict[str, Decimal], usage: Usage) -> Decimal:
    """Money a day for CPUs and bytes."""
    cpus, size = given.get("Cpu", Decimal(0)), given.get("Memory", Decimal(0))
    return (cpus * usage.cpu_hour + size / _GIB * usage.gib_hour) * _DAY
