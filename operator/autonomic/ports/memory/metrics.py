"""Metrics that answer what they were told to answer."""

from collections.abc import Callable, Mapping
from datetime import datetime

from autonomic.domain.errors import AutonomicError
from autonomic.domain.readings import Question, Vector

Answer = Vector | AutonomicError
Script = Callable[[str, datetime], Answer]


class MemoryMetrics:
    """A `Metrics` that answers from a mapping of expressions, or from a function of expression and time.

    An expression that the mapping lacks has no series. An answer that is an error is raised. `failure`, while it is set,
    is raised whatever is asked. `exact` is what `counts_exactly` says. `asked` holds every question, in order.
    """

    def __init__(self, answers: Mapping[str, Answer] | Script, exact: bool = True) -> None:
        self._answer: Script = answers if callable(answers) else lambda expr, _: answers.get(expr, Vector(samples=()))
        self.exact = exact
        self.failure: AutonomicError | None = None
        self.asked: list[Question] = []

    async def query(self, expr: str, at: datetime) -> Vector:
        """The scripted vector."""
        self.asked.append(Question(expr, at))
        self._fail()
        answer = self._answer(expr, at)
        if isinstance(answer, AutonomicError):
            raise answer
        return answer

    async def counts_exactly(self) -> bool:
        """What `exact` says."""
        self._fail()
        return self.exact

    def _fail(self) -> None:
        if self.failure:
            raise self.failure
