"""A long answer is read in pieces, and is the same answer."""

import json
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.adapters.prometheus import PrometheusMetrics, pieces, results
from autonomic.adapters.prometheus.connection import Reply
from autonomic.adapters.prometheus.failures import NoAnswerError
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.readings import Question, RangeQuestion
from autonomic.environment.server import MetricsServer
from tests.contract.scripted_server import answering, http

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TIMEOUT = 30.0
TRAP = ',{"metric":{"a":"b"}'
MANY = 9000


def answer(kind: str, result: list[object]) -> str:
    document = {"status": "success", "data": {"resultType": kind, "result": result}, "warnings": [TRAP]}
    return json.dumps(document, separators=(",", ":"))


@given(st.lists(st.text(alphabet=st.sampled_from('a",:{}[]\\'), max_size=12) | st.just(TRAP), max_size=30))
def test_every_series_comes_once_and_in_order_whatever_its_labels_hold(labels: list[str]) -> None:
    result: list[object] = [{"metric": {"a": each}, "value": [1, "2"]} for each in labels]
    whole = bytearray(answer("vector", result).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_PIECE_BYTES", 40)
        document, between = pieces.parsed(whole)
    ends = document["data"]["result"]
    found = [*ends[:-1], *(each for piece in between for each in piece), *ends[-1:]]
    assert found == result
    assert document["warnings"] == [TRAP]


TEXTS = [
    "NaN",
    "+Inf",
    "-Inf",
    "0",
    "400",
    "-3.25",
    "1e+21",
    "1e-07",
    "9007199254740993",
    "18446744073709551617",
    "0.1",
]


@given(
    st.lists(
        st.tuples(
            st.text(alphabet=st.sampled_from('a",:{}[]\\'), max_size=12) | st.just(TRAP) | st.just(',"values":[[1'),
            st.lists(st.sampled_from(TEXTS), min_size=1, max_size=5),
        ),
        max_size=12,
    )
)
def test_a_long_matrix_says_the_same_as_a_short_one_whatever_its_numbers_are(told: list[tuple[str, list[str]]]) -> None:
    result: list[object] = [
        {"metric": {"a": label}, "values": [[1_792_642_140 + at / 8, each] for at, each in enumerate(texts)]}
        for label, texts in told
    ]
    body = bytearray(answer("matrix", result).encode())
    whole, _ = results.matrix(Reply(200, body))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_PIECE_BYTES", 40)
        parts, _ = results.matrix(Reply(200, body))
    assert [each.labels for each in parts.series] == [each.labels for each in whole.series]
    for one, other in zip(parts.series, whole.series, strict=True):
        assert np.array_equal(one.times, other.times)
        assert np.array_equal(one.values, other.values, equal_nan=True)
        assert (one.times.dtype.name, one.values.dtype.name) == ("int64", "float64")


@pytest.mark.parametrize(
    "broken", ['[1,"2"],[3]', '[1,"2"],[3,"x"]', '[1,"2"],[3,null]', '[1,"2"],[3,"4"', '[1,"2"],[3,"4-5"]']
)
def test_series_that_are_no_pairs_of_numbers_are_refused_in_a_long_matrix_too(broken: str) -> None:
    body = answer("matrix", [{"metric": {"a": str(each)}, "values": [[1, "2"], [3, "4"]]} for each in range(3)])
    bad = body.replace('[1,"2"],[3,"4"]', broken, 1)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(NoAnswerError):
        patch.setattr(pieces, "_PIECE_BYTES", 40)
        results.matrix(Reply(200, bytearray(bad.encode())))


def test_native_histograms_are_refused_in_a_long_matrix_too() -> None:
    told = {"metric": {"a": "b"}, "values": [[1, "2"]], "histograms": [[3, {"count": "1", "sum": "2"}]]}
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Invalid, match="native histograms"):
        patch.setattr(pieces, "_PIECE_BYTES", 40)
        results.matrix(Reply(200, bytearray(answer("matrix", [told] * 3).encode())))


async def test_a_long_vector_is_whole_and_in_order() -> None:
    result: list[object] = [
        {"metric": {"number": str(each), "odd": TRAP}, "value": [1, str(each)]} for each in range(MANY)
    ]
    body = answer("vector", result)
    assert len(body) > 2 * pieces._PIECE_BYTES
    async with (
        answering(http(200, body)) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics,
    ):
        found = await metrics.query(Question("up", NOW))
    assert [each.value for each in found.samples] == [str(each) for each in range(MANY)]
    assert found.warnings == (TRAP,)


async def test_a_long_matrix_is_whole_and_in_order() -> None:
    series = [
        {"metric": {"number": str(each)}, "values": [[t, f"{each}.5"] for t in range(100)]} for each in range(400)
    ]
    async with (
        answering(http(200, answer("matrix", [*series]))) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics,
    ):
        found = await metrics.query_range(RangeQuestion("up", NOW, NOW + timedelta(seconds=99), timedelta(seconds=1)))
    assert [each.labels["number"] for each in found.series] == [str(each) for each in range(400)]
    assert all(each.values.tolist() == [number + 0.5] * 100 for number, each in enumerate(found.series))
    assert all(each.times.tolist() == list(range(0, 100_000, 1000)) for each in found.series)


async def test_a_long_answer_that_is_broken_in_the_middle_is_unavailable() -> None:
    body = answer("vector", [{"metric": {"number": str(each)}, "value": [1, "2"]} for each in range(MANY)])
    most = len(body) * 3 // 4
    broken = body[:most] + body[most:].replace("value", 'va"lue', 1)
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(broken)
    async with (
        answering(http(200, broken)) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics,
    ):
        with pytest.raises(Unavailable, match="not the form"):
            await metrics.query(Question("up", NOW))
