"""When the loops are turned: where an alert changes, and now and then for as long as something burns under one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from autonomic.backtest.alerts import carried, places, runs
from autonomic.backtest.course import Course
from autonomic.slo.ledger import Flags
from autonomic.slo.verdicts import Codes

LOOK_AGAIN = 900_000
"""Milliseconds. What burns on is looked at again: a freeze may have ended, or office hours may have begun."""

Moments = Mapping[int, frozenset[str]]
"""Milliseconds since the epoch, in order, and which contracts are to be judged then."""


def moments(courses: Iterable[Course]) -> Moments:
    """The moments of all courses."""
    found: dict[int, set[str]] = defaultdict(set)
    for place in places(courses):
        tape, levels = place.course.tape, carried(place.course, place.at)
        acute = (levels > 0) & place.course.burning[place.at]
        known = (place.course.unknown[place.at] == 0).astype(np.int8)
        state = np.where(levels > 0, levels * 8 + acute * 4 + known * 2, 0) + incidents(
            levels, place.course.calm[place.at]
        )
        changed = np.flatnonzero(np.diff(state, prepend=0))
        times = (tape.span.first + np.arange(len(state))) * tape.bucket
        again = np.flatnonzero(acute & (times % LOOK_AGAIN < tape.bucket))
        for at in np.union1d(changed, again).tolist():
            found[int(times[at])].add(place.promise.contract)
    return {at: frozenset(found[at]) for at in sorted(found)}


def incidents(levels: Codes, calm: Flags) -> Flags:
    """Where an incident goes on: an alert begins it, a calm fast tier ends it."""
    ongoing = np.zeros(len(levels), np.bool_)
    for first, last in runs(~calm):
        begins = np.flatnonzero(levels[first : last + 1])
        if len(begins):
            ongoing[first + int(begins[0]) : last + 1] = True
    return ongoing
