"""Shares of traffic in thousandths: as near to what a policy wants as bounds and steps allow, and always 1000 together."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

from autonomic.domain.errors import Invalid

WHOLE = 1000
"""Weights are integers that sum to this."""


@dataclass(frozen=True)
class Limits:
    """Thousandths: an eligible candidate has from `least` to `most`; a share moves by up to `step` at once.

    Nothing moves where no share would move by `hysteresis`. Raises Invalid for bounds that contradict each other.
    """

    least: int = 0
    most: int = WHOLE
    step: int = 200
    hysteresis: int = 10

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.most <= WHOLE:
            raise Invalid(f"minWeight, maxWeight: {self.least} to {self.most} is no range within 0 to {WHOLE}")
        if not 0 < self.step <= WHOLE:
            raise Invalid(f"step: {self.step} is not from 1 to {WHOLE}: nothing could ever move")
        if self.hysteresis < 0:
            raise Invalid(f"hysteresis: {self.hysteresis} is below 0: give 0 to follow every change")


@dataclass(frozen=True)
class Published:
    """`weights` sum to 1000; `because` says in words what stood between them and what was wanted."""

    weights: Mapping[str, int]
    because: tuple[str, ...] = ()


Fixed = Mapping[str, tuple[int, int]]
"""Candidates with bounds of their own (lowest, highest): ejected, on probation, warming up. Steps do not hold for them."""


def publish(
    wanted: Mapping[str, float], before: Mapping[str, int], limits: Limits, fixed: Fixed | None = None
) -> Published:
    """What to publish where `wanted` (shares of any sum) is wanted and `before` stands; empty where nothing stands yet.

    A candidate of `before` that is not wanted any more is out at once. Where steps leave no way to 1000 (a broken candidate
    lost its share, and somebody must take it) the steps give way, then `most`, then `least`: traffic goes somewhere.
    Raises Invalid where nothing is wanted.
    """
    if not wanted or any(not share >= 0 for share in wanted.values()):
        raise Invalid(f"weights: {dict(wanted)} are no shares: give each eligible candidate a number from 0 up")
    own = fixed or {}
    free = {name: own.get(name, (limits.least, limits.most)) for name in wanted}
    stepped = {name: _stepped(name, free[name], before, limits, own) for name in wanted}
    bounds, because = _feasible(stepped, free, own)
    found = _fitted(_scaled(wanted), bounds)
    if not because and _same(found, before, limits.hysteresis, bounds):
        return Published({name: before.get(name, 0) for name in found}, ("no share would move enough to be worth it",))
    return Published(found, because)


def _scaled(shares: Mapping[str, float]) -> dict[str, float]:
    total = sum(shares.values())
    if total <= 0:
        return dict.fromkeys(shares, WHOLE / len(shares))
    return {name: WHOLE * share / total for name, share in shares.items()}


def _stepped(
    name: str, bounds: tuple[int, int], before: Mapping[str, int], limits: Limits, own: Fixed
) -> tuple[int, int]:
    """The bounds as far as one step reaches."""
    if not before or name in own:
        return bounds
    low, high = bounds
    old = before.get(name, 0)
    return min(max(low, old - limits.step), high), max(min(high, old + limits.step), low)


def _feasible(stepped: Fixed, free: Fixed, own: Fixed) -> tuple[Fixed, tuple[str, ...]]:
    """The tightest bounds that leave a way to 1000, and which had to give way."""
    if _reach(stepped):
        return stepped, ()
    if _reach(free):
        return free, ("the step was exceeded: what others lost had to go somewhere",)
    loose = {name: own.get(name, (0, WHOLE)) for name in free}
    if _reach(loose):
        return loose, ("minWeight and maxWeight gave way: too few or too many candidates for them",)
    return dict.fromkeys(free, (0, WHOLE)), ("no candidate is left that may take all: bounds of each gave way",)


def _reach(bounds: Fixed) -> bool:
    return sum(low for low, _ in bounds.values()) <= WHOLE <= sum(high for _, high in bounds.values())


def _fitted(target: Mapping[str, float], bounds: Fixed) -> dict[str, int]:
    """The shares within their bounds that are nearest to the target: all moved by the same, and cut where bounds say so."""
    low, high = -float(WHOLE), float(WHOLE)
    for _ in range(60):
        middle = (low + high) / 2
        if sum(_cut(target[name] + middle, bounds[name]) for name in target) < WHOLE:
            low = middle
        else:
            high = middle
    fitted = {name: _cut(target[name] + high, bounds[name]) for name in target}
    return _rounded(fitted, {name: bounds[name][1] for name in target})


def _cut(value: float, bounds: tuple[int, int]) -> float:
    return min(max(value, bounds[0]), bounds[1])


def _rounded(shares: Mapping[str, float], highest: Mapping[str, int]) -> dict[str, int]:
    """Rounded down, and what is missing given to the largest remainders; equals in the order given."""
    found = {name: floor(share + 1e-9) for name, share in shares.items()}
    order = sorted(shares, key=lambda name: found[name] - shares[name])
    for name in [name for name in order if found[name] < highest[name]][: WHOLE - sum(found.values())]:
        found[name] += 1
    return found


def _same(found: Mapping[str, int], before: Mapping[str, int], hysteresis: int, bounds: Fixed) -> bool:
    """Whether no share would move enough to be worth it, and the old ones are whole and still allowed."""
    old = {name: before.get(name, 0) for name in found}
    allowed = all(bounds[name][0] <= old[name] <= bounds[name][1] for name in found)
    return allowed and sum(old.values()) == WHOLE and all(abs(found[name] - old[name]) < hysteresis for name in found)
