"""Several triggers at once: the laws of three-valued All and Any."""

from itertools import permutations, product
from typing import Literal

import pytest

from autonomic.domain.words import Truth
from autonomic.healing.seen import Seen, together

TRUTHS = tuple(Truth)
MATCHES: tuple[Literal["All", "Any"], ...] = ("All", "Any")
each_match = pytest.mark.parametrize("match", MATCHES)


def say(*truths: Truth) -> list[Seen]:
    return [Seen(truth, "Told", f"{number} {truth}", trigger=str(number)) for number, truth in enumerate(truths)]


@each_match
def test_one_trigger_speaks_for_itself(match: Literal["All", "Any"]) -> None:
    for seen in say(*TRUTHS):
        assert together([seen], match) is seen


@each_match
def test_the_order_decides_nothing(match: Literal["All", "Any"]) -> None:
    for truths in product(TRUTHS, repeat=3):
        assert len({together(say(*order), match).truth for order in permutations(truths)}) == 1


def test_all_holds_only_where_each_does_and_any_where_one_does() -> None:
    for truths in product(TRUTHS, repeat=3):
        assert (together(say(*truths), "All").truth is Truth.TRUE) == all(each is Truth.TRUE for each in truths)
        assert (together(say(*truths), "Any").truth is Truth.TRUE) == any(each is Truth.TRUE for each in truths)


def test_one_that_is_known_not_to_hold_decides_all_and_doubt_decides_nothing() -> None:
    for truths in product(TRUTHS, repeat=3):
        assert (together(say(*truths), "All").truth is Truth.FALSE) == (Truth.FALSE in truths)
        assert (together(say(*truths), "Any").truth is Truth.FALSE) == (set(truths) == {Truth.FALSE})


def test_all_tells_of_each_and_speaks_with_the_labels_of_who_has_any() -> None:
    quiet, pushed = (
        Seen(Truth.TRUE, "Held", "a holds"),
        Seen(Truth.TRUE, "Held", "b holds", trigger="b", labels={"x": "1"}),
    )
    both = together([quiet, pushed], "All")
    assert (both.message, both.trigger, both.labels) == ("a holds; b holds", "b", {"x": "1"})
