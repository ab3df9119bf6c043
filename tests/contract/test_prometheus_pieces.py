"""A long answer is read in pieces, and is the same answer."""

import json
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.adapters.prometheus import PrometheusMetrics, pieces
from autonomic.domain.errors import Unavailable
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
