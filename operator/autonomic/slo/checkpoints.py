"""Checkpoints: totals of whole days that the server is about to forget, kept in the contract's status."""

from datetime import timedelta
from decimal import Decimal

from autonomic.domain.contracts import Checkpoint
from autonomic.slo.cohort import Cohort
from autonomic.slo.counting import moment
from autonomic.slo.verdicts import decimal

DAY = 86_400_000
_MOST = 366


def checkpoint(cohort: Cohort, at: int, retention: timedelta) -> Checkpoint | None:
    """The unbroken row of newest days of a promise; None where the server remembers its whole period, or of a group."""
    promise, ledger = cohort.promises[at], cohort.ledger
    if ledger is None or promise.group or timedelta(milliseconds=promise.objective.period) <= retention:
        return None
    newest = max(ledger.days, default=None)
    if newest is None or not ledger.ready[at]:
        return None
    days: list[str] = []
    while newest - len(days) in ledger.days and len(days) < _MOST:
        bad, total = ledger.days[newest - len(days)][:, at]
        days.append(f"{_plain(bad)}/{_plain(total)}")
    return Checkpoint(through=moment((newest + 1) * DAY), days=tuple(days))


def remembered(kept: Checkpoint | None) -> dict[int, tuple[Decimal, Decimal]]:
    """Bad and total of each day, by its number from the epoch."""
    if kept is None:
        return {}
    newest = round(kept.through.timestamp() * 1000) // DAY - 1
    return {newest - back: _pair(day) for back, day in enumerate(kept.days)}


def _pair(day: str) -> tuple[Decimal, Decimal]:
    bad, _, total = day.partition("/")
    return Decimal(bad), Decimal(total)


def _plain(value: float) -> str:
    """Short enough for the status. Sums of ratios that were put right may end a hair below nothing."""
    return format(decimal(max(0.0, round(float(value), 9))), "f")
