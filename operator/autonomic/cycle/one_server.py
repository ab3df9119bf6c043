"""One server of several, as who asks no other sees it."""

from dataclasses import dataclass, replace

from autonomic.domain.readings import Abilities, Matrix, Question, RangeQuestion, Vector
from autonomic.domain.servers import DEFAULT
from autonomic.ports.metrics import Metrics


@dataclass(frozen=True)
class OneServer:
    """A `Metrics` that asks everything of the server of that name."""

    metrics: Metrics
    name: str

    @property
    def servers(self) -> tuple[str, ...]:
        """The one."""
        return (self.name,)

    async def query(self, question: Question) -> Vector:
        """Of that server. Raises Invalid, Unavailable."""
        return await self.metrics.query(replace(question, server=self.name))

    async def query_range(self, question: RangeQuestion) -> Matrix:
        """Of that server. Raises Invalid, Unavailable."""
        return await self.metrics.query_range(replace(question, server=self.name))

    async def mistake(self, expr: str, server: str = DEFAULT) -> str | None:  # noqa: ARG002 - it asks that one
        """What that server's parser says. Raises Invalid, Unavailable."""
        return await self.metrics.mistake(expr, self.name)

    async def abilities(self, server: str = DEFAULT) -> Abilities:  # noqa: ARG002 - it asks that one
        """What that server can do. Raises Invalid, Unavailable."""
        return await self.metrics.abilities(self.name)
