"""Several servers behind one port: each question goes to the server that it names, and waits for no other."""

import asyncio
from collections.abc import Mapping

from autonomic.adapters.prometheus.metrics import PrometheusMetrics
from autonomic.adapters.prometheus.tally import Tally
from autonomic.domain.errors import Invalid
from autonomic.domain.readings import Abilities, Matrix, Question, RangeQuestion, Vector
from autonomic.domain.servers import DEFAULT, unknown
from autonomic.environment.server import MetricsServer
from autonomic.ports.metrics import Metrics


class NamedServers:
    """A `Metrics` over one `Metrics` for each server. Raises ValueError where none is called `default`."""

    def __init__(self, servers: Mapping[str, Metrics]) -> None:
        if DEFAULT not in servers:
            raise ValueError(f"no server is named {DEFAULT!r}: it is asked where an object names none")
        self._servers = servers
        self.servers = (DEFAULT, *(name for name in servers if name != DEFAULT))

    async def query(self, question: Question) -> Vector:
        """As of the server that is named. Raises Invalid, Unavailable."""
        return await self._named(question.server).query(question)

    async def query_range(self, question: RangeQuestion) -> Matrix:
        """As of the server that is named. Raises Invalid, Unavailable."""
        return await self._named(question.server).query_range(question)

    async def mistake(self, expr: str, server: str = DEFAULT) -> str | None:
        """What that server's parser says. Raises Invalid, Unavailable."""
        return await self._named(server).mistake(expr, server)

    async def abilities(self, server: str = DEFAULT) -> Abilities:
        """What that server says it can do. Raises Invalid, Unavailable."""
        return await self._named(server).abilities(server)

    def _named(self, name: str) -> Metrics:
        found = self._servers.get(name)
        if found is None:
            raise Invalid(unknown("server", name, self.servers))
        return found


class PrometheusServers(NamedServers):
    """Servers with connections, threads, second tries and tallies of their own. Raises ValueError as `PrometheusMetrics`."""

    def __init__(self, servers: Mapping[str, MetricsServer]) -> None:
        self._connected = {name: PrometheusMetrics(server) for name, server in servers.items()}
        super().__init__(self._connected)

    @property
    def tallies(self) -> Mapping[str, Tally]:
        """What was asked of each server so far."""
        return {name: each.tally for name, each in self._connected.items()}

    async def aclose(self) -> None:
        """Closes all connections."""
        await asyncio.gather(*(each.aclose() for each in self._connected.values()))
