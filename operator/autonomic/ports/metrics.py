"""The metrics store: queries in PromQL."""

from typing import Protocol

from autonomic.domain.readings import Abilities, Matrix, Question, RangeQuestion, Vector
from autonomic.domain.servers import DEFAULT


class Metrics(Protocol):
    """Prometheus-compatible servers. Each question names its own; one that there is not raises Invalid."""

    @property
    def servers(self) -> tuple[str, ...]:
        """The names of all servers, the default first."""
        ...

    async def query(self, question: Question) -> Vector:
        """The instant vector at that time. Raises Invalid with the server's message, Unavailable."""
        ...

    async def query_range(self, question: RangeQuestion) -> Matrix:
        """The values at each step. Raises Invalid with the server's message, Unavailable."""
        ...

    async def mistake(self, expr: str, server: str = DEFAULT) -> str | None:
        """What the server's own parser says against the expression, position included; None when nothing.

        None as well where the server has no parser to ask. Raises Unavailable.
        """
        ...

    async def abilities(self, server: str = DEFAULT) -> Abilities:
        """What the server can do. Raises Unavailable."""
        ...
