"""Alerts over arrays: whatever happened, they are those of the engine that lived through it."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from autonomic.backtest.leaving import quarters
from tests.unit.backtest.played import agrees, recorded
from tests.unit.cycle.slo.shop import MINUTE, Shop, promising

SHORT = {"long": "20m", "short": "5m", "factor": "2", "level": "Breach"}
LONG = {"long": "1h", "short": "10m", "factor": "1", "level": "Warning"}
ALERTING = {"windows": [SHORT, LONG]}


def plain(**more: Any) -> dict[str, Any]:
    return {"alerting": ALERTING, "window": {"rolling": "2h"}, "target": "90", **more}


async def test_an_alert_rises_and_falls_at_the_minute_at_which_the_engine_says_so() -> None:
    shop = Shop(promising(**plain()), past=180)
    first = shop.now + MINUTE
    shop.runs(10)
    shop.runs(15, good=60, bad=40)
    shop.runs(60)
    assert await agrees(shop, first) >= 2


minutes = st.tuples(
    st.sampled_from(["on", "on", "on", "unscraped"]), st.integers(0, 100), st.integers(-20, 60), st.integers(1, 8)
)


@settings(max_examples=8)
@given(st.lists(minutes, min_size=2, max_size=10), st.integers(0, 120))
async def test_the_course_over_arrays_is_the_engine_s_own(drawn: list[tuple[str, int, int, int]], past: int) -> None:
    """Stretches without a scrape, counters that start again, histories too short for a window, slices and mixtures."""
    shop = Shop(
        promising(**plain()),
        promising("slices", **plain(budgeting="Timeslices", slices={"target": "80"})),
        promising("few", **plain(minEvents=2000, alerting={**ALERTING, "keepFiringFor": "1m"})),
        promising("month", **plain(window={"calendar": {"unit": "Day", "timeZone": "Asia/Kathmandu"}})),
        past=past,
    )
    first = shop.now + MINUTE
    for what, good, bad, length in drawn:
        for _ in range(length):
            shop.now += MINUTE
            if what != "unscraped":
                shop.scraped({"ok": good, "failed": bad})
    if shop.now >= first:
        await agrees(shop, first)


async def test_a_gap_longer_than_the_look_back_is_unknown_and_ends_when_the_engine_says_so() -> None:
    shop = Shop(promising(**plain()), past=120)
    first = shop.now + MINUTE
    shop.runs(5, good=50, bad=50)
    shop.now += timedelta(minutes=12)
    shop.runs(20)
    await agrees(shop, first)


async def test_a_series_that_appears_on_the_way_is_as_young_as_the_engine_thinks() -> None:
    low = {"windows": [{"long": "20m", "short": "5m", "factor": "0.5", "level": "Breach"}]}
    shop = Shop(promising(**plain()), promising("late", **plain(app="b", alerting=low)), past=120)
    first = shop.now + MINUTE
    for _ in range(30):
        shop.now += MINUTE
        shop.scraped({"ok": 100, "failed": 0})
    for _ in range(45):
        shop.now += MINUTE
        shop.scraped({"ok": 100, "failed": 0})
        shop.scraped({"ok": 93, "failed": 7}, "b")
    assert await agrees(shop, first) >= 1


async def test_a_composite_is_mixed_at_every_minute_as_the_engine_mixes_it() -> None:
    parts = [{"objective": "agent/success", "weight": 3}, {"objective": "other/success", "weight": 1}]
    whole = promising("whole", **plain(indicator={"composite": parts}))
    shop = Shop(promising(**plain()), promising("other", **plain(app="b")), whole, past=0)
    for minute in range(260):
        shop.now += MINUTE
        shop.scraped({"ok": 100, "failed": 60 if 150 < minute < 175 else 0})
        shop.scraped({"ok": 80, "failed": 40 if 160 < minute < 220 else 0}, "b")
    assert await agrees(shop, shop.now - 120 * MINUTE) >= 2


async def test_groups_are_judged_each_by_itself() -> None:
    ratio = {"bad": 'tasks_total{status="failed"}', "total": "tasks_total"}
    shop = Shop(promising("grouped", **plain(groupBy=["app"], indicator={"ratio": ratio})), past=0)
    for minute in range(200):
        shop.now += MINUTE
        for app, bad in (("a", 0), ("b", 70 if 140 < minute < 160 else 0)):
            shop.scraped({"ok": 100, "failed": bad}, app)
    assert await agrees(shop, shop.now - 80 * MINUTE) >= 1


async def test_a_number_that_is_none_is_unknown_for_as_long_as_the_engine_says_so() -> None:
    shop = Shop(promising(**plain()), past=150)
    first = shop.now + MINUTE
    shop.runs(10, good=70, bad=30)
    for _ in range(4):
        shop.now += MINUTE
        for status in ("ok", "failed"):
            labels = {"job": "shop", "instance": "a", "app": "a", "status": status}
            shop.recorded.record(shop.now - timedelta(seconds=15), float("nan"), "tasks_total", **labels)
    shop.runs(30, good=90, bad=10)
    await agrees(shop, first)


async def test_a_budget_that_comes_back_within_a_quarter_of_an_hour_does_so_at_the_engine_s_minute() -> None:
    """Of a long period the far end is read in quarters: where a verdict hangs on a minute of one, its minutes."""
    shop = Shop(promising(**plain(window={"rolling": "2d"})), past=0)
    shop.runs(50)
    shop.runs(1, good=0, bad=2500)
    shop.runs(2 * 24 * 60 - 40, good=10, bad=1)
    first = shop.now + MINUTE
    shop.runs(60, good=10, bad=1)
    (tape,) = (await recorded(shop, first)).tapes
    assert quarters(tape) > 96
    assert await agrees(shop, first, shares=False) >= 1
