"""The `Metrics` port over Prometheus: blocking calls in a few threads, under one deadline."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import TypeVar

from autonomic.adapters.prometheus import abilities, results
from autonomic.adapters.prometheus.connection import Connection, Reply
from autonomic.adapters.prometheus.failures import NoAnswerError, PassingError
from autonomic.adapters.prometheus.retrying import RetryBudget, pause
from autonomic.adapters.prometheus.tally import Cost, Tally
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.readings import Abilities, Matrix, Question, RangeQuestion, Vector
from autonomic.domain.servers import DEFAULT
from autonomic.environment.server import MetricsServer

T = TypeVar("T")

_QUERY = "/api/v1/query"
_RANGE = "/api/v1/query_range"
_PARSE = "/api/v1/parse_query"
_FEATURES = "/api/v1/features"
_STATUS = "/api/v1/status/runtimeinfo"


class PrometheusMetrics:
    """One server, whatever name a question has for it. A question takes `timeout` at most, with the wait for a free thread.

    A second try is within it as well. Range questions leave half of the threads to instant ones, which never queue behind them;
    their time runs from their turn. `tally` is what was asked so far.
    """

    def __init__(
        self,
        server: MetricsServer,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.servers: tuple[str, ...] = (DEFAULT,)
        self.tally = Tally()
        self._timeout = server.timeout
        self._connection = Connection(server)
        self._threads = ThreadPoolExecutor(server.concurrency, thread_name_prefix="prometheus")
        self._ranges = asyncio.Semaphore(max(1, server.concurrency // 2))
        self._retries = RetryBudget()
        self._sleep = sleep
        self._chance = chance

    async def query(self, question: Question) -> Vector:
        """The instant vector at that time (aware), values as the server wrote them; a scalar is one sample.

        `warnings` holds the server's warnings, not its notes ("PromQL info: ..."). Raises Invalid, Unavailable.
        """
        form = {"query": question.expr, "time": _moment(question.at)}
        return await self._evaluated(_QUERY, form, question.lookback, results.vector)

    async def query_range(self, question: RangeQuestion) -> Matrix:
        """The values at each step, NaN and infinities among them; `warnings` and errors as of `query`."""
        form = {
            "query": question.expr,
            "start": _moment(question.start),
            "end": _moment(question.end),
            "step": f"{question.step.total_seconds():.3f}",
        }
        async with self._ranges:
            return await self._evaluated(_RANGE, form, question.lookback, results.matrix)

    async def mistake(self, expr: str, server: str = DEFAULT) -> str | None:  # noqa: ARG002 - there is one
        """What the server's parser says, such as `1:5: parse error: ...`. Raises Unavailable."""
        return await self._asked(_PARSE, partial(self._connection.post, _PARSE, {"query": expr}), abilities.mistake)

    async def abilities(self, server: str = DEFAULT) -> Abilities:  # noqa: ARG002 - there is one
        """What the server says it can do; nothing where it has no page that says so. Raises Unavailable."""
        return Abilities(
            await self._asked(_FEATURES, partial(self._connection.get, _FEATURES), abilities.is_anchored),
            await self._asked(_STATUS, partial(self._connection.get, _STATUS), abilities.retention),
        )

    async def aclose(self) -> None:
        """Closes the connections; a question that still hangs ends by its own time-out."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._connection.close()

    async def _evaluated(
        self, path: str, form: Mapping[str, str], lookback: str | None, read: Callable[[Reply], tuple[T, Cost]]
    ) -> T:
        more = {"timeout": f"{self._timeout:g}", "stats": "all"} | ({"lookback_delta": lookback} if lookback else {})
        try:
            answer, cost = await self._asked(path, partial(self._connection.post, path, {**form, **more}), read)
        except Invalid:
            self.tally = self.tally.ended("invalid")
            raise
        except Unavailable:
            self.tally = self.tally.ended("unavailable")
            raise
        self.tally = self.tally.ended("answered", cost)
        return answer

    async def _asked(self, path: str, call: Callable[[], Reply], read: Callable[[Reply], T]) -> T:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._tried(lambda: read(call()))
        except TimeoutError as error:
            raise self._unavailable(path, f"no answer within {self._timeout:g} s") from error
        except NoAnswerError as error:
            raise self._unavailable(path, str(error)) from error

    async def _tried(self, ask: Callable[[], T]) -> T:
        """At most twice. Sending and reading both happen in a thread; the pause between two tries holds none."""
        loop = asyncio.get_running_loop()
        self._retries.asked()
        try:
            return await loop.run_in_executor(self._threads, ask)
        except PassingError as error:
            seconds = pause(error.wait, self._chance())
            if seconds is None or not self._retries.take():
                raise
        self.tally = self.tally.retried()
        await self._sleep(seconds)
        return await loop.run_in_executor(self._threads, ask)

    def _unavailable(self, path: str, why: str) -> Unavailable:
        return Unavailable(f"Prometheus at {self._connection.shown_url} did not answer {path}: {why}")


def _moment(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError(f"at is {at}: a time without a zone is not one moment")
    return f"{at.timestamp():.3f}"
