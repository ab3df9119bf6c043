"""How an OPA may fail: every failure is `Unavailable`, in time, is not asked about twice, and is never an approval."""

from contextlib import aclosing

import pytest

from autonomic.adapters.opa import OpaPolicyEngine
from autonomic.domain.errors import Unavailable
from tests.contract.scripted_server import answering, http

TIMEOUT = 5.0
SHORT = 0.3

FAILURES = {
    "busy": (http(503, "{}"), "HTTP 503"),
    "broken": (http(500, '{"code":"internal_error"}'), "HTTP 500"),
    "no such api": (http(404, "404 page not found", "Content-Type: text/plain\r\n"), "HTTP 404"),
    "cut json": (http(200, '{"result":{"allow":true,"verdict":"Appro'), "not JSON"),
    "cut body": (http(200, '{"result":{"allow":true', length=99), "data.autonomic.decision"),
    "a page": (http(200, "<html>", "Content-Type: text/html\r\n"), "not JSON"),
    "no object": (http(200, '["Approve"]'), "not a JSON object"),
    "nothing": (http(200, ""), "not"),
    "too deep": (http(200, "[" * 100_000), "not JSON"),
    "not http": (b"SSH-2.0\r\n", "data.autonomic.decision"),
    "hung up": (b"", "data.autonomic.decision"),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_an_answer_that_is_none_is_unavailable_and_is_not_asked_for_twice(failure: str) -> None:
    reply, why = FAILURES[failure]
    async with answering(reply) as server, aclosing(OpaPolicyEngine(server.url, TIMEOUT)) as engine:
        with pytest.raises(Unavailable, match=why) as caught:
            await engine.decide({})
        assert server.url in str(caught.value)
        assert len(server.requests) == 1


async def test_a_question_asks_for_strict_built_in_errors() -> None:
    async with answering(http(200, "{}")) as server, aclosing(OpaPolicyEngine(server.url, TIMEOUT)) as engine:
        assert await engine.decide({"mode": "Enforce"}) is None
    head, body = server.requests[0]
    assert head.startswith("POST /v1/data/autonomic/decision?strict-builtin-errors=true HTTP/1.1\r\n")
    assert body == '{"input": {"mode": "Enforce"}}'


async def test_an_engine_that_never_answers_is_unavailable_in_time() -> None:
    async with answering(None) as server, aclosing(OpaPolicyEngine(server.url, SHORT)) as engine:
        with pytest.raises(Unavailable, match=r"no answer within 0\.3 s"):
            await engine.decide({})


async def test_an_engine_that_was_never_there_is_unavailable() -> None:
    async with aclosing(OpaPolicyEngine("http://127.0.0.1:1", TIMEOUT)) as engine:
        with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1"):
            await engine.decide({})


async def test_an_https_address_is_never_asked_in_the_clear() -> None:
    async with answering(http(200, "{}")) as server:
        async with aclosing(OpaPolicyEngine(server.url.replace("http:", "https:"), SHORT)) as engine:
            with pytest.raises(Unavailable):
                await engine.decide({})
        assert not server.requests


@pytest.mark.parametrize("url", ["opa:8181", "ftp://opa", "http://", "http://opa:8181/prefix", "http://me:secret@opa"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="write it as http") as caught:
        OpaPolicyEngine(url, TIMEOUT)
    assert "secret" not in str(caught.value)
