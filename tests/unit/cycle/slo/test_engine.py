"""The engine over raw samples: whatever happened, it knows what an engine knows that counts everything from scratch."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autonomic.cycle.slo.engine import SloEngine, closed
from autonomic.domain.budgets import Count, ErrorBudget
from autonomic.domain.errors import Unavailable
from autonomic.domain.readings import Abilities, Unknown
from autonomic.domain.view import View
from autonomic.domain.words import Level
from autonomic.slo.reporting import Known, report
from tests.unit.cycle.slo.shop import MINUTE, Shop, promise, promising
from tests.unit.domain.specimens import FAST, NOW, contract, objective


def counts(shop: Shop, name: str = "agent") -> tuple[float, float]:
    budget = shop.one(name).budget
    assert isinstance(budget, ErrorBudget)
    return float(budget.count.bad), float(budget.count.total)


async def test_every_event_of_the_period_is_counted() -> None:
    shop = Shop(promising())
    await shop.turned()
    assert counts(shop) == (0, 144_000)
    await shop.turned(3, good=80, bad=20)
    assert counts(shop) == (60, 144_000)
    assert shop.one().tiers[0].short == Count("5m", Decimal(60), Decimal(500))
    assert await shop.agrees()


async def test_a_minute_is_judged_when_it_is_over_and_the_ingestion_delay_has_passed() -> None:
    shop = Shop(promising())
    for seconds, minutes in ((0, 0), (9, -1), (10, 0), (69, 0), (70, 1)):
        view = View(NOW + timedelta(seconds=seconds), ingestion_delay=timedelta(seconds=10 if seconds else 0))
        assert closed(view, 60_000) == NOW + minutes * MINUTE, seconds
    await shop.turned()
    asked = len(shop.metrics.asked)
    shop.now += timedelta(seconds=59)
    await shop.turned()
    assert len(shop.metrics.asked) == asked


minutes = st.tuples(
    st.sampled_from(["turn", "turn", "turn", "asleep", "unscraped"]),
    st.integers(0, 300),
    st.integers(-30, 30),
    st.integers(0, 3),
)


@settings(max_examples=15)
@given(st.lists(minutes, min_size=1, max_size=20))
async def test_an_engine_that_is_carried_forward_knows_what_a_fresh_one_knows(
    drawn: list[tuple[str, int, int, int]],
) -> None:
    """Minutes without a turn or without a scrape, counters that start again, and regions that appear."""
    slices = promising("slices", budgeting="Timeslices", slices={"target": "90"}, window={"rolling": "6h"})
    shop = Shop(promising(), slices, past=25 * 60)
    await shop.turned()
    regions = 0
    for what, good, bad, region in drawn:
        shop.now += MINUTE
        regions = max(regions, region)
        if what != "unscraped":
            shop.scraped({"ok": good, "failed": bad})
            for each in range(regions):
                shop.scraped({"ok": good + each, "failed": bad}, region=str(each))
        if what == "turn":
            await shop.turned()
    await shop.turned()
    assert await shop.agrees()
    assert await shop.agrees("slices")


async def test_a_series_that_comes_in_the_minute_in_which_another_goes_is_counted_within_the_hour() -> None:
    shop = Shop(promising())
    await shop.turned()
    for _ in range(4):
        await shop.turned(1, good=10, region="new")
    await shop.turned(60, good=7, bad=3, region="newer")
    assert await shop.agrees()


async def test_ratios_of_slices_are_carried_forward_but_for_the_last_digits() -> None:
    shop = Shop(promising(budgeting="RatioTimeslices"))
    await shop.turned()
    for bad in (1, 33, 7, 0, 19):
        await shop.turned(1, good=97, bad=bad)
    (fresh,), carried = await shop.fresh(), shop.one()
    assert isinstance(fresh.budget, ErrorBudget)
    assert counts(shop) == pytest.approx((float(fresh.budget.count.bad), float(fresh.budget.count.total)), rel=1e-12)
    assert carried.tiers[0].fires == fresh.tiers[0].fires


async def test_a_day_carried_forward_through_midnight_is_what_a_fresh_engine_counts() -> None:
    shop = Shop(promising(), promising("month", window={"calendar": {"unit": "Day", "timeZone": "Europe/Paris"}}))
    await shop.turned()
    for hour in range(14):
        shop.runs(59, good=50 + hour, bad=hour)
        await shop.turned(1, good=50 + hour, bad=hour)
        assert await shop.agrees()
        assert await shop.agrees("month")


async def test_an_engine_that_slept_for_hours_counts_everything_again() -> None:
    shop = Shop(promising())
    await shop.turned()
    shop.runs(300, bad=7)
    await shop.turned()
    assert await shop.agrees()
    assert counts(shop)[0] == 2100


async def test_samples_that_come_late_are_counted_within_the_hour() -> None:
    shop = Shop(promising())
    await shop.turned()
    shop.now += 4 * MINUTE
    await shop.turned()
    before = counts(shop)
    shop.now -= 4 * MINUTE
    shop.runs(4, good=90, bad=10)
    await shop.turned(60)
    assert await shop.agrees()
    assert counts(shop)[0] == before[0] + 40


@pytest.mark.parametrize("silence", [1, 10, 90])
async def test_a_silent_server_makes_it_unknown_and_nothing_is_lost_when_it_answers_again(silence: int) -> None:
    shop = Shop(promising())
    await shop.turned(2, bad=3)
    shop.metrics.failure = Unavailable("Prometheus is down")
    for _ in range(silence):
        await shop.turned(1, bad=9)
        assert shop.one().unknown == Unknown("MetricsUnavailable", "Prometheus is down")
        assert shop.one().level is None
    shop.metrics.failure = None
    await shop.turned(1)
    assert await shop.agrees()
    assert counts(shop)[0] == 6 + 9 * silence


async def test_a_server_that_is_silent_at_the_start_is_asked_again() -> None:
    shop = Shop(promising())
    shop.metrics.failure = Unavailable("Prometheus is down")
    await shop.turned(2)
    assert shop.seen() == () or shop.one().unknown is not None
    shop.metrics.failure = None
    await shop.turned(1)
    assert await shop.agrees()
    assert shop.one().unknown is None


async def test_an_outage_raises_an_alert_at_once_and_it_outlives_its_tier_by_five_resolutions() -> None:
    shop = Shop(promising())
    await shop.turned()
    levels = []
    for bad in [30] * 20 + [0] * 15:
        await shop.turned(1, good=100 - bad, bad=bad)
        levels.append((shop.one().level, bool(shop.one().tiers[0].fires)))
    first = next(at for at, (level, _) in enumerate(levels) if level)
    fires = [at for at, (_, firing) in enumerate(levels) if firing]
    assert first == fires[0]
    shown = [at for at, (level, _) in enumerate(levels) if level is Level.BREACH]
    assert shown == list(range(first, fires[-1] + 5))


async def test_a_restart_lets_the_alert_go_on() -> None:
    kept = promising()
    shop = Shop(kept)
    await shop.turned(20, good=70, bad=30)
    told = report(kept, shop.seen(), Known(shop.now)).status
    shop.runs(6)
    shop.contracts = {kept.key: kept.model_copy(update={"status": told})}
    shop.engine = SloEngine(shop.metrics)
    await shop.turned()
    assert shop.one().tiers[0].fires is False
    assert shop.one().level is Level.BREACH
    assert shop.engine.alerting == {kept.key}
    await shop.turned(6)
    assert shop.one().level is None


async def test_a_contract_that_never_alerted_has_no_alert_after_a_restart() -> None:
    kept = promising()
    shop = Shop(kept)
    await shop.turned()
    told = report(kept, shop.seen(), Known(shop.now)).status
    shop.contracts = {kept.key: kept.model_copy(update={"status": told})}
    shop.engine = SloEngine(shop.metrics)
    await shop.turned()
    assert shop.engine.alerting == set()


async def test_counts_do_not_depend_on_how_finely_the_server_answers_questions_at_once() -> None:
    names = [f"c{at}" for at in range(5)]
    shop = Shop(*(promising(name, app=name) for name in names), past=2)
    for at, name in enumerate(names):
        back = shop.now
        shop.now -= 120 * MINUTE
        shop.runs(120, good=50 + at, bad=at, app=name)
        assert shop.now == back
    await shop.turned()
    for at, name in enumerate(names):
        assert counts(shop, name) == (at * 119, (50 + 2 * at) * 119)


async def test_a_short_history_is_said_and_no_longer_window_fires() -> None:
    shop = Shop(promising(), past=30)
    await shop.turned(5, good=50, bad=50)
    seen = shop.one()
    assert seen.history is not None
    assert timedelta(minutes=34) <= seen.history <= timedelta(minutes=40)
    assert [each.fires for each in seen.tiers] == [None]
    assert isinstance(seen.tiers[0].long, Unknown)
    await shop.turned(40, good=50, bad=50)
    assert shop.one().tiers[0].fires


async def test_what_no_longer_has_samples_is_stale_and_comes_back() -> None:
    shop = Shop(promising())
    await shop.turned()
    shop.now += 4 * MINUTE
    await shop.turned()
    assert shop.one().unknown is None
    shop.now += 3 * MINUTE
    await shop.turned()
    assert shop.one().unknown == Unknown("Stale", "the newest sample is older than 5m")
    await shop.turned(1)
    assert shop.one().unknown is None


async def test_what_never_had_a_sample_has_no_data() -> None:
    shop = Shop(promising(app="nobody"))
    await shop.turned()
    await shop.turned(1)
    assert shop.one().unknown == Unknown("NoData", "Prometheus has no sample of the total in the last 5m")


async def test_a_server_that_counts_otherwise_from_now_on_is_asked_anew() -> None:
    shop = Shop(promising())
    shop.metrics.can = Abilities(anchored=False)
    await shop.turned()
    assert not shop.one().exact
    shop.metrics.can = Abilities(anchored=True)
    await shop.turned(6)
    assert shop.one().exact
    assert await shop.agrees()


async def test_a_fine_resolution_is_asked_directly_and_counts_the_same() -> None:
    fine = promising("fine", alerting={"windows": [FAST], "resolution": "30s"})
    shop = Shop(promising(), fine)
    await shop.turned(5, good=90, bad=10)
    assert shop.engine.finest == 30_000
    assert shop.one("fine").budget == shop.one().budget
    assert shop.one("fine").tiers == shop.one().tiers


async def test_a_composite_is_carried_with_its_parts() -> None:
    other = promise(name="other", app="b", target="99")
    parts = [{"objective": "success", "weight": 3}, {"objective": "other"}]
    mixed = objective(name="mix", window={"rolling": "1d"}, indicator={"composite": parts})
    shop = Shop(contract(objectives=[promise(), other, mixed]))
    shop.now -= 1600 * MINUTE
    shop.runs(1600, good=40, app="b")
    await shop.turned()
    for _ in range(3):
        shop.runs(1, good=90, bad=10)
        shop.scraped({"ok": 20, "failed": 20}, "b")
        await shop.turned()
    assert await shop.agrees()
    first, second, whole = shop.seen()
    ratios = [1 - each.budget.sli for each in (first, second, whole) if isinstance(each.budget, ErrorBudget)]
    assert float(ratios[2]) == pytest.approx(float(3 * ratios[0] + ratios[1]) / 4)
    assert ratios[0] > 0


async def test_a_turn_asks_the_same_few_queries_however_long_the_windows() -> None:
    shop = Shop(promising(), promising("long", window={"rolling": "28d"}))
    await shop.turned(70)
    before = len(shop.metrics.asked) + len(shop.metrics.asked_ranges)
    await shop.turned(10)
    assert len(shop.metrics.asked) + len(shop.metrics.asked_ranges) - before <= 10 * 6
