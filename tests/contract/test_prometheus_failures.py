"""How a Prometheus may fail: every failure is `Unavailable`, in time, and is not asked about twice."""

import asyncio
import time
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.adapters.prometheus.connection import Connection
from autonomic.domain.errors import Invalid, Unavailable
from tests.contract.scripted_server import answering, http

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TIMEOUT = 5.0
SHORT = 0.3

SUCCESS = '{"status":"success","data":{"resultType":"vector","result":[]}}'
FAILURES = {
    "busy": (
        http(503, '{"status":"error","errorType":"timeout","error":"query timed out"}'),
        "HTTP 503: query timed out",
    ),
    "overloaded": (http(429, "slow down"), "HTTP 429"),
    "no credentials": (http(401, "Unauthorized"), "other credentials"),
    "redirect": (http(302, "", "Location: http://127.0.0.1:1/\r\n"), "HTTP 302"),
    "no api there": (http(404, "404 page not found"), "HTTP 404"),
    "a gateway's own 400": (http(400, "<html>"), "HTTP 400"),
    "cut json": (http(200, SUCCESS[:40]), "cut short"),
    "not the gzip it says": (http(200, SUCCESS, "Content-Encoding: gzip\r\n"), "decode"),
    "cut body": (http(200, SUCCESS[:40], length=len(SUCCESS)), "query"),
    "a number": (http(200, "7"), "not that of a Prometheus"),
    "an error as success": (http(200, '{"status":"error","error":"x"}'), "not that of a Prometheus"),
    "no data": (http(200, '{"status":"success"}'), "not the form"),
    "a value as a number": (
        http(200, '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,2]}]}}'),
        "not the form",
    ),
    "not http": (b"SSH-2.0\r\n", "query"),
    "hung up": (b"", "query"),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_an_answer_that_is_none_is_unavailable_and_is_not_asked_for_twice(failure: str) -> None:
    reply, why = FAILURES[failure]
    async with answering(reply) as server, aclosing(PrometheusMetrics(server.url, TIMEOUT)) as metrics:
        with pytest.raises(Unavailable, match=why) as caught:
            await metrics.query("up", NOW)
        assert server.url in str(caught.value)
        assert len(server.requests) == 1


async def test_a_question_goes_in_the_body_with_its_time_and_a_time_out() -> None:
    async with answering(http(200, SUCCESS)) as server, aclosing(PrometheusMetrics(server.url, TIMEOUT)) as metrics:
        await metrics.query("up", datetime(2026, 11, 22, 10, 0, 0, 250_000, UTC))
    head, body = server.requests[0]
    assert head.startswith("POST /api/v1/query HTTP/1.1\r\n")
    assert body == "query=up&time=1795341600.250&timeout=5"


async def test_a_server_that_never_answers_holds_up_nothing_but_its_own_questions() -> None:
    async with answering(None) as server, aclosing(PrometheusMetrics(server.url, SHORT)) as metrics:
        started = time.monotonic()
        questions = asyncio.gather(*(metrics.query("up", NOW) for _ in range(20)), return_exceptions=True)
        await asyncio.wait([questions], timeout=SHORT / 3)
        assert not questions.done(), "the event loop stood still until the time-outs"
        answers = await questions
        assert time.monotonic() - started < 4 * SHORT
        assert [type(answer) for answer in answers] == [Unavailable] * 20
        assert "no answer within 0.3 s" in str(answers[0])


async def test_an_answer_that_drips_frees_its_thread_when_the_time_is_over() -> None:
    async with answering(http(200, SUCCESS), drip=SHORT / 10) as server:
        started = time.monotonic()
        with pytest.raises(Unavailable, match="no whole answer"):
            await asyncio.to_thread(Connection(server.url, SHORT).post, "/api/v1/query", {})
        assert time.monotonic() - started < len(SUCCESS) * SHORT / 20


async def test_an_answer_too_large_to_keep_is_unavailable() -> None:
    large = http(200, " " * (64 << 20) + SUCCESS)
    async with answering(large) as server, aclosing(PrometheusMetrics(server.url, TIMEOUT)) as metrics:
        with pytest.raises(Unavailable, match="larger than 64 MiB"):
            await metrics.query("up", NOW)


async def test_a_native_histogram_is_no_number() -> None:
    sample = '{"metric":{},"histogram":[1,{"count":"1","sum":"2","buckets":[]}]}'
    reply = http(200, SUCCESS.replace("[]", f"[{sample}]"))
    async with answering(reply) as server, aclosing(PrometheusMetrics(server.url, TIMEOUT)) as metrics:
        with pytest.raises(Invalid, match="native histograms"):
            await metrics.query("up", NOW)


async def test_a_server_that_was_never_there_is_unavailable_and_the_reason_is_told() -> None:
    async with aclosing(PrometheusMetrics("http://someone:secret@127.0.0.1:1", TIMEOUT)) as metrics:
        with pytest.raises(Unavailable, match=r"http://127\.0\.0\.1:1 .*refused") as caught:
            await metrics.query("up", NOW)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "exact"),
    [
        (http(404, "404 page not found"), False),
        (http(200, '{"status":"success","data":{"promql":{"anchored":false}}}'), False),
        (http(200, '{"status":"success","data":{"api":{}}}'), False),
    ],
)
async def test_a_server_that_does_not_list_anchored_does_not_count_exactly(reply: bytes, exact: bool) -> None:
    async with answering(reply) as server, aclosing(PrometheusMetrics(server.url, TIMEOUT)) as metrics:
        assert await metrics.counts_exactly() is exact


@pytest.mark.parametrize(
    "reply", [http(503, ""), http(200, '{"status":"succ'), http(200, '{"status":"success","data":[]}')]
)
async def test_a_server_that_does_not_say_what_it_can_do_is_unavailable(reply: bytes) -> None:
    async with answering(reply) as server, aclosing(PrometheusMetrics(server.url, TIMEOUT)) as metrics:
        with pytest.raises(Unavailable):
            await metrics.counts_exactly()


@pytest.mark.parametrize("url", ["prometheus:9090", "ftp://prometheus", "http://"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="write it as http"):
        PrometheusMetrics(url, TIMEOUT)
