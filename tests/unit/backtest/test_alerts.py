"""What is said of alerts: which were false, which troubles were missed, how soon they came and went."""

from autonomic.backtest.alerts import Findings, find
from autonomic.backtest.course import course
from autonomic.backtest.telling import quality, trouble_lines
from autonomic.domain.contracts import SLAContract
from tests.unit.backtest.played import recorded
from tests.unit.cycle.slo.shop import MINUTE, Shop, promising

QUICK = {"windows": [{"long": "6m", "short": "2m", "factor": "2", "level": "Breach"}]}


def promised() -> SLAContract:
    """90 % of a day's tasks; an alert when more than 20 % fail for six minutes."""
    return promising(target="90", window={"rolling": "1d"}, alerting=QUICK)


async def found(*stretches: tuple[int, int]) -> Findings:
    """(minutes, bad of 100) one after the other, judged from the first on."""
    shop = Shop(promised(), past=24 * 60)
    first = shop.now + MINUTE
    for minutes, bad in stretches:
        shop.runs(minutes, good=100 - bad, bad=bad)
    return find([course(tape) for tape in (await recorded(shop, first)).tapes])


async def test_an_alert_that_clears_without_a_loss_of_note_is_false() -> None:
    told = await found((30, 0), (6, 30), (60, 0))
    (alert,) = told.alerts
    assert (alert.false, alert.goes_on) == (True, False)
    assert alert.spent is not None
    assert 0.012 < alert.spent < 0.013, "180 of about 14,400 that may fail in a day"
    assert (quality(told).false_alarms, quality(told).precision) == (1, 0.0)
    assert (quality(told).troubles, quality(told).recall) == (0, None)


async def test_an_alert_with_a_loss_of_note_is_justified_and_its_times_are_told() -> None:
    told = await found((30, 0), (40, 30), (60, 0))
    (alert,) = told.alerts
    assert alert.false is False
    assert alert.detection is not None
    assert 4 * 60_000 <= alert.detection <= 6 * 60_000, "20 % of six minutes have failed after four minutes and more"
    assert alert.reset is not None
    assert alert.reset == 4 * 60_000, (
        "it is kept for five minutes; the two that the shortest window covers burn a minute longer"
    )


async def test_a_trouble_of_note_that_no_alert_was_shown_for_is_missed() -> None:
    told = await found((30, 0), (180, 15), (90, 0))
    assert told.alerts == ()
    (missed,) = trouble_lines(told)
    assert not missed.found
    assert 0.18 < missed.budget_spent < 0.2
    assert (quality(told).missed, quality(told).recall) == (1, 0.0)


async def test_troubles_with_a_short_pause_are_one_and_with_a_long_one_two() -> None:
    for pause, number in ((20, 1), (90, 2)):
        told = await found((30, 0), (40, 30), (pause, 0), (40, 30), (90, 0))
        assert len([*trouble_lines(told)]) == number, pause


async def test_an_alert_that_goes_on_is_not_called_false() -> None:
    (alert,) = (await found((30, 0), (6, 30))).alerts
    assert (alert.goes_on, alert.false, alert.reset) == (True, None, None)
