"""What is known of a candidate for one task type, from outcomes that count less the older they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from autonomic.domain.errors import Invalid
from autonomic.routing.outcome import Outcome
from autonomic.routing.quantiles import bucket, quantile
from autonomic.routing.recalling import WAY_OUT, number_of, numbers_of
from autonomic.routing.tally import Tally

HALF_LIFE = 3600.0
"""Seconds after which an outcome counts half: a profile is what a candidate is like today, not what it was last week."""
Z = 1.96
"""The interval holds the true rate in 95 of 100 cases."""
_HEAVIEST = 1e100
"""New outcomes weigh more instead of old ones less; at this weight everything is scaled back."""


@dataclass(frozen=True)
class PerformanceProfile:
    """Shares from 0 to 1, latencies in seconds, cost in the budget's currency; None is what nothing is known of.

    `samples` is how many outcomes there would be if all counted fully; `confidence` the interval of `success`, 95 %.
    """

    candidate: str
    task_type: str
    samples: float
    success: float | None
    latency_p50: float | None
    latency_p95: float | None
    cost_per_task: float | None
    json_validity: float | None
    last_seen: float | None
    confidence: tuple[float, float]


@dataclass
class _Mean:
    weight: float = 0.0
    total: float = 0.0

    def add(self, value: float | None, weight: float) -> None:
        if value is not None:
            self.weight += weight
            self.total += weight * value

    def value(self) -> float | None:
        return self.total / self.weight if self.weight > 0 else None

    def scale(self, by: float) -> None:
        self.weight *= by
        self.total *= by


@dataclass
class Record:
    """Folds outcomes of one candidate and task type; a clock that goes back counts as standing still."""

    candidate: str
    task_type: str
    half_life: float = HALF_LIFE
    _success: _Mean = field(default_factory=_Mean)
    _cost: _Mean = field(default_factory=_Mean)
    _json: _Mean = field(default_factory=_Mean)
    _latencies: dict[int, float] = field(default_factory=dict)
    _squares: float = 0.0
    _start: float | None = None
    _last: float | None = None

    def fold(self, outcome: Outcome) -> None:
        """Takes one outcome in, whoever it is of."""
        weight = self._weight(outcome.at)
        self._success.add(outcome.success, weight)
        self._squares += weight * weight
        self._cost.add(outcome.cost, weight)
        self._json.add(outcome.json_valid, weight)
        if outcome.latency is not None:
            place = bucket(outcome.latency)
            self._latencies[place] = self._latencies.get(place, 0.0) + weight

    def fold_tally(self, tally: Tally, at: float) -> None:
        """Takes outcomes in that were counted, as if all had come at that time."""
        number = tally.successes + tally.failures
        if not number > 0:
            return
        weight = self._weight(at)
        self._squares += number * weight * weight
        for mean, count, total in (
            (self._success, number, tally.successes),
            (self._cost, tally.priced, tally.money),
            (self._json, tally.valid + tally.invalid, tally.valid),
        ):
            mean.weight += count * weight
            mean.total += total * weight
        for place, count in tally.by_bucket().items():
            self._latencies[place] = self._latencies.get(place, 0.0) + count * weight

    @property
    def known(self) -> bool:
        """Whether there ever was an outcome."""
        return self._last is not None

    def profile(self, now: float) -> PerformanceProfile:
        """As it stands at that time: the longer nothing came, the fewer samples it is worth."""
        age = 0.0 if self._last is None else max(now - self._last, 0.0)
        full = self._success.weight**2 / self._squares if self._squares else 0.0
        samples, success = full * 0.5 ** (age / self.half_life), self._success.value()
        return PerformanceProfile(
            candidate=self.candidate,
            task_type=self.task_type,
            samples=samples,
            success=success,
            latency_p50=quantile(self._latencies, 0.5),
            latency_p95=quantile(self._latencies, 0.95),
            cost_per_task=self._cost.value(),
            json_validity=self._json.value(),
            last_seen=self._last,
            confidence=(0.0, 1.0) if success is None else interval(success, samples),
        )

    def remember(self) -> dict[str, object]:
        """Where everything stands, as JSON can hold it."""
        means = {name: [each.weight, each.total] for name, each in self._means().items()}
        latencies = {str(place): weight for place, weight in self._latencies.items()}
        return {**means, "squares": self._squares, "latencies": latencies, "start": self._start, "last": self._last}

    def recall(self, remembered: Mapping[str, Any]) -> None:
        """Takes up what was remembered. Raises Invalid, and then is as it was."""
        means = {name: _mean(remembered, name) for name in self._means()}
        latencies, squares = _latencies(remembered.get("latencies")), number_of(remembered, "squares", 0)
        if remembered.get("last") is not None:
            self._start, self._last = number_of(remembered, "start"), number_of(remembered, "last")
        self._success, self._cost, self._json = means["success"], means["cost"], means["json"]
        self._latencies, self._squares = latencies, squares

    def _means(self) -> Mapping[str, _Mean]:
        return {"success": self._success, "cost": self._cost, "json": self._json}

    def _weight(self, at: float) -> float:
        if self._start is None or self._last is None:
            self._start = self._last = at
        self._last = max(at, self._last)
        weight: float = 2.0 ** min((self._last - self._start) / self.half_life, 1000.0)
        if weight > _HEAVIEST:
            self._scale(1 / weight)
            self._start, weight = self._last, 1.0
        return weight

    def _scale(self, by: float) -> None:
        for mean in self._means().values():
            mean.scale(by)
        self._squares *= by * by
        self._latencies = {place: weight * by for place, weight in self._latencies.items()}


def interval(success: float, samples: float) -> tuple[float, float]:
    """Wilson's interval of a share; from 0 to 1 where there are no samples."""
    if samples <= 0:
        return 0.0, 1.0
    square = Z * Z / samples
    middle = (success + square / 2) / (1 + square)
    half = Z * sqrt(success * (1 - success) / samples + square / (4 * samples)) / (1 + square)
    return max(0.0, min(middle - half, success)), min(1.0, max(middle + half, success))


def _mean(remembered: Mapping[str, Any], name: str) -> _Mean:
    found = numbers_of(remembered, name, 0)
    if len(found) != 2:
        raise Invalid(f"{name}: {found} is not a weight and a total: {WAY_OUT}")
    return _Mean(*found)


def _latencies(raw: object) -> dict[int, float]:
    if not isinstance(raw, Mapping) or not all(str(place).isdecimal() for place in raw):
        raise Invalid(f"latencies: {raw!r:.60} are not counts by bucket: {WAY_OUT}")
    return {int(place): number_of(raw, place, 0) for place in raw}
