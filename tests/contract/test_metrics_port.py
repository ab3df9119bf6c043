"""What every `Metrics` does, in memory and over a real Prometheus."""

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Protocol

import numpy as np
import pytest

from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.domain.errors import AutonomicError, Invalid, Unavailable
from autonomic.domain.readings import Abilities, Question, RangeQuestion, Sample, Vector
from autonomic.environment.server import MetricsServer
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.metrics import Metrics
from testbed import remote_write
from testbed.prometheus import Prometheus

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
TIMEOUT = 5.0
LOOKBACK = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
MISTAKEN = 'sum(foo{a="b")'


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


class World(Protocol):
    """A server with what it knows, and a way to take it away."""

    @property
    def metrics(self) -> Metrics:
        """What asks the server."""
        ...

    def holds(self, name: str, at: datetime, value: float, **labels: str) -> None:
        """One sample of one series."""
        ...

    def goes(self) -> None:
        """From now on nobody answers."""
        ...

    def returns(self) -> None:
        """Somebody answers again."""
        ...


class MemoryWorld:
    """As much of PromQL as the suite asks: names, `1 + 1`, and an error for what does not end."""

    def __init__(self) -> None:
        self.metrics = MemoryMetrics(self._answer)
        self.metrics.can = Abilities(anchored=True, retention=timedelta(days=400))
        self.metrics.mistakes = {MISTAKEN: "1:14: parse error: unexpected character inside braces: ')'"}
        self._held: list[tuple[datetime, Sample]] = []

    def holds(self, name: str, at: datetime, value: float, **labels: str) -> None:
        """One sample of one series."""
        text = {"inf": "+Inf", "nan": "NaN"}.get(str(value), f"{value:g}")
        self._held.append((at, Sample({"__name__": name, **labels}, text)))

    def goes(self) -> None:
        """From now on nobody answers."""
        self.metrics.failure = Unavailable("gone")

    def returns(self) -> None:
        """Somebody answers again."""
        self.metrics.failure = None

    def _answer(self, expr: str, at: datetime) -> Vector | AutonomicError:
        if expr.endswith("("):
            return Invalid("unclosed left parenthesis")
        if expr == "1 + 1":
            return Vector((Sample({}, "2"),))
        fresh = ((then, each) for then, each in self._held if at - LOOKBACK < then <= at)
        latest = {tuple(each.labels.items()): each for then, each in fresh}
        return Vector(tuple(each for each in latest.values() if each.labels["__name__"] == expr))


class PrometheusWorld:
    """The testbed's Prometheus."""

    def __init__(self, prometheus: Prometheus, metrics: PrometheusMetrics) -> None:
        self.metrics = metrics
        self._prometheus = prometheus

    def holds(self, name: str, at: datetime, value: float, **labels: str) -> None:
        """One sample of one series."""
        self._prometheus.write({remote_write.series(name, **labels): [remote_write.Sample(at, value)]})

    def goes(self) -> None:
        """From now on nobody answers."""
        self._prometheus.service.stop()

    def returns(self) -> None:
        """Somebody answers again."""
        self._prometheus.service.start()


@pytest.fixture
async def real(prometheus: Prometheus) -> AsyncIterator[PrometheusMetrics]:
    async with aclosing(PrometheusMetrics(MetricsServer(prometheus.url, TIMEOUT))) as metrics:
        yield metrics


