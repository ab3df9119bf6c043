"""Ports of another event loop: what is asked here is answered there, where the connections belong."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from autonomic.domain.meta import ObjectRef
from autonomic.domain.readings import Abilities, Matrix, Question, RangeQuestion, Vector
from autonomic.domain.servers import DEFAULT
from autonomic.ports.cluster import Manifest
from autonomic.ports.metrics import Metrics
from autonomic.ports.policy import PolicyEngine
from autonomic.simulate.cluster import Reads

_T = TypeVar("_T")


async def _there(loop: asyncio.AbstractEventLoop, asked: Coroutine[Any, Any, _T]) -> _T:
    """The answer; who stops waiting stops the asking too."""
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asked, loop))


class ReadsAcross:
    """`Reads` of that loop."""

    def __init__(self, reads: Reads, loop: asyncio.AbstractEventLoop) -> None:
        self._reads, self._loop = reads, loop

    async def get(self, ref: ObjectRef) -> Manifest:
        """The object."""
        return await _there(self._loop, self._reads.get(ref))

    async def list(self, api_version: str, kind: str, namespace: str | None = None) -> list[Manifest]:
        """All objects of a kind."""
        return await _there(self._loop, self._reads.list(api_version, kind, namespace))


class MetricsAcross(Metrics):
    """`Metrics` of that loop."""

    def __init__(self, metrics: Metrics, loop: asyncio.AbstractEventLoop) -> None:
        self._metrics, self._loop = metrics, loop

    @property
    def servers(self) -> tuple[str, ...]:
        """The names of all servers."""
        return self._metrics.servers

    async def query(self, question: Question) -> Vector:
        """The instant vector."""
        return await _there(self._loop, self._metrics.query(question))

    async def query_range(self, question: RangeQuestion) -> Matrix:
        """The values at each step."""
        return await _there(self._loop, self._metrics.query_range(question))

    async def mistake(self, expr: str, server: str = DEFAULT) -> str | None:
        """What the server's parser says."""
        return await _there(self._loop, self._metrics.mistake(expr, server))

    async def abilities(self, server: str = DEFAULT) -> Abilities:
        """What the server can do."""
        return await _there(self._loop, self._metrics.abilities(server))


class PolicyAcross:
    """A `PolicyEngine` of that loop."""

    def __init__(self, policy: PolicyEngine, loop: asyncio.AbstractEventLoop) -> None:
        self._policy, self._loop = policy, loop

    async def decide(self, request: Mapping[str, Any]) -> object:
        """The raw value of the decision rule."""
        return await _there(self._loop, self._policy.decide(request))

    async def revision(self) -> str:
        """Revision of the policies in force."""
        return await _there(self._loop, self._policy.revision())
