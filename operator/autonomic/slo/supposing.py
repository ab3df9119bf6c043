"""Figures that are supposed instead of counted: a share of failed events that has lasted for so long, and one before it.

They go where counted ones go, so that budgets, alerts and levels follow as they always do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autonomic.domain.readings import Unknown
from autonomic.slo.cohort import Cohort
from autonomic.slo.ledger import Floats
from autonomic.slo.promises import Promise, Schedule

ENOUGH = 1_000_000.0
"""Events in a period, unless somebody says how many: so many that none of the bounds on few events is met by chance."""


@dataclass(frozen=True, slots=True)
class Supposed:
    """Of one objective: `ratio` of its events failed in the last `lasting` milliseconds, `before` of those earlier.

    `lasting` None is the longest window of its alerts. `events` are those of a whole period, spread evenly; None are enough.
    """

    ratio: float
    before: float = 0.0
    lasting: int | None = None
    events: float | None = None


Figures = Mapping[str, Mapping[str, Supposed]]
"""By contract (`namespace/name`), and by objective; the objective "" is for all others of the contract."""


def suppose(cohort: Cohort, figures: Figures) -> None:
    """Sets the cohort's figures. What nothing is supposed of is Unknown."""
    number, schedule = len(cohort.promises), cohort.schedule
    period = schedule.rolling or (cohort.reach(cohort.promises[0]) if number else 1)
    found = [_of(each, figures) for each in cohort.promises]
    spread = _Spread(cohort, found, period)
    cohort.windows = {window: spread.counts(window) for window in schedule.windows}
    cohort.period = spread.counts(period)
    cohort.newest = np.full(number, float(cohort.at))
    cohort.born = np.full(number, -np.inf)
    missing = [at for at, each in enumerate(found) if each is None and not cohort.promises[at].parts]
    cohort.problems = {at: Unknown("NotSupposed", "no figures were given for it") for at in missing}


class _Spread:
    """What is supposed of each promise, as arrays: events that are spread evenly over a period of that length."""

    def __init__(self, cohort: Cohort, found: Sequence[Supposed | None], period: int) -> None:
        longest = max((each.long for each in cohort.schedule.tiers), default=period)
        rows = [
            (each.ratio, each.before, each.lasting or longest, _events(each, promise, cohort.schedule, period))
            if each
            else (0.0, 0.0, longest, 0.0)
            for each, promise in zip(found, cohort.promises, strict=True)
        ]
        self._ratio, self._before, self._lasting, self._events = np.array(rows, np.float64).reshape(-1, 4).T
        self._period = period

    def counts(self, window: int) -> Floats:
        """Bad and total of that window, (2, promises); whole numbers, as events are."""
        lasting = np.minimum(self._lasting, window) / window
        total = self._events * window / self._period
        bad = total * (self._ratio * lasting + self._before * (1 - lasting))
        return np.rint(np.stack((bad, total)))


def _of(promise: Promise, figures: Figures) -> Supposed | None:
    ours = figures.get(promise.contract, {})
    return ours.get(promise.objective.name) or ours.get("")


def _events(supposed: Supposed, promise: Promise, schedule: Schedule, period: int) -> float:
    """Events of a whole period; slices where slices are counted, of which there are as many as fit."""
    if schedule.budgeting != "Occurrences":
        return period / schedule.bucket
    if supposed.events is not None:
        return supposed.events
    shortest = min((each.short for each in schedule.tiers), default=period)
    return max(ENOUGH, 2 * promise.objective.least * period / shortest)
