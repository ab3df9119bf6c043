"""The garbage collector, as the operator sets it."""

import gc
import sys
import weakref
from collections.abc import Iterator

import pytest

from autonomic.adapters.collector import keep, settle, space_out


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The collector of this process is left as it was."""
    thresholds, turn = gc.get_threshold(), sys.getswitchinterval()
    yield
    gc.unfreeze()
    sys.setswitchinterval(turn)
    gc.set_threshold(*thresholds)


class Ring:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        self.self = self


def test_what_was_there_when_it_settled_is_never_looked_at_again() -> None:
    kept = [Ring() for _ in range(100)]
    settle()
    assert gc.get_freeze_count() >= 100
    assert not any(each in kept for each in gc.get_objects() if isinstance(each, Ring))


def test_garbage_of_the_start_is_gone_before_the_rest_is_kept() -> None:
    seen = weakref.ref(Ring())
    settle()
    assert seen() is None


def test_garbage_that_comes_later_is_still_found() -> None:
    settle()
    seen = weakref.ref(Ring())
    gc.collect()
    assert seen() is None


def test_a_reply_of_ten_thousand_rows_takes_two_looks_at_what_is_young_and_none_at_all_there_is() -> None:
    space_out()
    gc.collect()
    looks = [each["collections"] for each in gc.get_stats()]
    rows = [{"labels": {"app": str(number)}, "value": [number]} for number in range(10_000)]
    youngest, young, all_ = (each["collections"] - before for each, before in zip(gc.get_stats(), looks, strict=True))
    assert youngest + young <= 2
    assert all_ == 0
    assert len(rows) == 10_000


def test_what_has_come_since_is_kept_without_a_look() -> None:
    settle()
    came = [Ring() for _ in range(100)]
    looks = [each["collections"] for each in gc.get_stats()]
    keep()
    assert [each["collections"] for each in gc.get_stats()] == looks
    assert not any(each in came for each in gc.get_objects() if isinstance(each, Ring))


def test_no_thread_keeps_the_interpreter_for_long_from_the_event_loop() -> None:
    space_out()
    assert sys.getswitchinterval() <= 0.001