@pytest.fixture(params=["memory", "prometheus"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "memory":
        yield MemoryWorld()
    else:
        yield PrometheusWorld(request.getfixturevalue("prometheus"), request.getfixturevalue("real"))


@pytest.fixture
def name() -> str:
    return f"test_{secrets.token_hex(4)}_total"


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


async def test_an_anchored_increase_is_the_exact_count(
    prometheus: Prometheus, real: PrometheusMetrics, name: str
) -> None:
    counts = [remote_write.Sample(NOW + timedelta(seconds=15 * step), 7.0 * step) for step in range(20)]
    prometheus.write({remote_write.series(name): counts})
    answer = await real.query(Question(f"increase({name}[2m] anchored)", NOW + timedelta(seconds=247)))
    assert answer.samples[0].value == "56"


async def test_warnings_of_the_server_are_kept_and_its_notes_are_not(
    prometheus: Prometheus, real: PrometheusMetrics, name: str
) -> None:
    gauge = name.removesuffix("_total")
    prometheus.write({remote_write.series(gauge): [remote_write.Sample(NOW, 1)]})
    warned = await real.query(Question(f"quantile(2, {gauge})", NOW))
    assert [each.partition(":")[0] for each in warned.warnings] == ["PromQL warning"]
    prometheus.write({remote_write.series(gauge): [remote_write.Sample(NOW + timedelta(seconds=15), 2)]})
    noted = await real.query(Question(f"increase({gauge}[1m])", NOW + timedelta(seconds=20)))
    assert noted.samples
    assert noted.warnings == ()


@pytest.mark.parametrize("expr", ["up[5m]", '"a word"'])
async def test_a_query_that_gives_no_instant_vector_is_invalid(real: PrometheusMetrics, expr: str) -> None:
    with pytest.raises(Invalid, match="must give an instant vector"):
        await real.query(Question(expr, NOW))


async def test_a_query_that_fails_while_it_runs_is_invalid_and_says_why(
    prometheus: Prometheus, real: PrometheusMetrics, name: str
) -> None:
    for letter in "ab":
        prometheus.write({remote_write.series(name, letter=letter): [remote_write.Sample(NOW, 1)]})
    with pytest.raises(Invalid, match="duplicate series"):
        await real.query(Question(f"{name} * on() {name}", NOW))


async def test_a_query_longer_than_a_url_may_be_is_answered(real: PrometheusMetrics) -> None:
    assert (await real.query(Question("1" + " + 1" * 5000, NOW))).samples == (Sample({}, "5001"),)


async def test_a_large_answer_is_read_whole(prometheus: Prometheus, real: PrometheusMetrics, name: str) -> None:
    many = {remote_write.series(name, number=str(number)): [remote_write.Sample(NOW, number)] for number in range(5000)}
    prometheus.write(many)
    answer = await real.query(Question(name, NOW))
    assert sorted(int(each.value) for each in answer.samples) == list(range(5000))


async def test_a_gap_is_as_long_as_the_question_allows(
    prometheus: Prometheus, real: PrometheusMetrics, name: str
) -> None:
    prometheus.write({remote_write.series(name): [remote_write.Sample(NOW, 7)]})
    late = NOW + 20 * MINUTE
    assert (await real.query(Question(name, late))).samples == ()
    assert [each.value for each in (await real.query(Question(name, late, lookback="30m"))).samples] == ["7"]
    (series,) = (await real.query_range(RangeQuestion(name, NOW, late, 10 * MINUTE, lookback="30m"))).series
    assert series.values.tolist() == [7, 7, 7]


async def test_a_step_of_weeks_is_sent_to_the_second(prometheus: Prometheus, real: PrometheusMetrics) -> None:
    step = timedelta(seconds=2_419_261)
    (series,) = (await real.query_range(RangeQuestion("vector(1)", NOW - step, NOW, step))).series
    assert series.times.tolist() == [_ms(NOW - step), _ms(NOW)]


async def test_a_range_that_gives_no_vector_is_invalid(real: PrometheusMetrics) -> None:
    with pytest.raises(Invalid, match="instant Vector"):
        await real.query_range(RangeQuestion("up[5m]", NOW, NOW + MINUTE, MINUTE))


async def test_the_server_says_what_a_question_cost_it(
    prometheus: Prometheus, real: PrometheusMetrics, name: str
) -> None:
    counts = [remote_write.Sample(NOW + timedelta(seconds=15 * step), step) for step in range(8)]
    prometheus.write({remote_write.series(name): counts})
    await real.query(Question(f"count_over_time({name}[10m])", NOW + 2 * MINUTE))
    assert real.tally.cost.samples == 8
    assert real.tally.cost.seconds > 0
    assert dict(real.tally.queries) == {"answered": 1, "invalid": 0, "unavailable": 0}


async def test_a_time_without_a_zone_is_refused(real: PrometheusMetrics) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        await real.query(Question("up", datetime(2026, 11, 22)))  # noqa: DTZ001
