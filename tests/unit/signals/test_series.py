"""Pushed signals as series of Prometheus."""

from datetime import timedelta
from math import inf

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

from autonomic.domain.signals.received import Signal
from autonomic.signals.limits import Limits
from autonomic.signals.page import page
from autonomic.signals.series import Series
from autonomic.signals.tally import OTHERS, Tally
from tests.unit.signals.sending import NOON


def signal(value: float = 1.0, type_: str = "QueueDepth", namespace: str = "shop", **labels: str) -> Signal:
    """A signal of noon."""
    return Signal(type_, namespace, labels, value, NOON, "/s", "1")


def lines(series: Series, start: str = "autonomic_signal_", now: float = 0.0) -> list[str]:
    """The lines of a page that begin so."""
    return [line for line in page(series, Tally(), now).splitlines() if line.startswith(start)]


@pytest.fixture
def series() -> Series:
    """Two series of a sender, three of all."""
    return Series(Limits(series=2, series_in_all=3), "namespace")


def test_a_set_of_labels_has_its_last_value_its_sum_and_its_count(series: Series) -> None:
    series.add("a", [signal(3.0, queue="in", model="m"), signal(4.5, model="m", queue="in")], 0.0)
    body = '{model="m",namespace="shop",queue="in",signal="QueueDepth"}'
    assert lines(series) == [
        f"autonomic_signal_last{body} 4.5",
        f"autonomic_signal_sum{body} 7.5",
        f"autonomic_signal_occurrences_total{body} 2",
    ]


def test_labels_of_one_occurrence_make_no_series(series: Series) -> None:
    series.add("a", [signal(task=str(number), run="r", queue="in") for number in range(9)], 0.0)
    assert lines(series, "autonomic_signal_occurrences_total") == [
        'autonomic_signal_occurrences_total{namespace="shop",queue="in",signal="QueueDepth"} 9'
    ]


def test_who_makes_too_many_series_is_summed_up_and_others_are_not(series: Series) -> None:
    series.add("a", [signal(queue=str(number)) for number in range(9)], 0.0)
    series.add("b", [signal(queue="mine")], 0.0)
    counted = lines(series, "autonomic_signal_occurrences_total")
    assert 'autonomic_signal_occurrences_total{namespace="shop",overflow="true",signal="QueueDepth"} 7' in counted
    assert sum('overflow="true"' in line for line in counted) == 1
    assert sum(int(line.rpartition(" ")[2]) for line in counted) == 10


def test_even_sums_are_bounded_and_what_is_in_none_is_counted(series: Series) -> None:
    series.add("a", [signal(namespace=f"n{number}", queue="q") for number in range(20)], 0.0)
    assert len(lines(series, "autonomic_signal_occurrences_total")) == 6
    assert series.unexported == 14


def test_a_series_ends_when_nothing_is_heard_of_it_and_makes_room(series: Series) -> None:
    series.add("a", [signal(queue="1"), signal(queue="2")], 0.0)
    series.add("a", [signal(queue="1")], 800.0)
    assert len(lines(series, "autonomic_signal_occurrences_total", 901.0)) == 1
    series.add("a", [signal(queue="3")], 901.0)
    assert not any("overflow" in line for line in lines(series, now=901.0))


def test_labels_of_ours_are_renamed_as_prometheus_renames_them() -> None:
    series = Series(Limits(), "tenant")
    series.add("a", [signal(tenant="x", signal="y", exported_signal="z")], 0.0)
    assert lines(series, "autonomic_signal_occurrences_total") == [
        'autonomic_signal_occurrences_total{exported_exported_signal="y",exported_signal="z",exported_tenant="x",'
        'signal="QueueDepth",tenant="shop"} 1'
    ]


def test_the_page_is_read_back_by_both_parsers(series: Series) -> None:
    series.add("a", [signal(queue='a"b\\c'), signal(-1e300, queue="2")], 0.0)
    tally = Tally()
    tally.accepted['s"x'] += 3
    families = prometheus(page(series, tally, 0.0))
    plain = {family.name: family for family in families}
    assert plain["autonomic_signals_accepted"].samples[0].labels == {"sender": 's"x'}
    strict = openmetrics(page(series, tally, 0.0, True) + "# EOF\n")  # type: ignore[no-untyped-call]
    for found in (plain, {each.name: each for each in strict}):
        samples = found["autonomic_signal_sum"].samples
        assert {each.labels["queue"]: each.value for each in samples} == {'a"b\\c': 1.0, "2": -1e300}
        assert found["autonomic_signals_accepted"].type == "counter"


def test_a_sum_that_overflowed_is_infinite_and_those_beside_it_are_as_they_are(series: Series) -> None:
    series.add("a", [signal(1e308, queue="1"), signal(1e308, queue="1"), signal(0.1, queue="2")], 0.0)
    family = next(each for each in prometheus(page(series, Tally(), 0.0)) if each.name == "autonomic_signal_sum")
    assert [each.value for each in family.samples] == [inf, 0.1]


def test_numbers_are_read_back_as_they_came() -> None:
    values = [0.1, -2.0, 1e16, 5e-324, 1.7976931348623157e308, 123456789.125, 1 / 3]
    series = Series(Limits(), "namespace")
    series.add("a", [signal(value, queue=str(number)) for number, value in enumerate(values)], 0.0)
    for families in (
        prometheus(page(series, Tally(), 0.0)),
        openmetrics(page(series, Tally(), 0.0, True) + "# EOF\n"),  # type: ignore[no-untyped-call]
    ):
        family = next(each for each in families if each.name == "autonomic_signal_last")
        assert [each.value for each in family.samples] == values


def test_an_older_value_does_not_replace_a_newer_one(series: Series) -> None:
    newer = Signal("QueueDepth", "shop", {}, 2.0, NOON + timedelta(seconds=1), "/s", "2")
    series.add("a", [newer, signal(7.0)], 0.0)
    assert lines(series, "autonomic_signal_last")[0].endswith(" 2.0")


def test_senders_are_counted_by_name_up_to_a_bound() -> None:
    tally = Tally()
    names = {tally.name(f"s{number}") for number in range(600)}
    assert len(names) == 501
    assert OTHERS in names
