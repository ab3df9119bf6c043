"""How a Prometheus may fail: every failure is `Unavailable`, in time; see test_prometheus_retries for a second try."""

import asyncio
import time
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest

from autonomic.adapters.prometheus import PrometheusMetrics, Tally
from autonomic.adapters.prometheus.connection import Connection
from autonomic.adapters.prometheus.failures import NoAnswerError
from autonomic.adapters.prometheus.tally import Cost
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.readings import Abilities, Question, RangeQuestion
from autonomic.environment.server import MetricsServer
from tests.contract.scripted_server import answering, http

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TIMEOUT = 5.0
SHORT = 0.3
UP = Question("up", NOW)
RANGE = RangeQuestion("up", NOW, NOW + timedelta(hours=1), timedelta(minutes=1), lookback="30m")

SUCCESS = '{"status":"success","data":{"resultType":"vector","result":[]}}'
FAILURES = {
    "busy": (
        http(503, '{"status":"error","errorType":"timeout","error":"query timed out"}'),
        "HTTP 503: query timed out",
    ),
    "no credentials": (http(401, "Unauthorized"), "credentials"),
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
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_an_answer_that_is_none_is_unavailable_and_is_not_asked_for_twice(failure: str) -> None:
    reply, why = FAILURES[failure]
    async with answering(reply) as server, aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics:
        with pytest.raises(Unavailable, match=why) as caught:
            await metrics.query(UP)
        assert server.url in str(caught.value)
        assert len(server.requests) == 1


async def test_a_question_goes_in_the_body_with_its_time_and_a_time_out() -> None:
    async with (
        answering(http(200, SUCCESS)) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics,
    ):
        await metrics.query(Question("up", datetime(2026, 11, 22, 10, 0, 0, 250_000, UTC)))
    head, body = server.requests[0]
    assert head.startswith("POST /api/v1/query HTTP/1.1\r\n")
    assert body == "query=up&time=1795341600.250&timeout=5&stats=all"


async def test_a_server_that_never_answers_holds_up_nothing_but_its_own_questions() -> None:
    async with answering(None) as server, aclosing(PrometheusMetrics(MetricsServer(server.url, SHORT))) as metrics:
        started = time.monotonic()
        questions = asyncio.gather(*(metrics.query(UP) for _ in range(20)), return_exceptions=True)
        await asyncio.wait([questions], timeout=SHORT / 3)
        assert not questions.done(), "the event loop stood still until the time-outs"
        answers = await questions
        assert time.monotonic() - started < 4 * SHORT
        assert [type(answer) for answer in answers] == [Unavailable] * 20
        assert "no answer within 0.3 s" in str(answers[0])


async def test_an_answer_that_drips_frees_its_thread_when_the_time_is_over() -> None:
    async with answering(http(200, SUCCESS), drip=SHORT / 10) as server:
        started = time.monotonic()
        with pytest.raises(NoAnswerError, match="no whole answer"):
            await asyncio.to_thread(Connection(MetricsServer(server.url, SHORT)).post, "/api/v1/query", {})
        assert time.monotonic() - started < len(SUCCESS) * SHORT / 20


async def test_an_answer_too_large_to_keep_is_unavailable() -> None:
    large = http(200, " " * (64 << 20) + SUCCESS)
    async with answering(large) as server, aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics:
        with pytest.raises(Unavailable, match="larger than 64 MiB"):
            await metrics.query(UP)


async def test_a_native_histogram_is_no_number() -> None:
    sample = '{"metric":{},"histogram":[1,{"count":"1","sum":"2","buckets":[]}]}'
    reply = http(200, SUCCESS.replace("[]", f"[{sample}]"))
    async with answering(reply) as server, aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics:
        with pytest.raises(Invalid, match="native histograms"):
            await metrics.query(UP)


async def test_a_server_that_was_never_there_is_unavailable_and_the_reason_is_told() -> None:
    async with aclosing(PrometheusMetrics(MetricsServer("http://someone:secret@127.0.0.1:1", TIMEOUT))) as metrics:
        with pytest.raises(Unavailable, match=r"http://127\.0\.0\.1:1 .*refused") as caught:
            await metrics.query(UP)
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
    async with answering(reply) as server, aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics:
        assert (await metrics.abilities()).anchored is exact


@pytest.mark.parametrize(
    "reply", [http(503, ""), http(200, '{"status":"succ'), http(200, '{"status":"success","data":[]}')]
)
async def test_a_server_that_does_not_say_what_it_can_do_is_unavailable(reply: bytes) -> None:
    async with answering(reply) as server, aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics:
        with pytest.raises(Unavailable):
            await metrics.abilities()


async def test_a_matrix_that_is_none_is_unavailable() -> None:
    odd = '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"a"]]}]}}'
    async with (
        answering(http(200, odd)) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, 5))) as metrics,
    ):
        with pytest.raises(Unavailable, match="not the form of a range"):
            await metrics.query_range(RANGE)


async def test_a_range_of_native_histograms_has_no_numbers() -> None:
    series = '{"metric":{},"histograms":[[1,{"count":"1","sum":"2","buckets":[]}]]}'
    reply = http(200, f'{{"status":"success","data":{{"resultType":"matrix","result":[{series}]}}}}')
    async with answering(reply) as server, aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics:
        with pytest.raises(Invalid, match="native histograms"):
            await metrics.query_range(RANGE)


