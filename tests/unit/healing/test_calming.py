"""What a verification looks at: the playbook's own triggers, once its cure has settled."""

from datetime import timedelta
from typing import Any

import pytest

from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.signals.received import Signal
from autonomic.domain.words import Truth
from autonomic.healing.calming import asked, still_there
from autonomic.healing.hearing import Ear
from tests.unit.domain.specimens import NOW, playbook
from tests.unit.healing.heard import board, signal

SETTLED = 60.0
QUIET = timedelta(seconds=30)


def book(**trigger: Any) -> SelfHealingPlaybook:
    rule = {"name": "failed", "type": "Signal", "signal": {"type": "TaskFailureCount"}, **trigger}
    return playbook(triggers=[rule])


def look(playbook: SelfHealingPlaybook, *signals: Signal, listening: float = 7200, ago: float = 0) -> Truth:
    """What a look so many seconds ago sees, of a cure that had settled a minute before now."""
    at = NOW - timedelta(seconds=ago)
    ear = Ear(board(*signals, listening=listening), "shop", at, after=NOW - timedelta(seconds=SETTLED))
    return still_there(playbook, ear, asked(playbook, None, at, None), {}, QUIET).truth


@pytest.mark.parametrize(("agos", "wanted"), [((), "False"), ((10,), "True"), ((61,), "False"), ((31,), "False")])
def test_an_occurrence_is_over_when_none_came_lately(agos: tuple[float, ...], wanted: str) -> None:
    assert look(book(within="5m"), *(signal(ago) for ago in agos)) == wanted


def test_what_still_comes_but_less_often_than_is_too_often_is_over() -> None:
    often = book(count=10, within="1m")
    assert look(often, *(signal(ago, id=str(ago)) for ago in range(1, 30, 10))) is Truth.FALSE
    assert look(often, *(signal(ago, id=str(ago)) for ago in range(1, 30, 3))) is Truth.TRUE


def test_silence_is_no_good_news_where_nobody_listened() -> None:
    assert look(book(), listening=29) is Truth.UNKNOWN
    assert look(book(), listening=31) is Truth.FALSE


LEVEL = {"op": "GT", "value": "5", "for": "30s", "within": "5m"}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (((10, 6),), "True"),
        (((10, 5),), "False"),
        (((61, 5),), "Unknown"),
        ((), "Unknown"),
        (((20, 6), (5, 4)), "False"),
    ],
)
def test_a_level_is_judged_by_the_latest_signal_since(said: tuple[tuple[float, float], ...], wanted: str) -> None:
    assert look(book(**LEVEL), *(signal(*each) for each in said)) == wanted


def test_a_look_into_the_past_does_not_see_what_came_later() -> None:
    assert look(book(**LEVEL), signal(20, 6), signal(5, 4), ago=10) is Truth.TRUE


def alert(ago: float, value: float) -> Signal:
    return signal(ago, value, type="Slow", source="alertmanager")


def test_an_alert_is_over_when_it_is_resolved_and_not_before() -> None:
    slow = playbook(triggers=[{"name": "slow", "type": "Alert", "alert": {"name": "Slow"}}])
    assert look(slow, alert(600, 1)) is Truth.TRUE
    assert look(slow, alert(600, 1), alert(5, 0)) is Truth.FALSE
    assert look(slow) is Truth.UNKNOWN


def test_what_was_missed_is_back_when_it_is_heard() -> None:
    silent = book(absent=True, **{"for": "1m"})
    assert look(silent, signal(300)) is Truth.TRUE
    assert look(silent, signal(300), signal(5)) is Truth.FALSE
