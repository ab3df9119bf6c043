"""The `Metrics` port over Prometheus: blocking calls in a few threads, under one deadline."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import TypeVar

from autonomic.adapters.prometheus.connection import Connection, Reply
from autonomic.adapters.prometheus.replies import UnreadableError, has_feature, vector
from autonomic.domain.readings import Vector

T = TypeVar("T")

_THREADS = 4
_QUERY = "/api/v1/query"
_FEATURES = "/api/v1/features"


class PrometheusMetrics:
    """The Prometheus at `url`; each question takes `timeout` seconds at most, the wait for a free thread included."""

    def __init__(self, url: str, timeout: float) -> None:
        self._timeout = timeout
        self._connection = Connection(url, timeout)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="prometheus")

    async def query(self, expr: str, at: datetime) -> Vector:
        """The instant vector at that time (aware), values as the server wrote them; a scalar is one sample.

        `warnings` holds the server's warnings, not its notes ("PromQL info: ..."). Raises Invalid, Unavailable.
        """
        if at.tzinfo is None:
            raise ValueError(f"at is {at}: a time without a zone is not one moment")
        form = {"query": expr, "time": f"{at.timestamp():.3f}", "timeout": f"{self._timeout:g}"}
        return await self._ask(_QUERY, partial(self._connection.post, _QUERY, form), vector)

    async def counts_exactly(self) -> bool:
        """Whether the server lists the feature `anchored` of PromQL. Raises Unavailable."""
        anchored = partial(has_feature, group="promql", name="anchored")
        return await self._ask(_FEATURES, partial(self._connection.get, _FEATURES), anchored)

    async def aclose(self) -> None:
        """Closes the connections; a question that still hangs ends by its own time-out."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._connection.close()

    async def _ask(self, path: str, call: Callable[[], Reply], read: Callable[[Reply], T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeout):
                return await loop.run_in_executor(self._threads, lambda: read(call()))
        except TimeoutError as error:
            raise self._connection.unavailable(path, f"no answer within {self._timeout:g} s") from error
        except UnreadableError as error:
            raise self._connection.unavailable(path, str(error)) from error
