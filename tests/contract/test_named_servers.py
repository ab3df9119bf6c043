"""Several servers behind one port: each has its own connections, tries and tally, and none waits for another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from autonomic.adapters.prometheus import NamedServers, PrometheusServers
from autonomic.cycle.asking import ask
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.readings import Known, Question, Unknown
from autonomic.domain.servers import DEFAULT
from autonomic.environment.server import MetricsServer
from tests.contract.scripted_server import ScriptedServer, answering, http

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
UP = Question("up", NOW)
FAR = replace(UP, server="eu")
TIMEOUT = 30.0
ONE = http(200, '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1763805600,"1"]}]}}')


@asynccontextmanager
async def servers(default: bytes | None, eu: bytes | None) -> AsyncIterator[tuple[PrometheusServers, ScriptedServer]]:
    """Both, and what the second one was asked."""
    async with answering(default) as near, answering(eu) as far:
        known = {DEFAULT: MetricsServer(near.url, TIMEOUT), "eu": MetricsServer(far.url, TIMEOUT)}
        async with aclosing(PrometheusServers(known)) as metrics:
            yield metrics, far


async def test_a_question_goes_to_the_server_that_it_names_and_is_tallied_there() -> None:
    async with servers(ONE, ONE) as (metrics, far):
        await metrics.query(UP)
        assert far.requests == []
        await metrics.query(FAR)
        assert len(far.requests) == 1
        assert {name: each.queries["answered"] for name, each in metrics.tallies.items()} == {DEFAULT: 1, "eu": 1}


async def test_a_name_that_nobody_gave_is_refused_with_those_that_there_are() -> None:
    async with servers(ONE, ONE) as (metrics, _):
        with pytest.raises(
            Invalid, match="server is 'mars': no metrics server has that name, the operator knows default, eu"
        ):
            await metrics.query(replace(UP, server="mars"))
        with pytest.raises(Invalid, match="mars"):
            await metrics.abilities("mars")


async def test_a_server_that_hangs_keeps_no_question_to_another_waiting() -> None:
    async with servers(ONE, None) as (metrics, far):
        hanging = [asyncio.create_task(metrics.query(FAR)) for _ in range(20)]
        assert len((await metrics.query(UP)).samples) == 1
        assert not any(each.done() for each in hanging)
        assert metrics.tallies["eu"].queries["answered"] == 0
        assert far.url
        for each in hanging:
            each.cancel()


async def test_second_tries_at_one_server_are_not_paid_for_by_another() -> None:
    async with servers(ONE, http(503, "")) as (metrics, _):
        for _ in range(3):
            with pytest.raises(Unavailable):
                await metrics.query(FAR)
        await metrics.query(UP)
        assert metrics.tallies["eu"].retries == 1
        assert metrics.tallies[DEFAULT].retries == 0


async def test_what_one_silent_server_can_not_answer_the_others_do_in_the_same_round() -> None:
    async with servers(ONE, http(500, "")) as (metrics, _):
        answers = await ask(metrics, [UP, FAR, replace(FAR, server="mars")])
        assert isinstance(answers[UP], Known)
        reasons = {each.server: seen.reason for each, seen in answers.items() if isinstance(seen, Unknown)}
        assert reasons == {"eu": "MetricsUnavailable", "mars": "InvalidQuery"}


def test_there_is_always_a_default() -> None:
    with pytest.raises(ValueError, match="no server is named 'default'"):
        NamedServers({})
