"""What a real Prometheus does beyond the contract of `Metrics`: exact ranges, warnings, gaps, costs."""

from datetime import UTC, datetime, timedelta

import pytest

from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.domain.errors import Invalid
from autonomic.domain.readings import Question, RangeQuestion, Sample
from testbed import remote_write
from testbed.prometheus import Prometheus

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
MINUTE = timedelta(minutes=1)


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
    assert series.times.tolist() == [round(at.timestamp() * 1000) for at in (NOW - step, NOW)]


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
