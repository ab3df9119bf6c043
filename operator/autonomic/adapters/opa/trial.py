"""Policies that are tried: a program of its own for each trial, which has no way out and is gone with it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autonomic.adapters.opa.engine import OpaPolicyEngine
from autonomic.adapters.opa.launching import Bounds
from autonomic.adapters.opa.program import Capabilities, OpaProgram
from autonomic.adapters.opa.started import started
from autonomic.ports.policy import PolicyEngine, PolicySet

CAREFUL = Bounds(memory=160 << 20, seconds=15, niceness=10)
"""Of each run of the program. Over the shipped policies OPA takes 40 MiB, of 85 that it asks for, and 0.2 s."""


@dataclass(frozen=True)
class Means:
    """`program` is OPA's, `schema` that of the input; a question to it takes `timeout` seconds at most.

    `allowed` takes all that this version of OPA can do and returns what a policy may use of it.
    """

    program: str
    schema: Path | None
    timeout: float
    allowed: Callable[[Capabilities], Capabilities]
    bounds: Bounds = CAREFUL


class OpaTrial:
    """A `PolicyTrial`; `in_force` tells the policies that those that are tried are put among."""

    def __init__(self, means: Means, in_force: Callable[[], Awaitable[PolicySet]]) -> None:
        self._means = means
        self._in_force = in_force
        self._checker = OpaProgram(means.program, means.schema, means.allowed, means.bounds)

    async def in_force(self) -> PolicySet:
        """The policies in force. Raises Unavailable."""
        return await self._in_force()

    async def check(self, modules: Mapping[str, str]) -> Mapping[str, Mapping[str, Any]]:
        """The syntax tree of each module. Raises Invalid, Unavailable."""
        return await self._checker.check(modules)

    async def compiles(self, modules: Mapping[str, str]) -> None:
        """Raises Invalid with what is wrong with them, Unavailable."""
        await self._checker.compiles(modules)

    @asynccontextmanager
    async def serve(self, policies: PolicySet) -> AsyncIterator[PolicyEngine]:
        """An engine of their own. Raises Invalid, Unavailable."""
        async with (
            started(self._means.program, policies, self._means.bounds) as address,
            aclosing(OpaPolicyEngine(address, self._means.timeout)) as engine,
        ):
            yield engine
