"""The inbox: bounded in every direction, and what is turned away is counted."""

from datetime import timedelta

from autonomic.cycle import inbox
from autonomic.cycle.inbox import Inbox
from autonomic.domain.signals.received import Signal
from tests.unit.domain.specimens import NOW
from tests.unit.healing.heard import signal


def opened() -> Inbox:
    made = Inbox()
    made.open(NOW - timedelta(hours=1))
    return made


def test_a_board_is_a_value_that_later_signals_do_not_change() -> None:
    box = opened()
    box.receive([signal(2)])
    first = box.board(NOW)
    box.receive([signal(1)])
    assert len(first.streams["shop", "TaskFailureCount"][0].cells) == 1
    assert len(box.board(NOW).streams["shop", "TaskFailureCount"][0].cells) == 2


def test_nothing_new_gives_the_very_same_board() -> None:
    box = opened()
    box.receive([signal(2)])
    assert box.board(NOW) is box.board(NOW + timedelta(seconds=5))


def test_before_it_is_opened_nothing_is_known() -> None:
    box = Inbox()
    box.receive([signal(1)])
    assert box.board(NOW).since > NOW


def test_one_signal_that_comes_twice_counts_once_and_of_two_sources_twice() -> None:
    box = opened()
    box.receive([signal(1, id="a"), signal(1, id="a"), signal(1, id="a", source="/other")])
    assert sum(len(each.cells) for each in box.board(NOW).streams["shop", "TaskFailureCount"]) == 2
    assert box.refused == {"Duplicate": 1}


def test_more_than_may_wait_are_turned_away_the_oldest_first() -> None:
    box = opened()
    box.receive([signal(1, number, id=str(number)) for number in range(inbox.WAITING + 5)])
    (stream,) = box.board(NOW).streams["shop", "TaskFailureCount"]
    assert box.refused == {"Flooded": 5}
    assert min(cell.low for cell in stream.cells) == 5


def test_of_too_many_streams_the_most_silent_gives_way_in_its_own_namespace_alone() -> None:
    box = opened()
    box.receive([signal(9, namespace="bank", id="bank")])
    box.receive([signal(1, 1, {"task": str(number)}) for number in range(inbox.STREAMS + 3)])
    board = box.board(NOW)
    tasks = {stream.labels["task"] for stream in board.streams["shop", "TaskFailureCount"]}
    assert len(tasks) == inbox.STREAMS
    assert not {"0", "1", "2"} & tasks
    assert len(board.streams["bank", "TaskFailureCount"]) == 1
    assert box.refused == {"TooManyStreams": 3}


def test_a_namespace_that_is_silent_for_longest_gives_way() -> None:
    box = opened()
    box.receive([signal(1, namespace=f"n{number}", id=str(number)) for number in range(inbox.NAMESPACES + 1)])
    assert ("n0", "TaskFailureCount") not in box.board(NOW).streams
    assert len(box.board(NOW).streams) == inbox.NAMESPACES


def test_signals_may_come_in_any_order() -> None:
    box = opened()
    box.receive([signal(ago) for ago in (5, 30, 1, 12)])
    (stream,) = box.board(NOW).streams["shop", "TaskFailureCount"]
    assert [(NOW - cell.last).total_seconds() for cell in stream.cells] == [30, 12, 5, 1]


def test_what_is_old_is_forgotten_when_its_namespace_is_heard_again() -> None:
    box = opened()
    box.receive([signal(10, labels={"task": "old"})])
    box.board(NOW)
    later = NOW + timedelta(hours=2)
    box.receive([Signal("TaskFailureCount", "shop", {"task": "new"}, 1.0, later, "/conductor", "new")])
    assert [each.labels for each in box.board(later).streams["shop", "TaskFailureCount"]] == [{"task": "new"}]


def test_alerts_are_remembered_for_longer_than_signals() -> None:
    box = opened()
    box.receive([signal(7200, source="alertmanager"), signal(7200)])
    assert box.refused == {}  # nothing is looked at before somebody looks
    assert len(box.board(NOW).streams["shop", "TaskFailureCount"]) == 1
    assert box.refused == {"TooOld": 1}


def test_an_alert_that_is_told_again_still_fires() -> None:
    box = opened()
    box.receive([signal(600, id="a", source="alertmanager"), signal(1, id="a", source="alertmanager")])
    (stream,) = box.board(NOW).streams["shop", "TaskFailureCount"]
    assert len(stream.cells) == 2
