"""Who types the command, and where: the cluster, the namespace, the terminal."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import typer

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.kubernetes.person import Whereabouts, reach
from autonomic.cli.waiting import waiting
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan, Review
from autonomic.ports.cluster import Cluster, Manifest

ASKING = "asking the cluster"


class Person(Protocol):
    """A cluster with the rights of one person. `namespace` is that of the context. All may raise Unavailable, Forbidden."""

    namespace: str
    cluster: Cluster

    async def name(self) -> str:
        """The name that the cluster knows the person by."""
        ...

    async def review(self, plan: AdaptationPlan, review: Review) -> None:
        """Adds a review to that life of the plan. Raises Invalid when it is another one, NotFound."""
        ...

    async def suspend(self, loop: ObjectRef, suspended: bool) -> None:
        """Stops a loop, or lets it go on. Raises NotFound."""
        ...

    async def events(self, about: ObjectRef, uid: str) -> list[Manifest]:
        """What was told of that life of an object lately."""
        ...


@dataclass(frozen=True)
class Desk:
    """How a person's cluster is reached, and what time it is there."""

    reach: Callable[[Whereabouts], AbstractAsyncContextManager[Person]]
    now: Callable[[], datetime]


@asynccontextmanager
async def _reach(where: Whereabouts) -> AsyncIterator[Person]:
    async with reach(where) as person:
        yield person


@asynccontextmanager
async def asking(at: Desk, where: Whereabouts) -> AsyncIterator[Person]:
    """The person's cluster, to read from; a terminal sees so. Nothing else may be printed meanwhile."""
    with waiting(ASKING):
        async with at.reach(where) as person:
            yield person


REAL = Desk(_reach, SystemClock().now)
"""That of the kubeconfig."""


def desk(context: typer.Context) -> Desk:
    """The desk that the command line was called with; the real one as a rule."""
    return context.obj if isinstance(context.obj, Desk) else REAL
