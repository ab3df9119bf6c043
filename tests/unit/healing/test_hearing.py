"""Triggers on pushed signals: occurrences, rows, levels, alerts, silence; and that what can't be known is Unknown."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autonomic.domain.signals.received import Signal
from autonomic.domain.triggers import PlaybookTrigger
from autonomic.domain.words import Truth
from tests.unit.domain.specimens import NOW
from tests.unit.healing.heard import board, seen, signal, trigger

COUNTED = trigger(count=3, within="5m")
ABOVE = {"op": "GT", "value": "5"}


@pytest.mark.parametrize(
    ("agos", "wanted"),
    [((1, 2, 3), "True"), ((1, 2), "False"), ((1, 2, 301), "False"), ((1, 2, 299), "True"), ((), "False")],
)
def test_so_many_within_so_long_are_too_many(agos: tuple[float, ...], wanted: str) -> None:
    assert seen(COUNTED, *(signal(ago) for ago in agos)).truth == wanted


def test_silence_says_nothing_while_nobody_listened_for_long_enough() -> None:
    assert seen(COUNTED, signal(1), listening=299).reason == "NotHeardLongEnough"
    assert seen(COUNTED, signal(1), listening=300).truth is Truth.FALSE
    assert seen(COUNTED, signal(1), signal(2), signal(3), listening=10).truth is Truth.TRUE


def test_what_was_dealt_with_counts_no_more() -> None:
    three = [signal(1), signal(2), signal(30)]
    assert seen(COUNTED, *three, after=NOW - timedelta(seconds=30)).truth is Truth.FALSE
    assert seen(COUNTED, *three, after=NOW - timedelta(seconds=31)).truth is Truth.TRUE


def test_only_signals_for_which_the_comparison_holds_are_counted() -> None:
    rule = trigger(count=2, **ABOVE)
    assert seen(rule, signal(1, 6), signal(2, 5)).truth is Truth.FALSE
    found = seen(rule, signal(1, 6), signal(2, 7))
    assert (found.truth, found.value) == (Truth.TRUE, Decimal("6.0"))


def test_labels_must_match_and_are_handed_on() -> None:
    rule = trigger(signal={"type": "TaskFailureCount", "matchLabels": {"agent": "triage"}})
    assert seen(rule, signal(1, 1, {"agent": "planner"})).truth is Truth.FALSE
    assert seen(rule, signal(1, 1, {"agent": "triage", "task": "t"})).labels == {"agent": "triage", "task": "t"}
    assert seen(rule, signal(1, 1, {"agent": "triage"}), deployment="web").truth is Truth.FALSE


ROW = trigger(consecutive=3, **ABOVE)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [((6, 6, 6), "True"), ((6, 6, 6, 5), "True"), ((5, 6, 6, 6), "False"), ((6, 6), "False"), ((6, 6, 5), "False")],
)
def test_so_many_in_a_row_are_too_many(values: tuple[float, ...], wanted: str) -> None:
    latest_first = [signal(1 + ago, value) for ago, value in enumerate(values)]
    assert seen(ROW, *latest_first).truth == wanted


def test_of_a_row_without_any_signal_nothing_is_known() -> None:
    assert seen(ROW).reason == "NoData"


LASTING = trigger(**ABOVE, **{"for": "30s"}, within="1m")


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (((31, 6), (1, 6)), "True"),
        (((29, 6), (1, 6)), "False"),
        (((31, 6), (15, 5), (1, 6)), "False"),
        (((31, 6), (1, 5)), "False"),
        (((200, 6), (20, 6)), "False"),
        (((70, 6),), "Unknown"),
        ((), "Unknown"),
    ],
)
def test_a_level_must_last_without_a_break_and_be_fresh(said: tuple[tuple[float, float], ...], wanted: str) -> None:
    assert seen(LASTING, *(signal(*each) for each in said)).truth == wanted


def test_a_level_begins_anew_once_it_was_dealt_with() -> None:
    told = [signal(31, 6), signal(20, 6), signal(1, 6)]
    assert seen(LASTING, *told, after=NOW - timedelta(seconds=25)).truth is Truth.FALSE
    assert seen(LASTING, *told, after=NOW - timedelta(seconds=40)).truth is Truth.TRUE


def test_one_stream_of_several_is_enough() -> None:
    one, other = ({"pod": "a"}, {"pod": "b"})
    told = [signal(31, 6, one), signal(20, 5, other), signal(1, 6, one), signal(0.5, 5, other)]
    assert seen(LASTING, *told).truth is Truth.TRUE


def alert(ago: float, value: float = 1.0, source: str = "alertmanager") -> Signal:
    return signal(ago, value, type="Slow", source=source)


FIRING = PlaybookTrigger.model_validate({"name": "slow", "type": "Alert", "alert": {"name": "Slow"}})


def test_an_alert_fires_until_it_is_resolved() -> None:
    assert seen(FIRING, alert(3600), listening=36000).truth is Truth.TRUE
    assert seen(FIRING, alert(3600), alert(5, 0), listening=36000).truth is Truth.FALSE
    assert seen(FIRING, listening=36000).truth is Truth.FALSE
    assert seen(FIRING, listening=60).truth is Truth.UNKNOWN


def test_a_signal_that_only_bears_the_name_of_an_alert_is_none() -> None:
    assert seen(FIRING, alert(1, source="/somebody"), listening=36000).truth is Truth.FALSE


ABSENT = trigger(absent=True, **{"for": "1m"}, within="30m")


@pytest.mark.parametrize(
    ("agos", "wanted"), [((61,), "True"), ((59,), "False"), ((120, 10), "False"), ((1900,), "Unknown"), ((), "Unknown")]
)
def test_what_was_there_and_is_not_is_missed_and_what_never_was_is_not(agos: tuple[float, ...], wanted: str) -> None:
    assert seen(ABSENT, *(signal(ago) for ago in agos)).truth == wanted


TIMES = st.lists(st.integers(min_value=0, max_value=600), max_size=80)


@settings(max_examples=60)
@given(agos=TIMES, count=st.integers(min_value=1, max_value=20))
def test_a_count_is_what_counting_gives_in_whatever_order_signals_come(agos: list[int], count: int) -> None:
    rule = trigger(count=count, within="5m")
    inside = sum(ago < 300 for ago in agos)
    if len(agos) > 60:
        return  # old ones are merged, and then counted no more than they were
    shuffled = [signal(ago, id=str(number)) for number, ago in enumerate(agos)]
    assert seen(rule, *shuffled).truth is (Truth.TRUE if inside >= count else Truth.FALSE)
    assert seen(rule, *reversed(shuffled)).truth is seen(rule, *shuffled).truth


@settings(max_examples=30)
@given(agos=TIMES, more=st.integers(min_value=0, max_value=299), count=st.integers(min_value=1, max_value=20))
def test_another_signal_never_makes_too_many_too_few(agos: list[int], more: int, count: int) -> None:
    rule = trigger(count=count, within="5m")
    told = [signal(ago, id=str(number)) for number, ago in enumerate(agos[:60])]
    if seen(rule, *told).truth is Truth.TRUE:
        assert seen(rule, *told, signal(more, id="more")).truth is Truth.TRUE


@settings(max_examples=30)
@given(values=st.lists(st.integers(min_value=0, max_value=9), min_size=65, max_size=200))
def test_merging_a_flood_never_makes_a_level_last_that_did_not(values: list[int]) -> None:
    told = [signal(len(values) - number, value) for number, value in enumerate(values)]
    rule = trigger(**ABOVE, **{"for": "40s"}, within="10m")
    lasted = all(value > 5 for value in values[-40:])
    if seen(rule, *told).truth is Truth.TRUE:
        assert lasted


def test_the_board_keeps_what_was_said_when_cells_are_merged() -> None:
    told = [signal(1000 - n, n % 7, id=str(n)) for n in range(1000)]
    (stream,) = board(*told).streams["shop", "TaskFailureCount"]
    assert sum(cell.count for cell in stream.cells) == 1000
    assert len(stream.cells) <= 64
    assert min(cell.low for cell in stream.cells) == 0
    assert max(cell.high for cell in stream.cells) == 6


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"op": "GT"}, "set op and value together"),
        ({"for": "5m", "count": 3, **ABOVE}, "set one of for, count and consecutive"),
        ({"consecutive": 3}, "must be compared"),
        ({"for": "1m"}, "must be compared"),
        ({"absent": True}, "say how long"),
        ({"absent": True, "for": "1m", **ABOVE}, "absent compares nothing"),
        ({"for": "10m", "within": "5m", **ABOVE}, "for 10m is longer than within 5m: it can never fire"),
        ({"within": "2h"}, "longer than signals are remembered: at most 1h"),
        ({"type": "Alert", "signal": None, "alert": {"name": "X"}, "count": 2}, "count is for the types"),
        ({"type": "Alert", "signal": None, "alert": {"name": "X"}, **ABOVE}, "have no value"),
    ],
)
def test_a_trigger_that_can_never_fire_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        trigger(**change)
