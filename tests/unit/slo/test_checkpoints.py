"""Checkpoints: which days are kept, and that what is read back is what was written."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.contracts import Checkpoint
from autonomic.slo.checkpoints import checkpoint, remembered
from autonomic.slo.cohort import Cohort
from autonomic.slo.ledger import Ledger
from autonomic.slo.promises import Group
from tests.unit.slo.answering import promised

SHORT = timedelta(days=15)
TODAY = 20_089
"""2025-01-01, as a number of days from the epoch."""


def cohort(days: dict[int, tuple[float, float]], group: Group = (), *, ready: bool = True) -> Cohort:
    """One promise over 28 days with these counts of whole days."""
    promise = promised(group)
    ledger = Ledger((1,))
    held = Cohort(promise.schedule, ledger)
    held.hold([promise])
    ledger.ready[:] = ready
    ledger.days = {day: np.array([[bad], [total]], np.float64) for day, (bad, total) in days.items()}
    return held


def test_days_are_kept_newest_first_up_to_their_end() -> None:
    made = checkpoint(cohort({TODAY - 1: (1, 20), TODAY - 2: (3, 40)}), 0, SHORT)
    assert made == Checkpoint(through=datetime(2025, 1, 1, tzinfo=UTC), days=("1/20", "3/40"))


def test_a_missing_day_ends_the_row() -> None:
    made = checkpoint(cohort({TODAY - 1: (1, 20), TODAY - 3: (3, 40)}), 0, SHORT)
    assert made is not None
    assert made.days == ("1/20",)


def test_nothing_is_kept_where_the_server_remembers_the_period() -> None:
    held = cohort({TODAY - 1: (1, 20)})
    assert checkpoint(held, 0, timedelta(days=28)) is None
    assert checkpoint(held, 0, timedelta(days=28) - timedelta(seconds=1)) is not None


def test_nothing_is_kept_of_a_group_of_what_is_not_counted_yet_or_without_a_ledger() -> None:
    days = {TODAY - 1: (1.0, 20.0)}
    assert checkpoint(cohort(days, (("tenant", "acme"),)), 0, SHORT) is None
    assert checkpoint(cohort(days, ready=False), 0, SHORT) is None
    assert checkpoint(cohort({}), 0, SHORT) is None
    direct = Cohort(promised().schedule, None)
    direct.hold([promised()])
    assert checkpoint(direct, 0, SHORT) is None


def test_no_more_days_are_kept_than_the_longest_period_has() -> None:
    made = checkpoint(cohort({TODAY - back: (0, 1) for back in range(400)}), 0, SHORT)
    assert made is not None
    assert len(made.days) == 366


numbers = st.integers(0, 10**15) | st.floats(0, 10**9).map(lambda value: round(value, 6))


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=40))
def test_what_is_remembered_is_what_was_kept(pairs: list[tuple[float, float]]) -> None:
    held = cohort({TODAY - back: pair for back, pair in enumerate(pairs)})
    made = checkpoint(held, 0, SHORT)
    assert made is not None
    read = remembered(Checkpoint.model_validate(made.wire()))
    assert {day: (float(bad), float(total)) for day, (bad, total) in read.items()} == {
        TODAY - back: (float(bad), float(total)) for back, (bad, total) in enumerate(pairs)
    }


def test_sums_of_ratios_are_kept_however_they_were_put_right() -> None:
    made = checkpoint(cohort({TODAY - 1: (0.1 + 0.2 - 0.3, 1440), TODAY - 2: (0.3 - 0.1 - 0.2, 7)}), 0, SHORT)
    assert made is not None
    assert made.days == ("0/1440", "0/7")


def test_nothing_kept_is_nothing_remembered() -> None:
    assert remembered(None) == {}
    kept = Checkpoint(through=datetime(2025, 1, 1, tzinfo=UTC), days=("1.5/20",))
    assert remembered(kept) == {TODAY - 1: (Decimal("1.5"), Decimal(20))}
