"""Failed tasks are tasks: parts come out of the answer for their whole."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from autonomic.cycle.slo.reading import Times, put
from autonomic.domain.promql import Matcher, Selector
from autonomic.domain.readings import Sample
from autonomic.slo.batches import Batch
from autonomic.slo.counting import FLAWED, NUMBER, Numbers
from autonomic.slo.measures import Increase, Latest, Term
from autonomic.slo.merging import apart, merged
from autonomic.slo.rows import row

NOW = Times(0, 1, 1)
TASKS = "tasks_total"


def batch(
    first: int, *matchers: tuple[str, str], metric: str = TASKS, term: type[Increase | Latest] = Increase
) -> Batch:
    """A batch of one row."""
    selector = Selector(metric, tuple(Matcher(label, "=", value) for label, value in matchers))
    asked: Term = Increase(selector) if term is Increase else Latest(selector, "max")
    one = row(asked, (), "5m")
    return Batch(one.shape, (one,), {one.values: first})


WHOLE, PART = batch(0, ("app", "agent")), batch(1, ("app", "agent"), ("status", "failed"))


def read(batches: list[Batch], samples: list[Sample]) -> tuple[list[float], list[int]]:
    """Values and states of two rows, of that answer."""
    into = Numbers(np.zeros((2, 1)), np.zeros((2, 1), np.uint8))
    for each in batches:
        put(samples, each, NOW, into, {})
    return into.values[:, 0].tolist(), into.states[:, 0].tolist()


def sample(status: str, value: str, app: str = "agent") -> Sample:
    """One sum by both labels."""
    return Sample({"app": app, "status": status}, value)


def test_a_part_and_its_whole_are_one_reading_of_the_whole_s_series() -> None:
    (one,) = merged([WHOLE, PART])
    assert one.found == WHOLE.found
    assert one.shape.by == ("app", "status")
    assert list(one.all_positions()) == [1, 0]


@given(st.dictionaries(st.sampled_from(["failed", "succeeded", "", "timeout"]), st.integers(0, 10**9)))
def test_the_whole_is_the_sum_of_all_parts_and_each_part_is_its_own(counts: dict[str, int]) -> None:
    values, states = read(merged([WHOLE, PART]), [sample(status, str(count)) for status, count in counts.items()])
    assert values == [sum(counts.values()), counts.get("failed", 0)]
    assert states == [NUMBER if counts else 0, NUMBER if "failed" in counts else 0]


def test_a_part_that_is_no_number_makes_the_whole_none_but_not_another_part() -> None:
    values, states = read(merged([WHOLE, PART]), [sample("failed", "3"), sample("lost", "NaN"), sample("done", "4")])
    assert states == [FLAWED, NUMBER]
    assert values[1] == 3


def test_series_of_others_belong_to_neither() -> None:
    assert read(merged([WHOLE, PART]), [sample("failed", "3", app="other")]) == ([0, 0], [0, 0])


def test_what_is_no_part_is_read_by_itself() -> None:
    elsewhere = batch(1, ("app", "other"), ("status", "failed"))
    two_labels = batch(1, ("app", "agent"), ("status", "failed"), ("code", "500"))
    for other in (elsewhere, two_labels, batch(1, ("app", "agent"), ("status", "failed"), metric="errors_total")):
        assert merged([WHOLE, other]) == [WHOLE, other]


def test_gauges_are_never_read_together() -> None:
    whole, part = batch(0, ("app", "agent"), term=Latest), batch(1, ("app", "agent"), ("status", "failed"), term=Latest)
    assert merged([whole, part]) == [whole, part]


def test_what_was_read_together_can_be_told_apart_again() -> None:
    (one,) = merged([WHOLE, PART])
    assert list(apart(one)) == [WHOLE, PART]
    assert list(apart(WHOLE)) == [WHOLE]
