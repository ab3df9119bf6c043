"""What passes is asked about a second time, and so seldom that the second tries never weigh."""

import socket
from contextlib import aclosing
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.adapters.prometheus.retrying import LONGEST_WAIT, RetryBudget, pause
from autonomic.domain.errors import Unavailable
from autonomic.domain.readings import Question
from autonomic.environment.server import MetricsServer
from tests.contract.scripted_server import answering, http

UP = Question("up", datetime(2026, 11, 22, 10, 0, tzinfo=UTC))
TIMEOUT = 5.0
FINE = http(200, '{"status":"success","data":{"resultType":"scalar","result":[1,"7"]}}')

PASSING = {
    "overloaded": http(429, "slow down"),
    "overloaded for a second": http(429, "slow down", "Retry-After: 1\r\n"),
    "no gateway": http(502, "<html>"),
    "busy": http(503, "no upstream"),
    "slow gateway": http(504, "<html>"),
    "hung up": b"",
}
LASTING = {
    "overloaded for long": http(429, "slow down", "Retry-After: 60\r\n"),
    "overloaded until a date": http(503, "", "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n"),
    "a query that took too long": http(503, '{"status":"error","errorType":"timeout","error":"query timed out"}'),
    "a defect": http(500, ""),
    "other credentials": http(401, ""),
}


class Naps:
    """A sleep that takes no time, and what was slept."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Notes it."""
        self.taken.append(seconds)


def patient(url: str, naps: Naps) -> PrometheusMetrics:
    return PrometheusMetrics(MetricsServer(url, TIMEOUT), naps.sleep, lambda: 0.5)


@pytest.mark.parametrize("failure", PASSING)
async def test_a_failure_that_passes_is_overcome_by_a_second_try(failure: str) -> None:
    naps = Naps()
    async with answering(FINE, first=PASSING[failure]) as server, aclosing(patient(server.url, naps)) as metrics:
        assert (await metrics.query(UP)).samples[0].value == "7"
        assert len(server.requests) == 2
        assert naps.taken == pytest.approx([1.2 if "second" in failure else 0.3])
        assert (metrics.tally.retries, metrics.tally.queries["answered"]) == (1, 1)


@pytest.mark.parametrize("failure", LASTING)
async def test_a_failure_that_lasts_is_not_asked_about_twice(failure: str) -> None:
    naps = Naps()
    async with answering(LASTING[failure]) as server, aclosing(patient(server.url, naps)) as metrics:
        with pytest.raises(Unavailable):
            await metrics.query(UP)
        assert (len(server.requests), naps.taken, metrics.tally.retries) == (1, [], 0)


async def test_a_refused_connection_is_tried_twice() -> None:
    naps = Naps()
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    async with aclosing(patient(f"http://127.0.0.1:{port}", naps)) as metrics:
        with pytest.raises(Unavailable, match="refused"):
            await metrics.query(UP)
    assert naps.taken == pytest.approx([0.3])


async def test_a_server_that_stays_down_is_spared_but_for_a_tenth() -> None:
    naps = Naps()
    async with answering(http(503, "")) as server, aclosing(patient(server.url, naps)) as metrics:
        for _ in range(50):
            with pytest.raises(Unavailable, match="HTTP 503"):
                await metrics.query(UP)
        assert metrics.tally.retries == len(naps.taken) == 6
        assert len(server.requests) == 56


@given(st.lists(st.booleans(), max_size=300))
def test_second_tries_never_exceed_one_and_a_tenth_of_the_questions(fails: list[bool]) -> None:
    budget = RetryBudget()
    retries = 0
    for asked, failed in enumerate(fails, start=1):
        budget.asked()
        retries += failed and budget.take()
        assert retries <= 1 + asked / 10 + 1e-6


def test_a_long_calm_saves_up_for_ten_second_tries_and_no_more() -> None:
    budget = RetryBudget()
    for _ in range(1000):
        budget.asked()
    assert [budget.take() for _ in range(11)] == [True] * 10 + [False]


@given(st.floats(0, 1))
def test_a_pause_is_spread_and_never_shorter_than_the_server_asks(chance: float) -> None:
    assert 0.1 <= (pause(None, chance) or 0) <= 0.5
    assert LONGEST_WAIT <= (pause(LONGEST_WAIT, chance) or 0) <= LONGEST_WAIT + 0.4
    assert pause(LONGEST_WAIT + 1, chance) is None
