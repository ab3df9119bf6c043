"""Alerts and troubles in a course: when each began and ended, what it cost, which alerts were false, which troubles missed.

The terms are those of Google's SRE workbook, chapter 5: precision, recall, detection time, reset time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autonomic.backtest.course import Course
from autonomic.slo.ledger import Flags
from autonomic.slo.promises import Promise
from autonomic.slo.verdicts import LEVELS, Codes

OF_NOTE = 0.02
"""Share of a period's budget: what costs less is not worth an alert. The least that the workbook pages for."""
_APART = 3_600_000
"""Milliseconds. What burns again sooner is the same trouble."""

Runs = list[tuple[int, int]]
"""(first, last) of each, as places in the course."""


@dataclass(frozen=True)
class Place:
    """One promise of a course, and what it is called."""

    course: Course
    at: int

    @property
    def promise(self) -> Promise:
        """The promise."""
        return self.course.tape.promises[self.at]

    def time(self, place: int) -> int:
        """The end of that bucket, milliseconds since the epoch."""
        tape = self.course.tape
        return (tape.span.first + place) * tape.bucket

    def spent(self, first: int, last: int) -> float | None:
        """What failed in those buckets, as a share of what may fail in a period; None where it is not known."""
        tape = self.course.tape
        if self.promise.parts:
            return None
        end = tape.span.first + last
        bad, _ = tape.between(self.at, tape.span.first + first, end)
        allowed = float(1 - self.promise.objective.ratio_target) * float(tape.moment(self.at, end)[1][1])
        return bad / allowed if allowed > 0 else None


@dataclass(frozen=True)
class Trouble:
    """A stretch in which a budget burned faster than it lasts. `found`: an alert was shown in it, or soon after."""

    place: Place
    first: int
    last: int
    spent: float | None
    goes_on: bool
    found: bool = False

    @property
    def of_note(self) -> bool:
        """Whether it cost so much that somebody should have been told."""
        return self.spent is not None and self.spent >= OF_NOTE


@dataclass(frozen=True)
class Alert:
    """An alert from `first` to `last`, as places in the course. `troubles` are what it was about."""

    place: Place
    first: int
    last: int
    goes_on: bool
    began_before: bool
    levels: tuple[tuple[int, int], ...]
    troubles: tuple[Trouble, ...]

    @property
    def peak(self) -> str:
        """The highest level."""
        return str(LEVELS[max(level for _, level in self.levels)])

    @property
    def spent(self) -> float | None:
        """What its troubles cost."""
        known = [each.spent for each in self.troubles if each.spent is not None]
        return sum(known) if known or not self.place.promise.parts else None

    @property
    def false(self) -> bool | None:
        """Whether it cleared without a loss of note; None where that can't be said."""
        if self.began_before or self.spent is None:
            return None
        if self.peak == "Exhausted" or self.spent >= OF_NOTE:
            return False
        return None if self.goes_on else True

    @property
    def detection(self) -> int | None:
        """Milliseconds from the beginning of the trouble to the alert."""
        if self.began_before or not self.troubles:
            return None
        begins = self.place.time(self.troubles[0].first) - self.place.course.tape.bucket
        return max(0, self.place.time(self.first) - begins)

    @property
    def reset(self) -> int | None:
        """Milliseconds from the end of the trouble to that of the alert."""
        if self.goes_on or not self.troubles:
            return None
        return max(0, self.place.time(self.last + 1) - self.place.time(self.troubles[-1].last))


@dataclass(frozen=True)
class Findings:
    """Everything of all courses, in order of time."""

    alerts: tuple[Alert, ...]
    troubles: tuple[Trouble, ...]


def places(courses: Iterable[Course]) -> Iterator[Place]:
    """Every promise that is somebody's: not the parts of composites, which are judged for them alone."""
    for course in courses:
        for at, promise in enumerate(course.tape.promises):
            if promise.part is None:
                yield Place(course, at)


def find(courses: Sequence[Course]) -> Findings:
    """All alerts and troubles."""
    alerts, troubles = list[Alert](), list[Trouble]()
    for place in places(courses):
        there = troubles_of(place)
        mine = list(_alerts(place, there))
        alerts.extend(mine)
        troubles.extend(replace(each, found=any(_about(alert, each) for alert in mine)) for each in there)
    alerts.sort(key=lambda each: (each.place.time(each.first), each.place.promise.contract))
    troubles.sort(key=lambda each: (each.place.time(each.first), each.place.promise.contract))
    return Findings(tuple(alerts), tuple(troubles))


def carried(course: Course, at: int) -> Codes:
    """The level at every bucket; while it is Unknown, the one before: an alert goes on through a gap."""
    known = course.unknown[at] == 0
    newest = np.maximum.accumulate(np.where(known, np.arange(len(known)), -1))
    levels: Codes = np.where(newest >= 0, course.shown[at][np.maximum(newest, 0)], 0).astype(np.int8)
    return levels


def _alerts(place: Place, troubles: Sequence[Trouble]) -> Iterator[Alert]:
    levels = carried(place.course, place.at)
    buckets = len(levels)
    for first, last in runs(levels > 0):
        one = Alert(place, first, last, last == buckets - 1, first == 0, _changes(levels, first, last), ())
        yield replace(one, troubles=tuple(each for each in troubles if _about(one, each)))


def _changes(levels: Codes, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """(place, level) at the beginning and wherever it changed."""
    stretch = levels[first : last + 1]
    at = [0, *(np.flatnonzero(np.diff(stretch)) + 1).tolist()]
    return tuple((first + each, int(stretch[each])) for each in at)


def _about(alert: Alert, trouble: Trouble) -> bool:
    """Whether the alert was shown while it lasted, or before the next one would be another trouble."""
    soon = _APART // alert.place.course.tape.bucket
    return trouble.first <= alert.last and trouble.last + soon >= alert.first


def troubles_of(place: Place) -> list[Trouble]:
    """Every stretch in which it burned, in order; short pauses belong to it."""
    course = place.course
    apart = max(1, _APART // course.tape.bucket)
    buckets = course.tape.span.judged
    found = []
    for first, last in _joined(runs(course.burning[place.at]), apart):
        found.append(Trouble(place, first, last, place.spent(first, last), last == buckets - 1))
    return found


def _joined(found: Runs, apart: int) -> Runs:
    joined: Runs = []
    for first, last in found:
        if joined and first - joined[-1][1] <= apart:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def runs(flags: Flags) -> Runs:
    """(first, last) of each unbroken run."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(first), int(end) - 1) for first, end in zip(edges[::2], edges[1::2], strict=True)]
