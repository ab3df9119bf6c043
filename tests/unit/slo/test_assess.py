"""From a cohort's figures to an assessment: what counts as known, and what never acts."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from autonomic.domain.budgets import Count, ErrorBudget
from autonomic.domain.readings import Unknown
from autonomic.domain.words import Level
from tests.unit.domain.specimens import FAST, NOW, SLOW
from tests.unit.slo.answering import NOTHING, Counts, judged

WELL: dict[str, Counts] = {"28d": (10, 100_000), "1h": (0, 1000), "5m": (0, 100)}
BURNING: dict[str, Counts] = {"28d": (10, 100_000), "1h": (100, 1000), "5m": (10, 100)}


def test_both_windows_above_the_factor_are_a_breach() -> None:
    seen = judged(BURNING)
    assert seen.level is Level.BREACH
    assert seen.tiers[0].fires is True
    assert isinstance(seen.budget, ErrorBudget)
    assert seen.budget.remaining == 1 - Decimal(10) / 500
    assert seen.at == NOW


@pytest.mark.parametrize("calm", ["1h", "5m"])
def test_one_calm_window_keeps_a_tier_from_firing(calm: str) -> None:
    assert judged({**BURNING, calm: (0, 1000)}).level is None


def test_a_tier_at_exactly_its_threshold_does_not_fire() -> None:
    exactly: dict[str, Counts] = {"28d": (0, 100_000), "1h": (72, 1000), "5m": (72, 1000)}
    assert judged(exactly).tiers[0].fires is False
    assert judged({**exactly, "1h": (73, 1000), "5m": (73, 1000)}).tiers[0].fires is True


UNKNOWN = [
    Unknown("NotANumber", "NaN"),
    Unknown("SeveralSeries", "2 series"),
    Unknown("QueryWarning", "warned"),
    Unknown("MetricsUnavailable", "down"),
]


@pytest.mark.parametrize("why", UNKNOWN, ids=lambda why: why.reason)
def test_what_can_t_be_read_is_unknown_says_why_and_has_no_level(why: Unknown) -> None:
    seen = judged(BURNING, problem=why)
    assert seen.unknown == why
    assert seen.level is None
    assert [(each.fires, each.long, each.short) for each in seen.tiers] == [(None, why, why)]


def test_without_a_sample_within_the_look_back_nothing_is_known() -> None:
    seen = judged(BURNING, sample=False)
    assert seen.unknown == Unknown("Stale", "the newest sample is older than 5m")
    assert seen.level is None


def test_what_never_had_a_sample_has_no_data() -> None:
    seen = judged({}, sample=False, born=False, lookback="10m")
    assert seen.unknown == Unknown("NoData", "Prometheus has no sample of the total in the last 10m")


def test_a_period_without_traffic_is_unknown() -> None:
    seen = judged({**WELL, "28d": NOTHING})
    assert seen.unknown == Unknown("TooFewEvents", "0 events in 28d, 100 are needed")
    assert seen.exhausts_at is None


@pytest.mark.parametrize(("total", "known"), [(99, False), (100, True)])
def test_fewer_events_than_min_events_are_unknown(total: int, known: bool) -> None:
    seen = judged({**WELL, "28d": (99, total)}, minEvents=100)
    assert (seen.unknown is None) == known
    assert (seen.level is Level.EXHAUSTED) == known


def test_too_few_events_in_the_long_window_keep_its_tier_from_firing() -> None:
    tier = judged({**BURNING, "1h": (99, 99)}, minEvents=100).tiers[0]
    assert tier.fires is None
    assert tier.long == Unknown("TooFewEvents", "99 events in the last 1h, 100 are needed")


def test_one_event_is_enough_for_the_short_window_and_none_is_not() -> None:
    assert judged({**BURNING, "5m": (1, 1)}).tiers[0].fires is True
    assert judged({**BURNING, "5m": NOTHING}).tiers[0].fires is None


def test_a_tier_longer_than_the_history_does_not_fire() -> None:
    seen = judged(BURNING, age=timedelta(minutes=59))
    assert seen.tiers[0].fires is None
    assert isinstance(seen.tiers[0].long, Unknown)
    assert seen.tiers[0].long.reason == "ShortHistory"
    assert seen.level is None
    assert judged(BURNING, age=timedelta(hours=1)).level is Level.BREACH


def test_a_short_tier_fires_while_a_long_one_has_no_history() -> None:
    counts: dict[str, Counts] = {**BURNING, "1d": (100, 1000), "2h": (100, 1000)}
    seen = judged(counts, age=timedelta(hours=23), alerting={"windows": [FAST, SLOW]})
    assert [each.fires for each in seen.tiers] == [True, None]
    assert seen.level is Level.BREACH


def test_what_happens_now_is_read_from_the_shortest_window() -> None:
    counts: dict[str, Counts] = {**BURNING, "1d": (1, 1000), "2h": (2, 1000)}
    now = judged(counts, alerting={"windows": [SLOW, FAST]}).shortest
    assert isinstance(now, Count)
    assert now.window == "5m"


def test_a_history_that_is_shorter_than_the_period_is_told_and_a_longer_one_is_not() -> None:
    assert judged(WELL, age=timedelta(days=3)).history == timedelta(days=3)
    assert judged(WELL, age=timedelta(days=28)).history is None


def test_the_day_of_exhaustion_follows_from_the_fastest_long_window() -> None:
    steady = judged({**WELL, "28d": (250, 100_000), "1h": (10, 1000)})
    assert steady.exhausts_at == NOW + timedelta(days=7)  # half of 28 days is left, spent at twice the rate
    assert judged(WELL).exhausts_at is None
    assert judged({**WELL, "28d": (0, 100_000), "1h": (5, 1000)}).exhausts_at is None  # exactly a period away
    assert judged({**WELL, "28d": (500, 100_000), "1h": (5, 1000)}).exhausts_at is None  # spent already


def test_an_alert_that_outlives_its_tier_has_its_level_while_no_tier_fires() -> None:
    seen = judged(WELL, shown=Level.BREACH)
    assert (seen.level, [each.fires for each in seen.tiers]) == (Level.BREACH, [False])


def test_the_sources_are_the_queries_with_the_window_left_open() -> None:
    assert judged(WELL).sources == (
        'sum by (status) (increase(tasks_total{status="failed"}[$window] anchored))',
        "sum (increase(tasks_total[$window] anchored))",
    )
    assert judged(WELL, anchored=False).sources == (
        'sum by (status) (increase(tasks_total{status="failed"}[$window]))',
        "sum (increase(tasks_total[$window]))",
    )


def test_counts_are_exact_only_where_the_server_counts_recorded_events_of_selectors() -> None:
    assert judged(WELL).exact
    assert not judged(WELL, anchored=False).exact
    queries = {"bad": "sum(increase(b[$window]))", "total": "sum(increase(t[$window]))"}
    assert not judged(WELL, indicator={"ratioQuery": queries}).exact


def test_a_calendar_period_is_named_as_such_when_it_has_too_few_events() -> None:
    midday = datetime.fromisoformat("2025-06-18T12:00:00Z")
    seen = judged({}, now=midday, window={"calendar": {"unit": "Day"}}, alerting={"windows": [FAST]})
    assert seen.unknown == Unknown("TooFewEvents", "0 events in the period, 100 are needed")
