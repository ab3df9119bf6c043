"""The questions an objective needs answered: for each window bad and total events, and whether there is data at all.

`increase(x[w] anchored)` counts the recorded events of a window exactly, resets included (Prometheus 3.16 and later; asked
of the server once). Where it is missing, plain `increase` extrapolates and the status says Approximate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from autonomic.domain.contracts import Objective
from autonomic.domain.promql import canonical
from autonomic.domain.readings import Question
from autonomic.domain.units import milliseconds, seconds

_LONGEST_PROBE = 3_600_000


@dataclass(frozen=True, slots=True)
class CountQuestions:
    """Bad and total events of one window."""

    window: str
    bad: Question
    total: Question


@dataclass(frozen=True, slots=True)
class ObjectiveQuestions:
    """Everything asked about one objective at one time."""

    at: datetime
    newest: Question
    counts: dict[str, CountQuestions]
    history: dict[str, Question]

    def every(self) -> Iterable[Question]:
        """All questions."""
        yield self.newest
        for count in self.counts.values():
            yield from (count.bad, count.total)
        yield from self.history.values()


def evaluation_time(now: datetime, resolution: str, ingestion_delay: timedelta) -> datetime:
    """The last moment on the grid of `resolution` (aligned to the epoch) that lies `ingestion_delay` in the past."""
    grid = milliseconds(resolution)
    lagged = round((now - ingestion_delay).timestamp() * 1000)
    return datetime.fromtimestamp(lagged // grid * grid / 1000, tz=now.tzinfo)


def ask_about(objective: Objective, at: datetime, *, exact: bool) -> ObjectiveQuestions:
    """The questions for one objective at one time. Raises Invalid when a selector is not one."""
    bad = canonical(objective.indicator.ratio.bad, "indicator.ratio.bad")
    total = canonical(objective.indicator.ratio.total, "indicator.ratio.total")
    windows = dict.fromkeys(_windows(objective))
    return ObjectiveQuestions(
        at=at,
        newest=Question(f"max(timestamp({total}))", at),
        counts={window: _count(bad, total, window, at, exact=exact) for window in windows},
        history={tier.long: _history(total, tier.long, at) for tier in objective.alerting.windows},
    )


def count_questions(objective: Objective, window: str, at: datetime, *, exact: bool) -> CountQuestions:
    """Bad and total events of one window that ends at `at`."""
    bad = canonical(objective.indicator.ratio.bad, "indicator.ratio.bad")
    total = canonical(objective.indicator.ratio.total, "indicator.ratio.total")
    return _count(bad, total, window, at, exact=exact)


def _windows(objective: Objective) -> Iterable[str]:
    for tier in objective.alerting.windows:
        yield from (tier.long, tier.short)
    yield objective.window.rolling


def _count(bad: str, total: str, window: str, at: datetime, *, exact: bool) -> CountQuestions:
    range_ = f"[{window}] anchored" if exact else f"[{window}]"
    return CountQuestions(
        window,
        Question(f"sum(increase({bad}{range_}))", at),
        Question(f"sum(increase({total}{range_}))", at),
    )


def _history(total: str, window: str, at: datetime) -> Question:
    """Whether samples exist from before the window: a series younger than a window can't fill it."""
    probe = min(milliseconds(window), _LONGEST_PROBE)
    return Question(f"count(last_over_time({total}[{probe}ms] offset {window}))", at)


def tick(objective: Objective) -> float:
    """Seconds between two evaluations that can differ."""
    return seconds(objective.alerting.resolution)
