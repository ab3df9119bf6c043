"""Latency from native histograms, whose buckets here end at powers of two: 0.25, 0.5, 1, 2 s.

A threshold that is a bucket's border is counted exactly. The engine can't know that it is one, and says Approximate.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from math import log2
from typing import Any

from testbed.remote_write import Histogram, series
from tests.golden.case import ONE_TIER, Point, Step, Track, Written, case, figures, owned, put, run
from tests.oracle.samples import Recorded


@dataclass(frozen=True)
class Native:
    """A native histogram through time: what each bucket counts, by its upper end, all with samples at the same times."""

    name: str
    buckets: Mapping[float, tuple[Step, ...]]

    def own(self, prefix: str) -> "Native":
        """The same, with a case's own prefix for `@`."""
        return Native(owned(self.name, prefix), self.buckets)

    def recorded(self, at: datetime) -> list[Recorded]:
        """What was observed up to each bucket's end, and in all: the oracle knows events, not histograms."""
        points = self._points(at)
        sums = list(accumulate(points.values(), _added))
        labels = [{"__name__": f"{self.name}_bucket", "le": str(end)} for end in points]
        found = [Recorded(each, tuple(sum_)) for each, sum_ in zip(labels, sums, strict=True)]
        return [*found, Recorded({"__name__": f"{self.name}_count"}, tuple(sums[-1]))]

    def written(self, at: datetime) -> Written:
        """The same as native histograms, for Prometheus."""
        points = self._points(at)
        numbers = [round(log2(end)) for end in points]
        histograms = [
            Histogram(
                datetime.fromtimestamp(same[0][0], UTC),
                {number: int(count) for number, (_, count) in zip(numbers, same, strict=True)},
            )
            for same in zip(*points.values(), strict=True)
        ]
        return {series(self.name): histograms}

    def _points(self, at: datetime) -> dict[float, list[Point]]:
        return {end: Track(self.name, {}, self.buckets[end]).points(at) for end in sorted(self.buckets)}


def _added(points: list[Point], more: list[Point]) -> list[Point]:
    return [(when, value + other) for (when, value), (_, other) in zip(points, more, strict=True)]


def tasks(**buckets: tuple[Step, ...]) -> Native:
    """Tasks of two days by how long they took: `half` for (0.25, 0.5] s, `one` for (0.5, 1], `two` for (1, 2]."""
    ends = {"half": 0.5, "one": 1.0, "two": 2.0}
    return Native("@task_seconds", {ends[name]: (put("-2d"), *steps) for name, steps in buckets.items()})


def latency(threshold: str) -> dict[str, Any]:
    """The fields of an objective over the histogram, of one day."""
    indicator = {"latency": {"histogram": "@task_seconds", "threshold": threshold, "buckets": "Native"}}
    return {"rolling": "1d", "alerting": ONE_TIER, "approximate": True, "indicator": indicator}


CASES = (
    case(
        "Tasks of at most half a second, from a native histogram",
        "all 14,400; in (0.25, 0.5]: 1,404 min x 10 + 36 x 9 = 14,364; in (0.5, 1]: 36; remaining 1 - 36/144 = 0.75",
        tasks(
            half=(run("-12h", 10), run("-11h24m", 9), run("0", 10)),
            one=(run("-12h", 0), run("-11h24m", 1), run("0", 0)),
        ),
        expected=figures(36, 14_400, "0.75", burns={"1h": 0}),
        steady=True,
        **latency("500ms"),
    ),
    case(
        "Every bucket of a native histogram below the border counts",
        "a minute has 5 in (0.25, 0.5] and 4 or 5 in (0.5, 1]; in (1, 2] 72 in all: slow are 72 of 14,400; remaining 1/2;"
        " hour: 60 of 600: (60/600)/0.01 = 10, not above 10",
        tasks(
            half=(run("0", 5),),
            one=(run("-12h", 5), run("-11h48m", 4), run("-1h", 5), run("0", 4)),
            two=(run("-12h", 0), run("-11h48m", 1), run("-1h", 0), run("0", 1)),
        ),
        expected=figures(72, 14_400, "0.5", burns={"1h": 10, "5m": 10}, fires={"1h": False}),
        steady=True,
        **latency("1s"),
    ),
    case(
        "When all of a native histogram is below the threshold nothing is spent",
        "all 14,400 in (0.25, 0.5], none above 1 s: remaining 1",
        tasks(half=(run("0", 10),), one=(run("0", 0),)),
        expected=figures(0, 14_400, 1, burns={"1h": 0, "5m": 0}),
        steady=True,
        **latency("1s"),
    ),
    case(
        "When all of a native histogram is above the threshold the budget is spent a hundred times",
        "all 14,400 in (1, 2], none below 0.5 s: remaining 1 - 14,400/144 = -99; every window burns 1/0.01 = 100 > 10",
        tasks(two=(run("0", 10),)),
        expected=figures(14_400, 14_400, -99, "Exhausted", burns={"1h": 100, "5m": 100}, fires={"1h": True}),
        steady=True,
        **latency("500ms"),
    ),
    case(
        "A native histogram begins again",
        "after 12 h it begins again with 9 in (0.25, 0.5] and 1 in (0.5, 1]: +10; all 14,400; slow before it 35, with it"
        " 1, after it 36: 72; remaining 1 - 72/144 = 1/2",
        tasks(
            half=(
                run("-13h", 10),
                run("-12h25m", 9),
                run("-12h", 10),
                put("-11h59m", 9),
                run("-11h23m", 9),
                run("0", 10),
            ),
            one=(run("-13h", 0), run("-12h25m", 1), run("-12h", 0), put("-11h59m", 1), run("-11h23m", 1), run("0", 0)),
        ),
        expected=figures(72, 14_400, "0.5"),
        steady=True,
        **latency("500ms"),
    ),
    case(
        "A native histogram in which nothing was counted of late is known all the same",
        "no task for 30 min by night, and none in the last 30 min: 1,380 min x 10 = 13,800; 1 % is 138; slow 69;"
        " remaining 1/2; the hour has 300 and none slow: 0",
        tasks(
            half=(run("-12h30m", 10), run("-12h", 0), run("-10h51m", 9), run("-30m", 10), run("0", 0)),
            one=(run("-12h", 0), run("-10h51m", 1), run("0", 0)),
        ),
        expected=figures(69, 13_800, "0.5", burns={"1h": 0}),
        **latency("500ms"),
    ),
)
