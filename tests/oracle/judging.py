"""What the recorded events say of an objective: budget, burn rates, tiers, level. All in exact fractions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle import maintenance
from tests.oracle.counting import newest, oldest
from tests.oracle.measuring import Measured, measure
from tests.oracle.promises import Promise, Tier, read
from tests.oracle.samples import Recorded


@dataclass(frozen=True)
class Tally:
    """Bad of total: events, slices, or sums of slices' ratios."""

    bad: Fraction
    total: Fraction

    @property
    def ratio(self) -> Fraction:
        """Share of bad; 0 of nothing."""
        return self.bad / self.total if self.total else Fraction(0)


@dataclass(frozen=True)
class Judgement:
    """What is known at one time. `unknown` says why where nothing is; then only the burns mean anything."""

    tally: Tally
    target: Fraction
    unknown: str | None
    burns: Mapping[int, Fraction | None]
    fires: Mapping[int, bool | None]
    level: str | None
    young: bool

    @property
    def remaining(self) -> Fraction:
        """Share of the budget left."""
        return 1 - self.tally.ratio / (1 - self.target)


_LATELY = 86_400
"""Seconds. Samples older than the look-back but not than this are stale; without any there is no data."""


def judge(
    written: Sequence[Mapping[str, Any]],
    name: str,
    everything: Sequence[Recorded],
    at: int,
    breaks: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Judgement]:
    """The judgement of one of the objectives of a contract at `at` (unix seconds), by group; `""` without groups."""
    mine = next(each for each in written if each["name"] == name)
    promise = read(mine)
    if "composite" in promise.indicator:
        return {"": _composite(promise, written, everything, at, breaks)}
    return {
        group: _judged(promise, one, at)
        for group, one in measure(promise, everything, maintenance.read(breaks)).items()
    }


def _judged(promise: Promise, measured: Measured, at: int) -> Judgement:
    start = promise.start(at)
    tally = _tally(promise, measured, start, at)
    first = oldest(measured.series)
    windows = {each for tier in promise.tiers for each in (tier.long, tier.short)}
    tallies = {window: _tally(promise, measured, at - window, at) for window in windows}
    unknown = _unknown(promise, measured, tally, at)
    burns = {window: _burn(promise, each) for window, each in tallies.items()}
    fires = {
        tier.long: _fires(promise, tier, tallies, first is not None and first <= at - tier.long)
        for tier in promise.tiers
    }
    level = None if unknown else _level(promise, tally, fires)
    return Judgement(tally, promise.target, unknown, burns, fires, level, first is None or first > start)


def _tally(promise: Promise, measured: Measured, start: int, end: int) -> Tally:
    steps = {when: pair for when, pair in measured.steps.items() if start < when <= end}
    if promise.method == "Occurrences":
        return Tally(
            sum((bad for bad, _ in steps.values()), Fraction(0)), sum((all_ for _, all_ in steps.values()), Fraction(0))
        )
    ratios = [bad / total for bad, total in _slices(steps, promise.slice) if total]
    if promise.method == "RatioTimeslices" or measured.gauge:
        return Tally(sum(ratios, Fraction(0)), Fraction(len(ratios)))
    assert promise.slice_target is not None
    return Tally(Fraction(sum(1 - ratio < promise.slice_target for ratio in ratios)), Fraction(len(ratios)))


def _slices(steps: Mapping[int, tuple[Fraction, Fraction]], length: int) -> list[tuple[Fraction, Fraction]]:
    found: dict[int, tuple[Fraction, Fraction]] = {}
    for when, (bad, total) in steps.items():
        end = -(-when // length) * length
        so_far = found.get(end, (Fraction(0), Fraction(0)))
        found[end] = so_far[0] + bad, so_far[1] + total
    return list(found.values())


def _unknown(promise: Promise, measured: Measured, tally: Tally, at: int) -> str | None:
    last = newest(measured.series, at)
    if last is None or last <= at - _LATELY:
        return "NoData"
    if last <= at - promise.lookback:
        return "Stale"
    return "TooFewEvents" if tally.total < promise.least else None


def _burn(promise: Promise, tally: Tally) -> Fraction | None:
    return tally.ratio / (1 - promise.target) if tally.total else None


def _fires(promise: Promise, tier: Tier, tallies: Mapping[int, Tally], old_enough: bool) -> bool | None:
    long, short = tallies[tier.long], tallies[tier.short]
    if not old_enough or long.total < promise.least or short.total < 1:
        return None
    bound = tier.factor * (1 - promise.target)
    return long.ratio > bound and short.ratio > bound


def _level(promise: Promise, tally: Tally, fires: Mapping[int, bool | None]) -> str | None:
    if tally.ratio >= 1 - promise.target:
        return "Exhausted"
    firing = {tier.level for tier in promise.tiers if fires[tier.long]}
    return "Breach" if "Breach" in firing else "Warning" if firing else None


def _composite(
    promise: Promise,
    written: Sequence[Mapping[str, Any]],
    everything: Sequence[Recorded],
    at: int,
    breaks: Sequence[Mapping[str, Any]],
) -> Judgement:
    """The mean of the parts' error ratios, by weight, over the composite's own period."""
    parts = promise.indicator["composite"]
    weights = [Fraction(part.get("weight", 1)) for part in parts]
    judged = [_part(promise, written, part["objective"], everything, at, breaks) for part in parts]
    bad = sum((weight * each.tally.ratio for weight, each in zip(weights, judged, strict=True)), Fraction(0))
    tally = Tally(bad, sum(weights, Fraction(0)))
    unknown = next((each.unknown for each in judged if each.unknown), None)
    windows = judged[0].burns
    ratios = {window: _mixed(weights, [_share(each, window) for each in judged]) for window in windows}
    fires = {tier.long: _mixed_fires(promise, tier, ratios) for tier in promise.tiers}
    burns = {window: None if ratio is None else ratio / (1 - promise.target) for window, ratio in ratios.items()}
    level = None if unknown else _level(promise, tally, fires)
    return Judgement(tally, promise.target, unknown, burns, fires, level, any(each.young for each in judged))


def _part(
    promise: Promise,
    written: Sequence[Mapping[str, Any]],
    name: str,
    everything: Sequence[Recorded],
    at: int,
    breaks: Sequence[Mapping[str, Any]],
) -> Judgement:
    own = next(each for each in written if each["name"] == name)
    windows = [
        {"long": f"{tier.long}s", "short": f"{tier.short}s", "factor": str(tier.factor), "level": tier.level}
        for tier in promise.tiers
    ]
    asked = {**own, "window": promise.window, "alerting": {**own.get("alerting", {}), "windows": windows}}
    return judge([asked], name, everything, at, breaks)[""]


def _share(judged: Judgement, window: int) -> Fraction | None:
    burn = judged.burns[window]
    return None if burn is None else burn * (1 - judged.target)


def _mixed(weights: Sequence[Fraction], ratios: Sequence[Fraction | None]) -> Fraction | None:
    known = [ratio for ratio in ratios if ratio is not None]
    if len(known) < len(ratios):
        return None
    return sum((weight * ratio for weight, ratio in zip(weights, known, strict=True)), Fraction(0)) / sum(weights)


def _mixed_fires(promise: Promise, tier: Tier, ratios: Mapping[int, Fraction | None]) -> bool | None:
    long, short = ratios[tier.long], ratios[tier.short]
    if long is None or short is None:
        return None
    bound = tier.factor * (1 - promise.target)
    return long > bound and short > bound
