"""Metrics that are supposed: what is given is answered so; all else by who stands behind, or not at all."""

from collections.abc import Mapping

from autonomic.domain.errors import Invalid
from autonomic.domain.readings import Abilities, Matrix, Question, RangeQuestion, Sample, Vector
from autonomic.domain.servers import DEFAULT
from autonomic.ports.metrics import Metrics

_UNGIVEN = "no answer to it was given: add it to metrics, with its expr and value"


class SupposedMetrics(Metrics):
    """`replies` maps an expression to its one number, or to None for no such series; `servers` are those without a `behind`."""

    def __init__(self, replies: Mapping[str, str | None], behind: Metrics | None, servers: tuple[str, ...]) -> None:
        self._replies = replies
        self._behind = behind
        self._servers = servers

    @property
    def servers(self) -> tuple[str, ...]:
        """Those of what stands behind; without it, those that were named."""
        return self._behind.servers if self._behind else self._servers

    async def query(self, question: Question) -> Vector:
        """The given answer. Raises Invalid for what was not given, and for several at once, of which some were."""
        if question.expr in self._replies:
            value = self._replies[question.expr]
            return Vector((Sample({}, value),) if value is not None else ())
        return await self._else(question).query(question)

    async def query_range(self, question: RangeQuestion) -> Matrix:
        """What stands behind answers: nothing is given over time. Raises Invalid without it."""
        return await self._else(question).query_range(question)

    async def mistake(self, expr: str, server: str = DEFAULT) -> str | None:
        """What stands behind says; nothing without it."""
        return await self._behind.mistake(expr, server) if self._behind else None

    async def abilities(self, server: str = DEFAULT) -> Abilities:
        """Of what stands behind; without it everything is counted as it was given."""
        return await self._behind.abilities(server) if self._behind else Abilities(anchored=True)

    def _else(self, question: Question | RangeQuestion) -> Metrics:
        """Raises Invalid, upon which the members of a union are asked one by one."""
        if self._behind is None or any(each in question.expr for each in self._replies):
            raise Invalid(_UNGIVEN)
        return self._behind
