"""Two servers behind one port, of which the second may hang."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from autonomic.adapters.prometheus import NamedServers
from autonomic.domain.readings import Abilities, Matrix, Question, RangeQuestion, Vector
from autonomic.domain.servers import DEFAULT
from autonomic.ports.metrics import Metrics


class Hanging:
    """A server that answers as another one, or not before it is let go."""

    def __init__(self, behind: Metrics) -> None:
        self.servers = behind.servers
        self._behind = behind
        self._free = asyncio.Event()
        self._free.set()

    @contextmanager
    def stuck(self) -> Iterator[None]:
        """Meanwhile whoever asks waits."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    async def query(self, question: Question) -> Vector:
        """As the other one, whatever it is called."""
        await self._free.wait()
        return await self._behind.query(Question(question.expr, question.at, question.lookback))

    async def query_range(self, question: RangeQuestion) -> Matrix:
        """As the other one, whatever it is called."""
        await self._free.wait()
        plain = RangeQuestion(question.expr, question.start, question.end, question.step, question.lookback)
        return await self._behind.query_range(plain)

    async def mistake(self, expr: str, server: str = DEFAULT) -> str | None:  # noqa: ARG002 - it is one
        """As the other one."""
        await self._free.wait()
        return await self._behind.mistake(expr)

    async def abilities(self, server: str = DEFAULT) -> Abilities:  # noqa: ARG002 - it is one
        """As the other one."""
        await self._free.wait()
        return await self._behind.abilities()


def with_eu(default: Metrics, eu: Metrics) -> tuple[NamedServers, Hanging]:
    """Both by their names, `default` and `eu`, and a way to have the second hang."""
    far = Hanging(eu)
    return NamedServers({DEFAULT: Hanging(default), "eu": far}), far
