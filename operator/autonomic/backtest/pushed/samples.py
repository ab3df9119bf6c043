"""Series of history, looked at minute by minute: most are there for a while only, and so are kept where they are."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from autonomic.backtest.cures import STEP, pieces
from autonomic.domain.errors import Unavailable
from autonomic.domain.readings import RangeQuestion
from autonomic.ports.metrics import Metrics
from autonomic.slo.counting import milliseconds_of, moment
from autonomic.slo.ledger import Floats, Ints

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Row:
    """One set of labels: at which looks it was there, in order, and its values."""

    at: Ints
    values: Floats

    def get(self, look: int) -> float:
        """The value at that look; NaN where it was not there."""
        place = int(np.searchsorted(self.at, look))
        return float(self.values[place]) if place < len(self.at) and self.at[place] == look else float("nan")


NOTHING = Row(np.zeros(0, np.int64), np.zeros(0))


@dataclass
class Samples:
    """Looks are `number`, the first at `first` (milliseconds). Labels are without the metric's name."""

    first: int
    number: int
    rows: dict[Labels, Row] = field(default_factory=dict)

    def time(self, at: int) -> datetime:
        """When that look was."""
        return moment(self.first + at * STEP)


async def samples(metrics: Metrics, expr: str, span: tuple[datetime, datetime], server: str) -> Samples:
    """All of them, in pieces. Raises Invalid, Unavailable."""
    first = milliseconds_of(span[0]) // STEP * STEP
    made = Samples(first, (milliseconds_of(span[1]) - first) // STEP + 1)
    for start, end in pieces(moment(first), span[1]):
        found = await metrics.query_range(RangeQuestion(expr, start, end, timedelta(milliseconds=STEP), server=server))
        if found.warnings:
            raise Unavailable(found.warnings[0])
        for series in found.series:
            key = tuple(sorted((name, value) for name, value in series.labels.items() if name != "__name__"))
            known, at = made.rows.get(key, NOTHING), (series.times - first) // STEP
            made.rows[key] = Row(np.concatenate((known.at, at)), np.concatenate((known.values, series.values)))
    return made
