"""From answers to an assessment: what counts as known, and what never acts."""

from decimal import Decimal

import pytest

from autonomic.domain.budgets import Count, ErrorBudget
from autonomic.domain.readings import Absent, Known, Reading, Unknown
from autonomic.domain.words import Level
from tests.unit.domain.specimens import FAST, NOW, SLOW
from tests.unit.slo.answering import NOTHING, counted, judged

WELL = {"28d": counted(10, 100_000), "1h": counted(0, 1000), "5m": counted(0, 100)}
BURNING = {"28d": counted(10, 100_000), "1h": counted(100, 1000), "5m": counted(10, 100)}


def test_both_windows_above_the_factor_are_a_breach() -> None:
    seen = judged(BURNING)
    assert seen.level is Level.BREACH
    assert seen.tiers[0].fires is True
    assert isinstance(seen.budget, ErrorBudget)
    assert seen.budget.remaining == 1 - Decimal(10) / 500


@pytest.mark.parametrize("calm", ["1h", "5m"])
def test_one_calm_window_keeps_a_tier_from_firing(calm: str) -> None:
    assert judged({**BURNING, calm: counted(0, 1000)}).level is None


def test_a_tier_at_exactly_its_threshold_does_not_fire() -> None:
    exactly = {"28d": counted(0, 100_000), "1h": counted(72, 1000), "5m": counted(72, 1000)}
    assert judged(exactly).tiers[0].fires is False
    above = {**exactly, "1h": counted(73, 1000), "5m": counted(73, 1000)}
    assert judged(above).tiers[0].fires is True


def test_absent_errors_beside_present_traffic_are_zero_errors() -> None:
    seen = judged({window: (Absent(), total) for window, (_, total) in WELL.items()})
    assert seen.unknown is None
    assert isinstance(seen.budget, ErrorBudget)
    assert seen.budget.count.bad == 0


UNKNOWN = [
    Unknown("NotANumber", "NaN"),
    Unknown("SeveralSeries", "2 series"),
    Unknown("QueryWarning", "warned"),
    Unknown("MetricsUnavailable", "down"),
]


@pytest.mark.parametrize("why", UNKNOWN, ids=lambda why: why.reason)
@pytest.mark.parametrize("place", [0, 1], ids=["bad", "total"])
def test_a_budget_that_can_t_be_read_is_unknown_and_has_no_level(why: Unknown, place: int) -> None:
    period = list(WELL["28d"])
    period[place] = why
    seen = judged({**BURNING, "28d": (period[0], period[1])})
    assert seen.unknown == why
    assert seen.level is None


@pytest.mark.parametrize("why", UNKNOWN, ids=lambda why: why.reason)
@pytest.mark.parametrize("window", ["1h", "5m"])
def test_a_window_that_can_t_be_read_does_not_fire_its_tier(why: Unknown, window: str) -> None:
    seen = judged({**BURNING, window: (Known(Decimal(1000)), why)})
    assert seen.tiers[0].fires is None
    assert seen.level is None


@pytest.mark.parametrize(
    ("newest", "reason"),
    [
        (Absent(), "NoData"),
        (Known(Decimal(int(NOW.timestamp()) - 301)), "Stale"),
        (Unknown("NotANumber", "NaN"), "NotANumber"),
    ],
)
def test_without_a_fresh_sample_nothing_is_known(newest: Reading, reason: str) -> None:
    seen = judged(BURNING, newest=newest)
    assert seen.unknown is not None
    assert seen.unknown.reason == reason
    assert seen.level is None


def test_a_sample_of_exactly_five_minutes_is_fresh_enough() -> None:
    assert judged(BURNING, newest=Known(Decimal(int(NOW.timestamp()) - 300))).level is Level.BREACH


def test_a_period_without_traffic_is_unknown() -> None:
    seen = judged({**WELL, "28d": NOTHING})
    assert seen.unknown is not None
    assert seen.unknown.reason == "NoData"


@pytest.mark.parametrize(("total", "known"), [(99, False), (100, True)])
def test_fewer_events_than_min_events_are_unknown(total: int, known: bool) -> None:
    seen = judged({**WELL, "28d": counted(99, total)}, minEvents=100)
    assert (seen.unknown is None) == known
    assert (seen.level is Level.EXHAUSTED) == known


def test_too_few_events_in_the_long_window_keep_its_tier_from_firing() -> None:
    assert judged({**BURNING, "1h": counted(99, 99)}, minEvents=100).tiers[0].fires is None


@pytest.mark.parametrize("history", [Absent(), Unknown("NotANumber", "NaN")])
def test_a_tier_longer_than_the_history_does_not_fire(history: Reading) -> None:
    seen = judged(BURNING, history={"1h": history})
    assert seen.tiers[0].fires is None
    assert isinstance(seen.tiers[0].long, Unknown)
    assert seen.tiers[0].long.reason == "ShortHistory"
    assert seen.level is None


def test_a_short_tier_fires_while_a_long_one_has_no_history() -> None:
    counts = {**BURNING, "1d": counted(100, 1000), "2h": counted(100, 1000)}
    seen = judged(counts, history={"1d": Absent()}, alerting={"windows": [FAST, SLOW]})
    assert [each.fires for each in seen.tiers] == [True, None]
    assert seen.level is Level.BREACH


def test_what_happens_now_is_read_from_the_shortest_window() -> None:
    counts = {**BURNING, "1d": counted(1, 1000), "2h": counted(2, 1000)}
    now = judged(counts, alerting={"windows": [SLOW, FAST]}).shortest
    assert isinstance(now, Count)
    assert now.window == "5m"
