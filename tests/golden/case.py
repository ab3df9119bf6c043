"""A case of the golden table: samples, a promise about them, and the figures that a hand works out.

Samples are described, not stored: a track of one series is a list of steps through time. In names, selectors and labels
`@` stands for the case's own prefix, so that all cases live in one Prometheus and none reads another's samples.
Times are `-1h30m` before the case's time, or moments such as `2025-03-30T00:00Z`.
"""

import math
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Protocol

from testbed.remote_write import Histogram, Sample, Series, series
from tests.oracle.durations import seconds
from tests.oracle.samples import Recorded

STALE: float = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000002))[0]
"""Prometheus's marker of a series that its target no longer exposes."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Step:
    """Samples up to a time; `kind` says what happens meanwhile."""

    kind: str
    when: str
    number: float = 0.0
    every: float = 60.0

    def __str__(self) -> str:
        return _SAID[self.kind].format(when=self.when, number=f"{self.number:g}", every=f"{self.every:g}")


_SAID = {
    "put": "{when}: {number}",
    "jump": "{when}: +{number}",
    "run": "to {when}: +{number} every {every} s",
    "nan": "{when}: NaN",
    "gone": "{when}: gone",
}


def put(when: str, value: float = 0) -> Step:
    """A sample of this value: a start, or a counter that begins again."""
    return Step("put", when, value)


def jump(when: str, add: float) -> Step:
    """One sample, that much more than the one before."""
    return Step("jump", when, add)


def run(when: str, add: float, every: float = 60) -> Step:
    """Samples every `every` seconds after the last one and up to `when`, each that much more than the one before."""
    return Step("run", when, add, every)


def nan(when: str) -> Step:
    """A sample that is no number; the counter goes on."""
    return Step("nan", when)


def gone(when: str) -> Step:
    """The target no longer exposes the series."""
    return Step("gone", when)


Written = Mapping[Series, Sequence[Sample | Histogram]]
"""What is written to Prometheus."""


class Recordable(Protocol):
    """What a case holds through time, for Prometheus and for the oracle."""

    def own(self, prefix: str) -> "Recordable":
        """The same, with a case's own prefix for `@`."""
        ...

    def recorded(self, at: datetime) -> list[Recorded]:
        """The samples, for the oracle, of a case that is judged at `at`."""
        ...

    def written(self, at: datetime) -> Written:
        """The same samples, for Prometheus."""
        ...


@dataclass(frozen=True)
class Track:
    """One series through time."""

    name: str
    labels: Mapping[str, str]
    steps: tuple[Step, ...]

    def own(self, prefix: str) -> "Track":
        """The same, with a case's own prefix for `@`."""
        return Track(owned(self.name, prefix), owned(self.labels, prefix), self.steps)

    def recorded(self, at: datetime) -> list[Recorded]:
        """The samples, for the oracle."""
        return [Recorded({"__name__": self.name, **self.labels}, tuple(self.points(at)))]

    def written(self, at: datetime) -> Written:
        """The same samples, for Prometheus."""
        samples = [Sample(datetime.fromtimestamp(when, UTC), value) for when, value in self.points(at)]
        return {series(self.name, **self.labels): samples}

    def points(self, at: datetime) -> list[Point]:
        """The samples as (unix seconds, value), for a case that is judged at `at`."""
        points: list[Point] = []
        value = 0.0
        for step in self.steps:
            when = moment(step.when, at).timestamp()
            if step.kind == "run":
                added = _run(points[-1][0], value, when, step)
            else:
                value = {"put": step.number, "jump": value + step.number}.get(step.kind, value)
                added = [(when, {"nan": math.nan, "gone": STALE}.get(step.kind, value))]
            points += added
            value = added[-1][1] if added and step.kind == "run" else value
        times = [when for when, _ in points]
        if times != sorted(set(times)):
            raise ValueError(f"{self.name}: samples do not go forward in time; two steps meet at one moment")
        return points


def _run(last: float, value: float, until: float, step: Step) -> list[Point]:
    number = int((until - last) / step.every + 1e-9)
    return [(last + step.every * each, value + step.number * each) for each in range(1, number + 1)]


def moment(when: str, at: datetime) -> datetime:
    """`-1h30m` before `at`, `0` for `at` itself, or a moment with its zone."""
    if when == "0":
        return at
    if when.startswith("-"):
        return at - timedelta(seconds=seconds(when[1:]))
    return datetime.fromisoformat(when)


def track(name: str, labels: Mapping[str, str] | None = None, *steps: Step) -> Track:
    """A series of that name and those labels through those steps."""
    return Track(name, labels or {}, steps)


@dataclass(frozen=True)
class Figures:
    """What a hand worked out for one objective or group. Where nothing is known `unknown` says why."""

    bad: Fraction = Fraction(0)
    total: Fraction = Fraction(0)
    remaining: Fraction = Fraction(1)
    level: str | None = None
    unknown: str | None = None
    burns: Mapping[str, Fraction] = field(default_factory=dict)
    fires: Mapping[str, bool | None] = field(default_factory=dict)
    young: bool = False
    shares: bool = False
    """True where only the ratio of bad to total is promised, as of a composite."""

    @property
    def sli(self) -> Fraction:
        """Share of good."""
        return 1 - self.bad / self.total if self.total else Fraction(1)


