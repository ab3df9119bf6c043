"""What every `Metrics` does, in memory, over a real Prometheus, and over one that is asked by its name among others."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.readings import Abilities, Question, RangeQuestion, Sample
from tests.contract.metrics_worlds import MISTAKEN, MemoryWorld, PrometheusWorld, World

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


@pytest.fixture(params=["memory", "prometheus", "named"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "memory":
        yield MemoryWorld()
    elif request.param == "named":
        yield PrometheusWorld(request.getfixturevalue("prometheus"), request.getfixturevalue("named"))
    else:
        yield PrometheusWorld(request.getfixturevalue("prometheus"), request.getfixturevalue("real"))


async def test_an_answer_has_every_series_with_its_labels(world: World, name: str) -> None:
    world.holds(name, NOW, 3, status="failed")
    world.holds(name, NOW, 40, status="done")
    answer = await world.metrics.query(Question(name, NOW))
    assert {each.labels["status"]: each.value for each in answer.samples} == {"failed": "3", "done": "40"}
    assert not answer.warnings


@pytest.mark.parametrize(
    ("value", "text"), [(0.1, "0.1"), (1946, "1946"), (float("nan"), "NaN"), (float("inf"), "+Inf")]
)
async def test_a_value_is_kept_as_the_server_wrote_it(world: World, name: str, value: float, text: str) -> None:
    world.holds(name, NOW, value)
    answer = await world.metrics.query(Question(name, NOW))
    assert [each.value for each in answer.samples] == [text]


async def test_a_series_that_does_not_exist_is_an_empty_answer(world: World, name: str) -> None:
    assert (await world.metrics.query(Question(name, NOW))).samples == ()


async def test_a_question_is_asked_for_its_own_time(world: World, name: str) -> None:
    world.holds(name, NOW, 1)
    world.holds(name, NOW + timedelta(minutes=1), 2)
    earlier = await world.metrics.query(Question(name, NOW + timedelta(seconds=30)))
    later = await world.metrics.query(Question(name, NOW + timedelta(seconds=60)))
    assert [earlier.samples[0].value, later.samples[0].value] == ["1", "2"]


async def test_a_scalar_is_one_sample_without_labels(world: World) -> None:
    assert (await world.metrics.query(Question("1 + 1", NOW))).samples == (Sample({}, "2"),)


async def test_what_is_no_promql_is_invalid_and_says_why(world: World) -> None:
    with pytest.raises(Invalid, match="unclosed left parenthesis"):
        await world.metrics.query(Question("sum(", NOW))


async def test_a_range_has_the_value_at_each_step_both_ends_included(world: World, name: str) -> None:
    for minute in range(4):
        world.holds(name, NOW + minute * MINUTE, minute, app="a")
    question = RangeQuestion(name, NOW, NOW + 3 * MINUTE, MINUTE)
    (series,) = (await world.metrics.query_range(question)).series
    assert series.labels == {"__name__": name, "app": "a"}
    assert (str(series.times.dtype), str(series.values.dtype)) == ("int64", "float64")
    assert series.times.tolist() == [_ms(NOW + minute * MINUTE) for minute in range(4)]
    assert series.values.tolist() == [0, 1, 2, 3]


async def test_a_range_has_no_value_where_the_samples_are_too_old(world: World, name: str) -> None:
    world.holds(name, NOW, 1)
    world.holds(name, NOW + 20 * MINUTE, 2)
    question = RangeQuestion(name, NOW, NOW + 20 * MINUTE, 4 * MINUTE)
    (series,) = (await world.metrics.query_range(question)).series
    assert series.times.tolist() == [_ms(NOW + minutes * MINUTE) for minutes in (0, 4, 20)]
    assert series.values.tolist() == [1, 1, 2]


async def test_a_range_keeps_each_series_apart_though_one_begins_later(world: World, name: str) -> None:
    world.holds(name, NOW, 1, app="a")
    world.holds(name, NOW + MINUTE, 2, app="b")
    answer = await world.metrics.query_range(RangeQuestion(name, NOW, NOW + MINUTE, MINUTE))
    assert {each.labels["app"]: each.values.tolist() for each in answer.series} == {"a": [1, 1], "b": [2]}


async def test_a_range_keeps_what_is_no_number(world: World, name: str) -> None:
    for minute, value in enumerate([float("nan"), float("inf"), float("-inf")]):
        world.holds(name, NOW + minute * MINUTE, value)
    (series,) = (await world.metrics.query_range(RangeQuestion(name, NOW, NOW + 2 * MINUTE, MINUTE))).series
    assert np.isnan(series.values[0])
    assert series.values[1:].tolist() == [float("inf"), float("-inf")]


async def test_a_range_without_series_is_empty(world: World, name: str) -> None:
    assert (await world.metrics.query_range(RangeQuestion(name, NOW, NOW + MINUTE, MINUTE))).series == ()


async def test_a_range_of_what_is_no_promql_is_invalid(world: World) -> None:
    with pytest.raises(Invalid, match="unclosed left parenthesis"):
        await world.metrics.query_range(RangeQuestion("sum(", NOW, NOW + MINUTE, MINUTE))


async def test_a_mistake_is_told_with_its_position(world: World) -> None:
    said = await world.metrics.mistake(MISTAKEN)
    assert said == "1:14: parse error: unexpected character inside braces: ')'"


async def test_what_is_right_has_no_mistake(world: World) -> None:
    assert await world.metrics.mistake("sum(increase(foo[5m] anchored))") is None


async def test_ranges_can_be_anchored_and_the_retention_is_known(world: World) -> None:
    assert await world.metrics.abilities() == Abilities(anchored=True, retention=timedelta(days=400))


async def test_a_server_that_is_gone_is_unavailable_and_is_asked_again_when_it_returns(world: World) -> None:
    world.goes()
    try:
        with pytest.raises(Unavailable):
            await world.metrics.query(Question("1 + 1", NOW))
        with pytest.raises(Unavailable):
            await world.metrics.query_range(RangeQuestion("1 + 1", NOW, NOW, MINUTE))
        with pytest.raises(Unavailable):
            await world.metrics.mistake("1 + 1")
        with pytest.raises(Unavailable):
            await world.metrics.abilities()
    finally:
        world.returns()
    assert (await world.metrics.query(Question("1 + 1", NOW))).samples == (Sample({}, "2"),)