async def test_a_range_goes_in_the_body_with_its_ends_its_step_and_its_longest_gap() -> None:
    empty = http(200, SUCCESS.replace("vector", "matrix"))
    async with answering(empty) as server, aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics:
        await metrics.query_range(RANGE)
    head, body = server.requests[0]
    assert head.startswith("POST /api/v1/query_range HTTP/1.1\r\n")
    assert body == (
        "query=up&start=1795341600.000&end=1795345200.000&step=60.000&timeout=5&stats=all&lookback_delta=30m"
    )


PARTIAL = {
    "thanos": ('"warnings":["receive series from Addr: store-1: no such host"]', "store-1"),
    "victoriametrics": ('"isPartial":true', "partial response"),
}


@pytest.mark.parametrize("server_kind", PARTIAL)
async def test_a_partial_response_is_warned_of(server_kind: str) -> None:
    said, warning = PARTIAL[server_kind]
    reply = http(200, SUCCESS.removesuffix("}") + f",{said}}}")
    async with answering(reply) as server, aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics:
        (told,) = (await metrics.query(UP)).warnings
        assert warning in told


async def test_a_partial_range_is_warned_of() -> None:
    reply = http(200, SUCCESS.replace("vector", "matrix").removesuffix("}") + ',"warnings":["store-1 is gone"]}')
    async with answering(reply) as server, aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics:
        assert (await metrics.query_range(RANGE)).warnings == ("store-1 is gone",)


@pytest.mark.parametrize(
    ("reply", "days"),
    [
        (http(200, '{"status":"success","data":{"storageRetention":"15d or 512MB"}}'), 15),
        (http(200, '{"status":"success","data":{"storageRetention":"2y"}}'), 730),
        (http(200, '{"status":"success","data":{"storageRetention":"512MB"}}'), None),
        (http(200, '{"status":"success","data":{"storageRetention":"0s"}}'), None),
        (http(200, '{"status":"success","data":{}}'), None),
        (http(404, "404 page not found"), None),
        (http(403, "not for you"), None),
        (http(400, "unsupported path requested"), None),
    ],
)
async def test_the_retention_is_known_where_the_server_says_it(reply: bytes, days: int | None) -> None:
    features = http(404, "")
    async with (
        answering(reply, first=features) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics,
    ):
        expected = None if days is None else timedelta(days=days)
        assert await metrics.abilities() == Abilities(anchored=False, retention=expected)


@pytest.mark.parametrize("reply", [http(404, ""), http(405, ""), http(400, "unsupported path requested")])
async def test_a_server_without_a_parser_finds_no_mistake(reply: bytes) -> None:
    async with answering(reply) as server, aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics:
        assert await metrics.mistake("sum(") is None


async def test_a_gateway_that_fails_is_no_mistake_of_the_expression() -> None:
    async with (
        answering(http(500, "")) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics,
    ):
        with pytest.raises(Unavailable, match="parse_query: HTTP 500"):
            await metrics.mistake("up")


async def test_a_server_is_asked_no_more_at_once_than_is_set() -> None:
    gentle = 3
    async with (
        answering(None) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT, gentle))) as metrics,
    ):
        questions = [asyncio.create_task(metrics.query(UP)) for _ in range(12)]
        await asyncio.wait(questions, timeout=SHORT)
        assert len(server.requests) == gentle
        for each in questions:
            each.cancel()


async def test_ranges_leave_room_for_instant_questions() -> None:
    async with answering(None) as server, aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT, 2))) as metrics:
        ranges = [asyncio.create_task(metrics.query_range(RANGE)) for _ in range(6)]
        instant = asyncio.create_task(metrics.query(UP))
        await asyncio.wait([instant], timeout=SHORT)
        assert sorted(head.split()[1] for head, _ in server.requests) == ["/api/v1/query", "/api/v1/query_range"]
        for each in (*ranges, instant):
            each.cancel()


async def test_a_range_that_waits_long_for_its_turn_still_has_its_whole_time() -> None:
    empty = http(200, SUCCESS.replace("vector", "matrix"))
    async with (
        answering(empty, drip=SHORT / 100) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, 1.0, 1))) as metrics,
    ):
        answers = await asyncio.gather(*(metrics.query_range(RANGE) for _ in range(6)))
        assert [each.series for each in answers] == [()] * 6


async def test_questions_are_tallied_by_how_they_ended() -> None:
    refused = http(400, '{"status":"error","error":"parse error"}')
    async with (
        answering(refused, first=http(500, "")) as server,
        aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics,
    ):
        for error in (Unavailable, Invalid, Invalid):
            with pytest.raises(error):
                await metrics.query(UP)
        assert metrics.tally == Tally(queries={"answered": 0, "invalid": 2, "unavailable": 1})


@pytest.mark.parametrize(
    "stats",
    ['"stats":{"seriesFetched":"2","executionTimeMsec":3}', '"stats":{"samples":{}}', '"stats":null', '"stats":[]'],
)
async def test_an_answer_is_used_though_the_server_does_not_say_what_it_cost(stats: str) -> None:
    reply = http(200, SUCCESS.replace('"result":[]', f'"result":[],{stats}'))
    async with answering(reply) as server, aclosing(PrometheusMetrics(MetricsServer(server.url, TIMEOUT))) as metrics:
        assert (await metrics.query(UP)).samples == ()
        assert metrics.tally.cost == Cost(0.0, 0)


@pytest.mark.parametrize("url", ["prometheus:9090", "ftp://prometheus", "http://"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="write it as http"):
        PrometheusMetrics(MetricsServer(url, TIMEOUT))
