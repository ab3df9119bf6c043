"""Decisions whose outcome is awaited, of one route: in order, bounded, and expiring as unknown, never as a failure."""

from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple

from autonomic.cycle.routing.refusals import SecondOutcome, UnknownDecision

MOST_OPEN = 50_000
"""Decisions of one route that are awaited at once; beyond it the oldest expires."""
REMEMBERED = 50_000
"""Answered decisions, at least, of which a second outcome is told from one that was never asked for."""


class Awaited(NamedTuple):
    """A decision: what was chosen for which kind of task, and when it expires, in monotonic seconds.

    `propensity` is how likely that was; 0 where the task's own demands narrowed the choice, of which no estimate can speak.
    """

    task_type: str
    candidate: str
    expires: float
    propensity: float


@dataclass
class OpenDecisions:
    """By number, which only rises. All of a route expire after the same time, so the oldest goes first."""

    _open: dict[int, Awaited] = field(default_factory=dict)
    _answered: set[int] = field(default_factory=set)
    _answered_before: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self._open)

    def add(self, number: int, awaited: Awaited) -> Awaited | None:
        """Awaits its outcome. Returns the oldest where there was no room: it is unknown now."""
        self._open[number] = awaited
        return self._open.pop(next(iter(self._open))) if len(self._open) > MOST_OPEN else None

    def take(self, number: int, decision_id: str) -> Awaited:
        """The decision, which is answered now. Raises SecondOutcome, UnknownDecision."""
        awaited = self._open.pop(number, None)
        if awaited is None:
            if number in self._answered or number in self._answered_before:
                raise SecondOutcome(f"decisionId: {decision_id!r} has its outcome: tell each once")
            raise UnknownDecision(
                f"decisionId: {decision_id!r} is not awaited: it expired (and counts as unknown), or was never made"
            )
        self._answered.add(number)
        if len(self._answered) >= REMEMBERED:
            self._answered, self._answered_before = set(), self._answered
        return awaited

    def expire(self, now: float) -> list[Awaited]:
        """Forgets what nobody told the outcome of in time, oldest first; returns it."""
        late = list(takewhile(lambda each: each[1].expires <= now, self._open.items()))
        for number, _ in late:
            del self._open[number]
        return [awaited for _, awaited in late]
