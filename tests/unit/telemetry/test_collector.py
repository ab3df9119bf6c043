"""The garbage collector, as the operator sets it."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from autonomic.adapters.collector import keep, settle, space_out


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The collector of this process is left as it was."""
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
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


def test_a_reply_of_ten_thousand_rows_is_read_without_a_look_for_garbage() -> None:
    space_out()
    gc.collect()
    looks = [each["collections"] for each in gc.get_stats()]
    rows = [{"labels": {"app": str(number)}, "value": [number]} for number in range(10_000)]
    assert [each["collections"] for each in gc.get_stats()] == looks
    assert len(rows) == 10_000


def test_what_has_come_since_is_kept_without_a_look() -> None:
    settle()
    came = [Ring() for _ in range(100)]
    looks = [each["collections"] for each in gc.get_stats()]
    keep()
    assert [each["collections"] for each in gc.get_stats()] == looks
    assert not any(each in came for each in gc.get_objects() if isinstance(each, Ring))
