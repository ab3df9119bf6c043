"""Counts of one objective, window by window, put where the engine puts them, and judged by the product."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from autonomic.domain.budgets import Assessment
from autonomic.domain.objectives import Objective
from autonomic.domain.readings import Unknown
from autonomic.domain.units import milliseconds
from autonomic.domain.words import Level
from autonomic.slo.assess import assess
from autonomic.slo.cohort import Cohort
from autonomic.slo.counting import milliseconds_of
from autonomic.slo.indicators import Options, measure
from autonomic.slo.promises import Group, Promise
from autonomic.slo.verdicts import LEVELS, judge
from tests.unit.domain.specimens import NAMESPACE, NOW, objective

Counts = tuple[float, float]
"""Bad and total."""

OPTIONS = Options(namespace=NAMESPACE, tenant_label=None, free_queries=True, contract="agent")
NOTHING: Counts = (0, 0)


def promised(group: Group = (), maintenance: tuple[Any, ...] = (), **more: Any) -> Promise:
    """The promise of an objective of shop/agent; `more` is of the objective."""
    each = Objective.model_validate(objective(**more))
    return Promise(f"{NAMESPACE}/agent", each, measure(each, OPTIONS), maintenance, group)


def cohort_of(*promises: Promise, at: datetime = NOW) -> Cohort:
    """A cohort in which every promise has a sample just now, a history without beginning, and counted nothing."""
    cohort = Cohort(promises[0].schedule, None)
    cohort.hold(promises)
    cohort.at = milliseconds_of(at)
    cohort.windows = {window: np.zeros((2, len(promises))) for window in cohort.schedule.windows}
    cohort.period = np.zeros((2, len(promises)))
    cohort.newest = np.full(len(promises), float(cohort.at))
    cohort.born = np.full(len(promises), -np.inf)
    return cohort


def counted(cohort: Cohort, counts: Mapping[str, Counts], at: int = 0) -> Cohort:
    """The cohort with these counts of the promise at that place; of the period's length is the period."""
    rolling = cohort.schedule.rolling
    for window, pair in counts.items():
        length = milliseconds(window)
        if length == rolling:
            cohort.period[:, at] = pair
        if length in cohort.windows:
            cohort.windows[length][:, at] = pair
    return cohort


def judged(
    counts: Mapping[str, Counts],
    *,
    problem: Unknown | None = None,
    sample: bool = True,
    born: bool = True,
    age: timedelta | None = None,
    group: Group = (),
    shown: Level | None = None,
    now: datetime = NOW,
    anchored: bool = True,
    **more: Any,
) -> Assessment:
    """The assessment of an objective with these counts; `shown` is a level that hysteresis keeps.

    `sample` within the look-back, `born`: there was ever one, `age` of the first.
    """
    cohort = counted(cohort_of(promised(group, **more), at=now), counts)
    if problem:
        cohort.problems = {0: problem}
    if age is not None:
        cohort.born[0] = cohort.at - age / timedelta(milliseconds=1)
    if not born:
        cohort.born[0] = np.inf
    if not sample:
        cohort.newest[0] = np.nan
    cohort.verdicts = judge(cohort.terms, cohort.figures)
    cohort.shown = np.maximum(cohort.verdicts.level, LEVELS.index(shown)).astype(np.int8)
    return assess(cohort, cohort.verdicts, 0, anchored=anchored)
