"""When playbooks are looked at: where what one of their queries compares begins or ceases to hold, and while it does."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from autonomic.backtest.moments import LOOK_AGAIN, Moments
from autonomic.domain.errors import AutonomicError
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.readings import Matrix, RangeQuestion
from autonomic.domain.triggers import PlaybookTrigger
from autonomic.domain.view import View
from autonomic.domain.words import Comparison
from autonomic.healing import matching
from autonomic.healing.judging import stranger
from autonomic.ports.metrics import Metrics
from autonomic.slo.counting import milliseconds_of
from autonomic.slo.ledger import Flags, Floats

PLAYBOOKS = frozenset(("playbook:",))
"""Whose moment it is where playbooks are looked at."""
STEP = 60_000
"""Milliseconds between two looks."""
_PIECE = timedelta(days=5)


@dataclass
class Cures:
    """The moments at which playbooks are looked at, and what can't be replayed of them."""

    moments: dict[int, frozenset[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


async def cures(metrics: Metrics, view: View, since: datetime) -> Cures:
    """Of all playbooks in the view, from `since` up to the view's time. Never raises: what fails is noted."""
    found = Cures()
    for key, playbook in sorted(view.playbooks.items()):
        asked = [each for each in playbook.spec.triggers if not each.pushed]
        if wrong := stranger(playbook, view):
            found.notes.append(f"playbook {key} is not replayed: {wrong}")
            continue
        try:
            for trigger in asked:
                found.moments |= await _of(trigger, playbook, metrics, view, since)
        except AutonomicError as error:
            found.notes.append(f"playbook {key} is not replayed: {error}")
    return found


def merged(one: Moments, other: Moments) -> Moments:
    """Both, in order."""
    both: dict[int, frozenset[str]] = defaultdict(frozenset)
    for moments in (one, other):
        for at, contracts in moments.items():
            both[at] |= contracts
    return {at: both[at] for at in sorted(both)}


async def _of(
    trigger: PlaybookTrigger, playbook: SelfHealingPlaybook, metrics: Metrics, view: View, since: datetime
) -> dict[int, frozenset[str]]:
    named = playbook.spec.target.from_signal
    by = named.label if named and trigger.per_target else None
    expr = matching.held(trigger, view.now, view.tenant(playbook.metadata.namespace), by).expr
    first = milliseconds_of(since)
    times = np.arange(first, milliseconds_of(view.now) + 1, STEP, dtype=np.int64)
    rows: list[Flags] = [np.zeros(len(times), np.bool_)]
    for start, end in pieces(since, view.now):
        question = RangeQuestion(expr, start, end, timedelta(milliseconds=STEP), server=trigger.server)
        rows.extend(_held(trigger, await metrics.query_range(question), first, len(times)))
    held: Flags = np.array(rows)
    if trigger.absent:
        there: Flags = np.logical_or.reduce(held, axis=0)
        held = ~there[None, :]
    changed = np.diff(held, prepend=False, axis=1).any(axis=0)
    again = held.any(axis=0) & (times % LOOK_AGAIN < STEP)
    return dict.fromkeys(times[changed | again].tolist(), PLAYBOOKS)


def pieces(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The looks from the one to the other, as many in one query as a server answers."""
    while since <= until:
        end = min(until, since + _PIECE - timedelta(milliseconds=STEP))
        yield since, end
        since = end + timedelta(milliseconds=STEP)


def _held(trigger: PlaybookTrigger, found: Matrix, first: int, number: int) -> Sequence[Flags]:
    """For each series, when it held."""
    rows = []
    for series in found.series:
        row = np.zeros(number, np.bool_)
        row[(series.times - first) // STEP] = True if trigger.absent else _compared(trigger, series.values)
        rows.append(row)
    return rows


def _compared(trigger: PlaybookTrigger, values: Floats) -> Flags:
    bound = float(Decimal(trigger.value or 0))
    return {
        Comparison.GT: values > bound,
        Comparison.GE: values >= bound,
        Comparison.LT: values < bound,
        Comparison.LE: values <= bound,
    }[trigger.op or Comparison.GT]
