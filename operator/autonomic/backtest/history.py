"""What a twin is shown of the past: figures of contracts from tapes, and answers to queries as of its own time."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from autonomic.backtest.course import Course
from autonomic.domain.readings import Abilities, Matrix, Question, RangeQuestion, Unknown, Vector
from autonomic.domain.servers import DEFAULT
from autonomic.loops.vetoes import SCARCE
from autonomic.ports.metrics import Metrics
from autonomic.slo.cohort import Cohort
from autonomic.slo.counting import milliseconds_of
from autonomic.slo.promises import Promise
from autonomic.slo.verdicts import LEVELS

_BORDERS = "count by (le) ("
_SURELY, _LITTLE = float(SCARCE) - 0.01, float(SCARCE) + 0.01
"""Shares of a budget: what is scarce for sure, and what may be, since a status is rounded."""
_Key = tuple[object, ...]


class Past:
    """Sets the figures of a cohort as they were at its moment."""

    def __init__(self, courses: Sequence[Course]) -> None:
        self._places: Mapping[_Key, tuple[Course, int]] = {
            _key(promise): (course, at) for course in courses for at, promise in enumerate(course.tape.promises)
        }

        self._of: dict[str, list[tuple[Course, int]]] = {}
        for course in courses:
            for at, promise in enumerate(course.tape.promises):
                if promise.part is None:
                    self._of.setdefault(promise.contract, []).append((course, at))

    def troubles(self, contract: str, at: datetime) -> tuple[object, ...]:
        """What of its objectives may hold up what saves: levels, what is Unknown, what has little left; as marks to compare."""
        found = (_trouble(course, place, milliseconds_of(at)) for course, place in self._of.get(contract, ()))
        return tuple((nth, each) for nth, each in enumerate(found) if each)

    def show(self, cohort: Cohort) -> None:
        """As `SloEngine.given` wants it. What was not recorded is Unknown."""
        number, bucket = len(cohort.promises), cohort.at // cohort.schedule.bucket
        cohort.windows = {window: np.zeros((2, number)) for window in cohort.schedule.windows}
        cohort.period, cohort.problems = np.zeros((2, number)), {}
        cohort.newest, cohort.born = np.full(number, np.nan), np.full(number, np.inf)
        for at, promise in enumerate(cohort.promises):
            found = self._places.get(_key(promise))
            if found is None or not 0 <= bucket - found[0].tape.span.first < found[0].tape.span.judged:
                cohort.problems[at] = Unknown("NotRecorded", "nothing was recorded of it at that time")
            else:
                _show(cohort, at, *found, bucket)


def _show(cohort: Cohort, at: int, course: Course, place: int, bucket: int) -> None:
    tape = course.tape
    windows, cohort.period[:, at] = tape.moment(place, bucket)
    for window, counts in windows.items():
        cohort.windows[window][:, at] = counts
    column = bucket - tape.span.first
    cohort.newest[at] = cohort.at if tape.there[place, column] else np.nan
    cohort.born[at] = tape.age(place, bucket)
    trouble = tape.trouble(place, bucket)
    if trouble:
        cohort.problems[at] = trouble
    # It remembers nothing between two moments, and so is told what it would have shown.
    level = LEVELS[int(course.shown[place, column])]
    cohort.hysteresis.resume(at, level, cohort.at + int(cohort.terms.kept[at]))


def _trouble(course: Course, place: int, at: int) -> object:
    tape, promise = course.tape, course.tape.promises[place]
    bucket = at // tape.bucket
    column = bucket - tape.span.first
    if promise.parts or not 0 <= column < tape.span.judged:
        return at  # told anew at each look: it has no events of its own
    unknown, level = int(course.unknown[place, column]), int(course.shown[place, column])
    bad, total = tape.moment(place, bucket)[1]
    allowed = float(1 - promise.objective.ratio_target) * float(total)
    left = 1 - float(bad) / allowed if allowed else 0.0
    little = round(max(left, _SURELY), 3) if left <= _LITTLE else None
    return (unknown, level, little) if unknown or level or little is not None else None


def _key(promise: Promise) -> _Key:
    return promise.contract, promise.objective.name, promise.group, promise.part, promise.schedule


class PastMetrics:
    """A `Metrics` for a twin: a query is asked of who stands behind, as of its time; what never changes is asked once."""

    def __init__(self, behind: Metrics) -> None:
        self._behind = behind
        self._abilities: dict[str, Abilities] = {}

    @property
    def servers(self) -> tuple[str, ...]:
        """Those of what stands behind."""
        return self._behind.servers

    async def query(self, question: Question) -> Vector:
        """Of that time. Borders of histograms were looked at when the history was read. Raises Invalid, Unavailable."""
        if question.expr.startswith(_BORDERS):
            return Vector(())
        return await self._behind.query(question)

    async def query_range(self, question: RangeQuestion) -> Matrix:
        """Of those times. Raises Invalid, Unavailable."""
        return await self._behind.query_range(question)

    async def mistake(self, expr: str, server: str = DEFAULT) -> str | None:  # noqa: ARG002 - checked when history was read
        """None: what has one is not replayed."""
        return None

    async def abilities(self, server: str = DEFAULT) -> Abilities:
        """What the server can do. Raises Unavailable."""
        if server not in self._abilities:
            self._abilities[server] = await self._behind.abilities(server)
        return self._abilities[server]
