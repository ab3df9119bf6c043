"""Metrics that answer what they were told to answer."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import numpy as np

from autonomic.domain.errors import AutonomicError, Invalid
from autonomic.domain.readings import Abilities, Matrix, Question, RangeQuestion, Sample, Series, Vector
from autonomic.domain.servers import DEFAULT, unknown

Answer = Vector | AutonomicError
Script = Callable[[str, datetime], Answer]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class MemoryMetrics:
    """A `Metrics` that answers from a mapping of expressions, or from a function of expression and time.

    An expression that the mapping lacks has no series. A range is what the instant answers at its steps are. An answer that is
    an error is raised. `failure`, while it is set, is raised whatever is asked. `can` is what `abilities` says, `mistakes` what
    `mistake` says of an expression. `asked` and `asked_ranges` hold every question, in order. It is every server of `servers`.
    """

    def __init__(self, answers: Mapping[str, Answer] | Script) -> None:
        self._answer: Script = answers if callable(answers) else lambda expr, _: answers.get(expr, Vector(samples=()))
        self.servers: tuple[str, ...] = (DEFAULT,)
        self.can = Abilities(anchored=True)
        self.mistakes: dict[str, str] = {}
        self.failure: AutonomicError | None = None
        self.asked: list[Question] = []
        self.asked_ranges: list[RangeQuestion] = []

    async def query(self, question: Question) -> Vector:
        """The scripted vector."""
        self._check(question.server)
        self.asked.append(question)
        return self._answered(question.expr, question.at)

    async def query_range(self, question: RangeQuestion) -> Matrix:
        """The scripted vectors at each step, as series."""
        self._check(question.server)
        self.asked_ranges.append(question)
        vectors = {at: self._answered(question.expr, at) for at in _steps(question)}
        warnings = dict.fromkeys(warning for vector in vectors.values() for warning in vector.warnings)
        return Matrix(tuple(_series(vectors)), tuple(warnings))

    async def mistake(self, expr: str, server: str = DEFAULT) -> str | None:
        """What `mistakes` has for it."""
        self._check(server)
        self._fail()
        return self.mistakes.get(expr)

    async def abilities(self, server: str = DEFAULT) -> Abilities:
        """What `can` is."""
        self._check(server)
        self._fail()
        return self.can

    def _check(self, server: str) -> None:
        if server not in self.servers:
            raise Invalid(unknown("server", server, self.servers))

    def _answered(self, expr: str, at: datetime) -> Vector:
        self._fail()
        answer = self._answer(expr, at)
        if isinstance(answer, AutonomicError):
            raise answer
        return answer

    def _fail(self) -> None:
        if self.failure:
            raise self.failure


def _steps(question: RangeQuestion) -> Iterator[datetime]:
    at = question.start
    while at <= question.end:
        yield at
        at += question.step


def _series(vectors: Mapping[datetime, Vector]) -> Iterator[Series]:
    found: dict[frozenset[tuple[str, str]], list[tuple[int, Sample]]] = {}
    for at, vector in vectors.items():
        for sample in vector.samples:
            found.setdefault(frozenset(sample.labels.items()), []).append(((at - _EPOCH) // _MILLISECOND, sample))
    for points in found.values():
        values = np.array([float(sample.value) for _, sample in points], np.float64)
        yield Series(points[0][1].labels, np.array([time for time, _ in points], np.int64), values)