def figures(bad: object, total: object, remaining: object, level: str | None = None, **more: Any) -> Figures:
    """Figures that are known; numbers as people write fractions: `3/8`, `0.375`, `12`."""
    burns = {window: Fraction(str(rate)) for window, rate in more.pop("burns", {}).items()}
    return Figures(Fraction(str(bad)), Fraction(str(total)), Fraction(str(remaining)), level, burns=burns, **more)


def unknown(reason: str) -> Figures:
    """Nothing that anything may act on."""
    return Figures(unknown=reason)


@dataclass(frozen=True)
class Case:
    """One row of the table. `expected` is by objective, or `objective/group`."""

    name: str
    arithmetic: str
    tracks: tuple[Recordable, ...]
    expected: Mapping[str, Figures]
    objectives: tuple[Mapping[str, Any], ...]
    at: datetime
    maintenance: tuple[Mapping[str, Any], ...] = ()
    late: timedelta = timedelta(0)
    """How long after `at` the engine is asked; as long as the ingestion delay, and less than a minute more."""
    delay: timedelta = timedelta(0)
    steady: bool = False
    """True where nothing happens at the period's edge, so that an extrapolation must come close."""
    approximate: bool = False
    """True where the engine says Approximate though its figures are exact: it can't know that they are."""
    key: str = ""
    """Names the case's contract; empty until it is the table's own."""

    def own(self, prefix: str) -> "Case":
        """The same case, with its own prefix for `@`."""
        return Case(
            self.name,
            self.arithmetic,
            tuple(each.own(prefix) for each in self.tracks),
            self.expected,
            owned(self.objectives, prefix),
            self.at,
            self.maintenance,
            self.late,
            self.delay,
            self.steady,
            self.approximate,
            prefix.strip("_"),
        )

    def recorded(self) -> list[Recorded]:
        """The samples, for the oracle."""
        return [one for each in self.tracks for one in each.recorded(self.at)]

    def objective(self, name: str) -> Mapping[str, Any]:
        """The objective of that name, as it is written in the contract."""
        return next(each for each in self.objectives if each["name"] == name)


def owned(written: Any, prefix: str) -> Any:
    """Texts, however deep, with a case's own prefix for `@`."""
    if isinstance(written, str):
        return written.replace("@", prefix)
    if isinstance(written, Mapping):
        return {key: owned(value, prefix) for key, value in written.items()}
    return tuple(owned(each, prefix) for each in written) if isinstance(written, Sequence) else written


NOON = datetime.fromisoformat("2025-06-16T12:00:00Z")
"""A Monday."""

RATIO: dict[str, Any] = {"ratio": {"bad": "@failed_total", "total": "@tasks_total"}}
"""Two counters: tasks that failed, and all tasks."""

CODES: dict[str, Any] = {"ratio": {"bad": '@requests_total{code="500"}', "total": "@requests_total"}}
"""One counter by code: those with 500 are bad, and all codes together are all."""


_OF_A_CASE = ("maintenance", "late", "delay", "steady", "approximate", "objectives")


def case(
    name: str,
    arithmetic: str,
    *tracks: Recordable | Iterable[Recordable],
    expected: Figures | Mapping[str, Figures],
    at: str | datetime = NOON,
    **more: Any,
) -> Case:
    """A case of one objective, whose fields are those of `more` that are not the case's own."""
    when = datetime.fromisoformat(at) if isinstance(at, str) else at
    flat = [one for each in tracks for one in (each if isinstance(each, Iterable) else [each])]
    own = {key: more.pop(key) for key in _OF_A_CASE if key in more}
    own.setdefault("objectives", (objective(**more),))
    by_name = {"availability": expected} if isinstance(expected, Figures) else expected
    return Case(name, arithmetic, tuple(flat), by_name, at=when, **own)


def objective(
    name: str = "availability", rolling: str | None = "7d", calendar: tuple[str, str] | None = None, **more: Any
) -> dict[str, Any]:
    """An objective as it is written in a contract: 99 % of requests over seven days, unless told otherwise."""
    window = {"calendar": {"unit": calendar[0], "timeZone": calendar[1]}} if calendar else {"rolling": rolling}
    return {"name": name, "target": "99", "window": window, "indicator": RATIO, **more}


def tiers(*rows: tuple[str, str, str, str]) -> dict[str, Any]:
    """Alert windows: long, short, factor, level."""
    return {"windows": [dict(zip(("long", "short", "factor", "level"), row, strict=True)) for row in rows]}


ONE_TIER = tiers(("1h", "5m", "10", "Breach"))


def tasks(add: float = 10, since: str = "-8d", every: float = 60, **labels: str) -> Track:
    """All tasks, at an even pace up to the case's time."""
    return track("@tasks_total", labels, put(since), run("0", add, every))


def failed(*steps: Step, since: str = "-8d", every: float = 60, **labels: str) -> Track:
    """Tasks that failed: none yet at `since`, then as the steps say, and no more after them up to the case's time."""
    return track("@failed_total", labels, put(since), *steps, run("0", 0, every))
